//! The two themes of the window: colours, fonts, text styles and egui's own visuals.
//!
//! Night sky and paper: in the dark the accent is moonlight, in the light it is the night. Every colour of
//! the window except the classes' is a token here, so no other file writes a colour down. What egui paints by
//! itself (text fields, popups, scroll bars) is set from the same tokens by [`install`].

use crate::picture::figure::text;
use eframe::egui;
use eframe::egui::epaint::Shadow;
use eframe::egui::style::{Selection, WidgetVisuals, Widgets};
use eframe::egui::{
    Color32, Context, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Margin, Stroke, Style,
    TextStyle, Ui, Visuals, vec2,
};
use std::borrow::Cow;
use std::sync::Arc;

/// Radius of picture tiles, in points.
pub const TILE_RADIUS: u8 = 3;
/// Radius of value fields, in points.
pub const VALUE_RADIUS: u8 = 5;
/// Radius of buttons and other controls, in points.
pub const CONTROL_RADIUS: u8 = 6;
/// Radius of cards, popups and the tool switch, in points.
pub const CARD_RADIUS: u8 = 8;
/// Height of buttons and lists, in points.
pub const CONTROL_HEIGHT: f32 = 28.0;
/// Height of value fields, and the least height of anything that can be hit, in points.
pub const VALUE_HEIGHT: f32 = 24.0;

const REGULAR: &str = "inter";
const SEMIBOLD: &str = "semibold";
const ICONS: &str = "phosphor";

/// The colours of one theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    /// The latent plane's ground: the darkest surface of the dark theme, the lightest of the light one.
    pub plane: Color32,
    /// Ground of the panels, bars, popups and cards.
    pub panel: Color32,
    /// Fill of a control at rest.
    pub control: Color32,
    /// Stroke of a control.
    pub control_line: Color32,
    /// Fill under the pointer.
    pub hover: Color32,
    /// Fill while pressed; also the strong line around cards, pills and tiles.
    pub pressed: Color32,
    /// Ground of value and text fields and of the tool switch.
    pub field: Color32,
    /// Lines that part panels.
    pub hairline: Color32,
    /// Text.
    pub text: Color32,
    /// Secondary text.
    pub weak: Color32,
    /// Ticks, counts and captions.
    pub faint: Color32,
    /// The one colour that says what to do next; knobs, path, reticle, test curve, links.
    pub accent: Color32,
    /// The accent under the pointer.
    pub accent_hovered: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
    /// Ground of what is chosen.
    pub accent_ground: Color32,
    /// Stroke of what is chosen.
    pub accent_line: Color32,
    /// Grid lines of the plane.
    pub plane_grid: Color32,
    /// The prior's rings on the plane.
    pub rings: Color32,
    /// Ground of sliders and bars.
    pub track: Color32,
    /// Filled part of sliders and bars; the train curve.
    pub track_filled: Color32,
    /// A curve of no emphasis and small bars.
    pub curve: Color32,
    /// Failure: a toast's icon, an invalid value's stroke.
    pub bad: Color32,
    /// Success: a toast's icon.
    pub good: Color32,
    /// Shadow under cards, lens and pills.
    pub shadow: Color32,
    /// Marks drawn on pictures, the same in both themes because pictures are mostly black.
    pub mark: Color32,
    /// Whether this is the dark theme.
    pub is_dark: bool,
}

impl Theme {
    /// The night sky.
    pub const fn dark() -> Self {
        Self {
            plane: Color32::from_rgb(0x0b, 0x0e, 0x14),
            panel: Color32::from_rgb(0x12, 0x16, 0x1e),
            control: Color32::from_rgb(0x1b, 0x21, 0x2c),
            control_line: Color32::from_rgb(0x2a, 0x32, 0x40),
            hover: Color32::from_rgb(0x25, 0x2d, 0x3a),
            pressed: Color32::from_rgb(0x31, 0x3b, 0x4a),
            field: Color32::from_rgb(0x0d, 0x11, 0x18),
            hairline: Color32::from_rgb(0x1e, 0x25, 0x30),
            text: Color32::from_rgb(0xe7, 0xea, 0xf0),
            weak: Color32::from_rgb(0xa8, 0xb2, 0xc0),
            faint: Color32::from_rgb(0x7b, 0x87, 0x99),
            accent: Color32::from_rgb(0xf1, 0xe4, 0xb9),
            accent_hovered: Color32::from_rgb(0xfb, 0xf3, 0xd6),
            on_accent: Color32::from_rgb(0x1b, 0x18, 0x10),
            accent_ground: Color32::from_rgb(0x2b, 0x2a, 0x27),
            accent_line: Color32::from_rgb(0x5d, 0x5a, 0x4c),
            plane_grid: Color32::from_rgb(0x5c, 0x63, 0x6f),
            rings: Color32::from_rgb(0x5a, 0x64, 0x73),
            track: Color32::from_rgb(0x2a, 0x32, 0x40),
            track_filled: Color32::from_rgb(0x4a, 0x56, 0x6a),
            curve: Color32::from_rgb(0x5e, 0x6a, 0x7e),
            bad: Color32::from_rgb(0xff, 0x8a, 0x7a),
            good: Color32::from_rgb(0x7f, 0xd6, 0xa4),
            shadow: Color32::from_rgba_premultiplied(0, 0, 0, 115),
            mark: Color32::from_rgb(0xf1, 0xe4, 0xb9),
            is_dark: true,
        }
    }

    /// Paper.
    pub const fn light() -> Self {
        Self {
            plane: Color32::from_rgb(0xfc, 0xfc, 0xfd),
            panel: Color32::from_rgb(0xf3, 0xf4, 0xf7),
            control: Color32::from_rgb(0xff, 0xff, 0xff),
            control_line: Color32::from_rgb(0xd3, 0xd8, 0xe0),
            hover: Color32::from_rgb(0xe9, 0xec, 0xf2),
            pressed: Color32::from_rgb(0xc3, 0xca, 0xd4),
            field: Color32::from_rgb(0xff, 0xff, 0xff),
            hairline: Color32::from_rgb(0xdf, 0xe3, 0xe9),
            text: Color32::from_rgb(0x17, 0x1b, 0x22),
            weak: Color32::from_rgb(0x4b, 0x55, 0x63),
            faint: Color32::from_rgb(0x67, 0x72, 0x81),
            accent: Color32::from_rgb(0x2c, 0x4a, 0x8e),
            accent_hovered: Color32::from_rgb(0x3a, 0x5b, 0xa6),
            on_accent: Color32::from_rgb(0xff, 0xff, 0xff),
            accent_ground: Color32::from_rgb(0xe3, 0xe9, 0xf6),
            accent_line: Color32::from_rgb(0xa9, 0xb9, 0xdc),
            plane_grid: Color32::from_rgb(0x89, 0x8f, 0x99),
            rings: Color32::from_rgb(0x87, 0x8f, 0x9b),
            track: Color32::from_rgb(0xd9, 0xde, 0xe6),
            track_filled: Color32::from_rgb(0xaa, 0xb4, 0xc3),
            curve: Color32::from_rgb(0x7e, 0x88, 0x98),
            bad: Color32::from_rgb(0xb3, 0x26, 0x1e),
            good: Color32::from_rgb(0x1d, 0x7a, 0x4c),
            // #141e32 at 16 %, premultiplied.
            shadow: Color32::from_rgba_premultiplied(3, 5, 8, 41),
            mark: Color32::from_rgb(0xf1, 0xe4, 0xb9),
            is_dark: false,
        }
    }

    /// The theme `ui` is drawn in.
    pub fn of(ui: &Ui) -> Self {
        Self::by(ui.visuals().dark_mode)
    }

    /// The theme of a whole context, where no [`Ui`] is at hand.
    pub fn of_context(ctx: &Context) -> Self {
        Self::by(ctx.theme() == egui::Theme::Dark)
    }

    const fn by(is_dark: bool) -> Self {
        if is_dark { Self::dark() } else { Self::light() }
    }

    /// The one soft shadow, under cards, lens and pills.
    pub const fn card_shadow(&self) -> Shadow {
        Shadow { offset: [0, 4], blur: 14, spread: 0, color: self.shadow }
    }

    /// The frame of cards and popups: panel fill, strong line, shadow; `margin` in points on every side.
    pub fn card(&self, margin: i8) -> egui::Frame {
        egui::Frame::new()
            .fill(self.panel)
            .stroke(Stroke::new(1.0, self.pressed))
            .corner_radius(CARD_RADIUS)
            .shadow(self.card_shadow())
            .inner_margin(margin)
    }

    fn widget(&self, fill: Color32, line: Color32, text: Color32) -> WidgetVisuals {
        WidgetVisuals {
            bg_fill: fill,
            weak_bg_fill: fill,
            bg_stroke: Stroke::new(1.0, line),
            corner_radius: CornerRadius::same(CONTROL_RADIUS),
            fg_stroke: Stroke::new(1.0, text),
            expansion: 0.0,
        }
    }

    fn visuals(&self) -> Visuals {
        let base = if self.is_dark { Visuals::dark() } else { Visuals::light() };
        let mut visuals = Visuals {
            weak_text_color: Some(self.weak),
            widgets: Widgets {
                noninteractive: self.widget(self.panel, self.hairline, self.text),
                inactive: self.widget(self.control, self.control_line, self.text),
                hovered: self.widget(self.hover, self.control_line, self.text),
                active: self.widget(self.pressed, self.pressed, self.text),
                open: self.widget(self.hover, self.control_line, self.text),
            },
            selection: Selection { bg_fill: self.accent_ground, stroke: Stroke::new(1.5, self.accent) },
            hyperlink_color: self.accent,
            faint_bg_color: self.control,
            extreme_bg_color: self.field,
            text_edit_bg_color: Some(self.field),
            code_bg_color: self.control,
            warn_fg_color: self.bad,
            error_fg_color: self.bad,
            window_corner_radius: CornerRadius::same(CARD_RADIUS),
            window_shadow: self.card_shadow(),
            window_fill: self.panel,
            window_stroke: Stroke::new(1.0, self.pressed),
            menu_corner_radius: CornerRadius::same(CARD_RADIUS),
            panel_fill: self.panel,
            popup_shadow: self.card_shadow(),
            disabled_alpha: 0.45,
            ..base
        };
        visuals.text_cursor.stroke = Stroke::new(1.5, self.accent);
        visuals
    }

    fn apply(&self, style: &mut Style) {
        style.visuals = self.visuals();
        style.text_styles = [
            (TextStyle::Body, body()),
            (TextStyle::Button, body()),
            (TextStyle::Small, small()),
            (TextStyle::Monospace, body()),
            (TextStyle::Heading, semibold(15.0)),
            (TextStyle::Name("headline".into()), headline()),
        ]
        .into();
        let spacing = &mut style.spacing;
        spacing.item_spacing = vec2(6.0, 6.0);
        spacing.window_margin = Margin::same(16);
        spacing.menu_margin = Margin::same(6);
        spacing.button_padding = vec2(10.0, 4.0);
        spacing.interact_size = vec2(28.0, VALUE_HEIGHT);
        spacing.icon_width = 16.0;
        spacing.icon_width_inner = 10.0;
        spacing.tooltip_width = 320.0;
        let interaction = &mut style.interaction;
        interaction.tooltip_delay = 0.4;
        interaction.selectable_labels = false;
    }
}

/// Loads the fonts and sets the text styles, spacing and visuals of both themes; call it once, when the
/// window opens.
pub fn install(ctx: &Context) {
    ctx.set_fonts(fonts());
    ctx.style_mut_of(egui::Theme::Dark, |style| Theme::dark().apply(style));
    ctx.style_mut_of(egui::Theme::Light, |style| Theme::light().apply(style));
}

/// Regular text of `size` points.
pub const fn regular(size: f32) -> FontId {
    FontId::proportional(size)
}

/// A colour without its opacity, for what is drawn as pixels.
pub fn rgb(colour: Color32) -> [u8; 3] {
    let [r, g, b, _] = colour.to_array();
    [r, g, b]
}

/// A text with two bars for each "‖", whose own lie so close that in small type they run into one.
pub fn crisp(text: &str) -> Cow<'_, str> {
    if text.contains('‖') { text.replace('‖', "||").into() } else { text.into() }
}

/// Semibold text of `size` points: section heads, primary buttons, names.
pub fn semibold(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(SEMIBOLD.into()))
}

/// The text of nearly everything: 13 points, regular.
pub const fn body() -> FontId {
    regular(13.0)
}

/// Ticks, captions, units and footers: 11 points, regular.
pub const fn small() -> FontId {
    regular(11.0)
}

/// The one headline number: 20 points, semibold.
pub fn headline() -> FontId {
    semibold(20.0)
}

fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    let files: [(&str, &'static [u8]); 3] = [
        (REGULAR, text::REGULAR),
        (SEMIBOLD, text::SEMIBOLD),
        (ICONS, include_bytes!("../../assets/fonts/phosphor-subset.ttf")),
    ];
    for (name, bytes) in files {
        let data = Arc::new(FontData::from_static(bytes));
        fonts.font_data.insert(name.to_owned(), data);
    }
    let families = [
        (FontFamily::Proportional, REGULAR),
        (FontFamily::Monospace, REGULAR),
        (FontFamily::Name(SEMIBOLD.into()), SEMIBOLD),
    ];
    for (family, text) in families {
        let order = vec![text.to_owned(), ICONS.to_owned()];
        fonts.families.insert(family, order);
    }
    fonts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::figure::Tokens;
    use crate::picture::palette::Mode;

    #[test]
    fn figures_have_the_colours_of_the_window_over_white_or_the_dark_plane() {
        for (mode, theme) in [(Mode::Light, Theme::light()), (Mode::Dark, Theme::dark())] {
            let tokens = Tokens::of(mode);
            let rgb = |color: Color32| [color.r(), color.g(), color.b()];
            let own = [
                (tokens.text, theme.text),
                (tokens.weak, theme.weak),
                (tokens.faint, theme.faint),
                (tokens.grid, theme.plane_grid),
                (tokens.rings, theme.rings),
                (tokens.accent, theme.accent),
                (tokens.curve, theme.curve),
            ];
            assert!(own.iter().all(|(own, theirs)| *own == rgb(*theirs)), "{mode:?}");
            assert!(tokens.ground == [255; 3] || tokens.ground == rgb(theme.plane));
        }
    }

    fn luminance(color: Color32) -> f32 {
        let c = egui::Rgba::from(color);
        0.2126 * c.r() + 0.7152 * c.g() + 0.0722 * c.b()
    }

    fn contrast(a: Color32, b: Color32) -> f32 {
        let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
        a.max(b) / a.min(b)
    }

    #[test]
    fn text_can_be_read_on_every_ground() {
        for theme in [Theme::dark(), Theme::light()] {
            for ground in [theme.panel, theme.control, theme.field, theme.plane] {
                assert!(contrast(theme.text, ground) > 12.0);
                assert!(contrast(theme.weak, ground) > 6.0);
                assert!(contrast(theme.faint, ground) > 4.3);
                assert!(contrast(theme.accent, ground) > 7.0);
            }
            assert!(contrast(theme.on_accent, theme.accent) > 8.0);
            assert!(contrast(theme.accent, theme.accent_ground) > 6.0);
        }
    }

    #[test]
    fn rings_grid_lines_and_curves_are_seen_on_a_projector() {
        for theme in [Theme::dark(), Theme::light()] {
            for (line, ground) in
                [(theme.rings, theme.plane), (theme.plane_grid, theme.plane), (theme.curve, theme.panel)]
            {
                assert!(contrast(line, ground) >= 3.0, "{line:?} on {ground:?}: {}", contrast(line, ground));
            }
        }
    }

    #[test]
    fn both_themes_are_installed_with_every_icon_and_sign() {
        let ctx = Context::default();
        install(&ctx);
        for (ours, egui) in [(Theme::dark(), egui::Theme::Dark), (Theme::light(), egui::Theme::Light)] {
            ctx.set_theme(egui);
            assert_eq!(Theme::of_context(&ctx), ours);
            assert_eq!(ctx.style_of(egui).visuals.panel_fill, ours.panel);
        }
        let output = ctx.run_ui(egui::RawInput::default(), |ui| {
            let signs = "μσ²βεΣ√½−∞x̂ΦωÅ…‖·×";
            for font in [body(), semibold(13.0)] {
                for glyph in signs.chars().chain(super::super::icons::FOLDER_OPEN.chars()) {
                    let known = ui.fonts_mut(|fonts| fonts.has_glyph(&font, glyph));
                    assert!(known, "no {glyph:?} in {font:?}");
                }
                let width = |text: &str| {
                    let galley = ui.painter().layout_no_wrap(text.to_owned(), font.clone(), Color32::BLACK);
                    galley.size().x
                };
                assert!((width("1111") - width("8888")).abs() < 0.01);
            }
        });
        output.drop_without_applying_deltas();
    }
}
