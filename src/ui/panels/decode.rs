//! Decode: the picture at z, a slider a dimension, and where z comes from.

use super::{Panel, Place, dimensions, labels, nearest, posterior, reconstruction, writing};
use crate::model::{Capabilities, RBM_MIXING};
use crate::session::{Action, Group};
use crate::ui::commands::{CENTRE, SAMPLE};
use crate::ui::context::Cx;
use crate::ui::icons;
use crate::ui::layout::{Layout, PAD};
use crate::ui::samples;
use crate::ui::theme;
use crate::ui::widgets::{Aside, Button, IconButton, Slider, Value, help, number, part, section_head};
use crate::worker::ViewId;
use eframe::egui::{Align, Label, Layout as Flow, Rect, RichText, Sense, Stroke, StrokeKind, Ui, vec2};

/// The picture, where it stands alone, is as many of these as there is room for: digits then have whole
/// pixels.
const PICTURE_STEP: f32 = 28.0;
/// Side of the picture where dimensions are listed below it.
const PICTURE_SMALL: f32 = 168.0;
/// Least height of Decode in which that stays in sight while the sliders scroll.
const LEAST: f32 = 480.0;

/// The panel.
pub struct DecodePanel;

impl Panel for DecodePanel {
    fn id(&self) -> &'static str {
        "decode"
    }

    fn title(&self) -> &'static str {
        "Decode"
    }

    fn place(&self) -> Place {
        Place::Decode
    }

    fn is_available(&self, capabilities: &Capabilities) -> bool {
        capabilities.decodes
    }

    fn top(&mut self, ui: &mut Ui, layout: &Layout, cx: &mut Cx<'_>) {
        // Of many sliders the lower ones are scrolled to, and move the picture all the same.
        if stays(layout, cx) {
            ui.add_space(PAD - 2.0);
            self.head(ui, layout, cx);
        }
    }

    fn ui(&mut self, ui: &mut Ui, layout: &Layout, cx: &mut Cx<'_>) {
        if !stays(layout, cx) {
            self.head(ui, layout, cx);
            ui.add_space(4.0);
        }
        if cx.session.latent_dim() <= 2 {
            labels::choose(ui, cx);
            for dim in 0..cx.session.latent_dim() {
                slider_row(ui, dim, cx);
            }
        } else {
            labels::choose(ui, cx);
            dimensions::show(ui, cx);
        }
        ui.add_space(4.0);
        if cx.session.capabilities().needs_places {
            no_places(ui, cx);
        }
        part(ui, "buttons", |ui| buttons(ui, cx));
        writing::show(ui, cx);
        posterior::show(ui, cx);
    }
}

/// Whether what is decoded stays in sight while the rest scrolls: with many dimensions, where that leaves
/// room for some of them.
fn stays(layout: &Layout, cx: &Cx<'_>) -> bool {
    cx.session.latent_dim() > 2 && layout.decode.height() > LEAST
}

impl DecodePanel {
    /// What is looked at, and what is decoded.
    fn head(&self, ui: &mut Ui, layout: &Layout, cx: &mut Cx<'_>) {
        section_head(ui, self.title(), Aside::Accent(&z_from(cx)));
        reconstruction::show(ui, layout.is_low, cx);
        if nearest::stands_beside(layout, cx) {
            picture_with_nearest(ui, cx);
        } else {
            let side = (ui.available_width() / PICTURE_STEP).floor().max(1.0) * PICTURE_STEP;
            picture(ui, side, cx);
        }
    }
}

/// Where the shown z comes from, in words.
pub fn z_from(cx: &Cx<'_>) -> String {
    let place = match (cx.session.hover(), cx.session.path_t()) {
        (Some(_), _) => "under the pointer".to_string(),
        (None, Some(t)) => format!("on the path, t = {t:.2}").replace("0.", "."),
        (None, None) => "at the kept point".to_string(),
    };
    cx.session.label_name().map_or(place.clone(), |label| format!("{place}, as {label}"))
}

/// A smaller picture with the nearest training images beside it.
fn picture_with_nearest(ui: &mut Ui, cx: &mut Cx<'_>) {
    let left = ui.cursor().min;
    picture(ui, PICTURE_SMALL, cx);
    let beside = Rect::from_min_max(
        left + vec2(PICTURE_SMALL + 8.0, 0.0),
        left + vec2(ui.available_width(), PICTURE_SMALL),
    );
    nearest::beside(ui, beside, cx);
}

/// What z decodes to, large; a picture has `side`.
pub fn picture(ui: &mut Ui, side: f32, cx: &mut Cx<'_>) {
    let (rect, response) = ui.allocate_exact_size(samples::room(ui, ViewId::Picture, side, cx), Sense::hover());
    let line = if samples::is_wide(ViewId::Picture, cx) {
        samples::large(ui, rect, ViewId::Picture, cx)
    } else {
        ui.painter().rect_filled(rect, theme::TILE_RADIUS, cx.theme.field);
        let line = samples::large(ui, rect, ViewId::Picture, cx);
        let frame = Stroke::new(1.0, cx.theme.pressed);
        ui.painter().rect_stroke(rect, theme::TILE_RADIUS, frame, StrokeKind::Outside);
        line
    };
    let z: Vec<String> = cx.session.z().iter().map(|z| number::z(*z)).collect();
    let what = line.map_or_else(String::new, |line| format!(": {line}"));
    let name = format!("Picture decoded at z {}{what}", z.join(", "));
    response.widget_info(|| eframe::egui::WidgetInfo::labeled(eframe::egui::Role::Image, true, &name));
}

/// Name, slider and value of one dimension in one line.
fn slider_row(ui: &mut Ui, dim: usize, cx: &mut Cx<'_>) {
    ui.horizontal(|ui| {
        ui.set_height(24.0);
        ui.spacing_mut().item_spacing.x = 8.0;
        let name = format!("z[{dim}]");
        let label = ui.allocate_ui_with_layout(vec2(26.0, 24.0), Flow::left_to_right(Align::Center), |ui| {
            ui.set_min_width(26.0);
            ui.label(RichText::new(&name).color(cx.theme.text))
        });
        help(label.inner, &name, "One coordinate of the code. Bright track: where 90 % of the codes lie.", None);
        let width = ui.available_width() - 62.0;
        slider(ui, dim, width, 7.0, cx);
        value(ui, dim, cx);
    });
}

/// The slider of one dimension; it follows the pointer on the plane and marks the kept value.
pub fn slider(ui: &mut Ui, dim: usize, width: f32, inset: f32, cx: &mut Cx<'_>) {
    let mut shown = cx.session.z()[dim];
    let kept = cx.session.hover().map(|_| cx.session.slot().z[dim]);
    let quantiles = cx.session.cloud().and_then(|cloud| cloud.stats.get(dim)).map(|stats| (stats.q05, stats.q95));
    let name = format!("z {dim}");
    let slider = Slider::new(&name, &mut shown, cx.session.slider_range(dim))
        .quantiles(quantiles)
        .ghost(kept)
        .width(width)
        .inset(inset);
    let response = ui.add(slider);
    cx.begin_gesture(&response);
    if response.changed() {
        cx.send(Action::SetZ(dim, shown));
    }
}

/// The value of one dimension, to drag or to type.
pub fn value(ui: &mut Ui, dim: usize, cx: &mut Cx<'_>) {
    let mut typed = cx.session.z()[dim];
    let response = ui.add(
        Value::new(&format!("z {dim} value"), &mut typed)
            .decimals(number::z_decimals(cx.session.z()[dim]))
            .speed(0.01)
            .width(54.0),
    );
    cx.begin_gesture(&response);
    if response.changed() {
        cx.send(Action::SetZ(dim, typed));
    }
}

/// What decoding a free code means to a decoder that was trained with remembered places.
fn no_places(ui: &mut Ui, cx: &mut Cx<'_>) {
    let text = RichText::new("A free code has no remembered places: each value is repeated.").color(cx.theme.weak);
    let label = ui.add(Label::new(text.font(theme::small())).wrap());
    let sentence = "Unpooling puts each value where the encoder's maximum was. No picture was encoded to this code, so each \
                    value is repeated over its 2 × 2 pixels instead.";
    help(label, "No remembered places", sentence, None);
    let is_idle = !cx.session.is_running();
    let button = ui.add_enabled(is_idle, Button::new("Learn to repeat"));
    let sentence = "Sets upsampling to “Repeat”, with which free codes decode as they were learned; train anew.";
    if help(button, "Learn to repeat", sentence, None).clicked() {
        cx.send(Action::Set(Group::Model, "upsampling".into(), "repeat".into()));
    }
    ui.add_space(4.0);
}

fn buttons(ui: &mut Ui, cx: &mut Cx<'_>) {
    ui.horizontal(|ui| {
        let centre = ui.add(Button::new("Centre"));
        if help(centre, "Centre", &CENTRE.sentence(), None).clicked() {
            cx.send(Action::Centre);
        }
        let can_sample = cx.session.capabilities().samples;
        let sample = ui.add_enabled(can_sample, Button::new("Sample").icon(icons::DICE_FIVE));
        let sentence = if cx.session.capabilities().is_mixture {
            SAMPLE.keyed("Draws in two steps: which Gaussian, then where in it.")
        } else if cx.session.capabilities().has_energy {
            SAMPLE.keyed(&format!("Draws hidden units at the end of a chain of {RBM_MIXING} Gibbs steps."))
        } else if can_sample {
            SAMPLE.keyed("Draws z from the prior N(0, I) and decodes it.")
        } else {
            "A plain autoencoder has no prior: nothing says where its codes lie.".to_owned()
        };
        if help(sample, "Sample", &sentence, None).clicked() {
            cx.send(Action::SampleZ);
        }
        ui.with_layout(Flow::right_to_left(Align::Center), |ui| {
            let copy = ui.add(IconButton::new(icons::COPY, "Copy z").framed());
            if help(copy, "Copy", "Copies z as numbers with commas, as --z takes them.", None).clicked() {
                let z: Vec<String> = cx.session.z().iter().map(f32::to_string).collect();
                cx.copy(ui.ctx(), "z", z.join(","));
            }
        });
    });
}
