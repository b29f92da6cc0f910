//! The codes as one texture, drawn anew only when they, their colours or the view change.

use super::{View, mode};
use crate::latent::densest::densest;
use crate::latent::index::PointIndex;
use crate::latent::lanes::lanes;
use crate::latent::outline::Outline;
use crate::latent::plane::Plane;
use crate::latent::stats::view_bounds;
use crate::picture::Pixels;
use crate::picture::colours::{Colours, colours_of, radius};
use crate::picture::palette::{Rgb, class_colour, is_ring};
use crate::picture::scatter::{self, Scatter, rasterise};
use crate::session::{ColourBy, PlaneAxes, Samples, Session, SlotId};
use crate::ui::context::Cx;
use crate::ui::textures::color_image;
use crate::ui::theme::Theme;
use crate::ui::widgets::class_mark;
use crate::worker::CodeCloud;
use eframe::egui::{Color32, Painter, Pos2, Rect, TextureHandle, TextureOptions, Ui, pos2};
use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// Codes of labels that the model is not told.
const GREY: Rgb = [0x7b, 0x87, 0x99];
/// Opacity of the two snapshots before, newest first.
const AFTERGLOW: [f32; 2] = [0.20, 0.10];

/// What is left of codes beside those that are chosen.
const DIMMED: f32 = 0.25;

/// What the points and their colours were worked out from.
#[derive(Clone, PartialEq)]
struct PointsKey {
    cloud: usize,
    /// Labels and columns are the data's.
    data: u32,
    axes: PlaneAxes,
    colour: ColourBy,
    /// What places the plane where that matters: with more than two dimensions codes fade by their distance
    /// from it.
    origin: Vec<f32>,
    /// The samples that stand out, where several are chosen.
    lit: Option<Samples>,
    /// The samples that are hidden, whatever their class.
    left_out: Samples,
}

/// What the texture was drawn from, beside the points.
#[derive(Clone, PartialEq)]
struct TextureKey {
    points: PointsKey,
    look: Look,
}

/// View and colours; while these stay, older textures still fit.
#[derive(Clone, PartialEq)]
struct Look {
    view: View,
    pixels_per_point: f32,
    /// Factor on the radius of the codes.
    points: f32,
    is_dark: bool,
    hidden: BTreeSet<usize>,
    lit: Option<usize>,
    /// The label that the model is told, whose codes stand out.
    label: Option<usize>,
}

/// The codes, their texture and the index for picking.
pub struct CodeLayer {
    key: Option<PointsKey>,
    /// Held so that the address in the key cannot be reused.
    cloud: Option<Arc<CodeCloud>>,
    points: Vec<[f32; 2]>,
    colour: Vec<u8>,
    weight: Option<Vec<f32>>,
    index: Option<PointIndex>,
    densest: Vec<Option<[f32; 2]>>,
    /// The label that the model is told, whose codes alone lie on this plane.
    told: Option<usize>,
    /// What a view across and up is fitted to.
    bounds: ([f32; 2], [f32; 2]),
    is_new: bool,
    pixels: Pixels,
    drawn: Option<TextureKey>,
    /// The newest texture, then those before.
    textures: Vec<TextureHandle>,
}

impl Default for CodeLayer {
    fn default() -> Self {
        Self {
            key: None,
            cloud: None,
            points: Vec::new(),
            colour: Vec::new(),
            weight: None,
            index: None,
            densest: Vec::new(),
            told: None,
            bounds: view_bounds(&[]),
            is_new: false,
            pixels: Pixels::default(),
            drawn: None,
            textures: Vec::new(),
        }
    }
}

impl CodeLayer {
    /// The codes in plot coordinates.
    pub fn points(&self) -> &[[f32; 2]] {
        &self.points
    }

    /// Where the codes of each class are densest, in plot coordinates.
    pub fn densest(&self) -> &[Option<[f32; 2]>] {
        &self.densest
    }

    /// What a view across and up is fitted to, in plot coordinates.
    pub const fn bounds(&self) -> ([f32; 2], [f32; 2]) {
        self.bounds
    }

    /// The least and the greatest scale of a view in this room: all codes in a small part of it, and a small
    /// part of their extent filling it.
    pub fn zoom_ends(&self, rect: Rect) -> RangeInclusive<f32> {
        const ENDS: [f32; 2] = [1.0 / 8.0, 1000.0];
        let (x, y) = self.bounds;
        let [least, most] = ENDS.map(|factor| factor * View::fitted(rect, x, y).scale);
        least..=most
    }

    /// Whether this frame's codes are others than the last one's.
    pub fn has_new_codes(&self) -> bool {
        self.is_new
    }

    /// The code nearest to a place within `radius` points on the screen, by its place in the cloud.
    pub fn nearest(&self, (view, at): (&View, Pos2), radius: f32, session: &Session) -> Option<u32> {
        let reach = radius / view.scale;
        let samples = &self.cloud.as_ref()?.indices;
        // Of a model that is told the label, the codes of other labels are no places of this plane.
        let labels = session.data().and_then(|data| data.train.labels()).filter(|_| self.told.is_some());
        let is_meant = |i: u32| {
            let class = labels.and_then(|labels| labels.of.get(samples[i as usize] as usize));
            class.is_none_or(|class| Some(usize::from(*class)) == self.told)
        };
        let is_visible = |i: u32| session.shows(samples[i as usize]) && is_meant(i);
        self.index.as_ref()?.nearest(view.plot(at), [reach, reach], is_visible)
    }

    /// The sample whose code lies nearest to a place within `radius` points on the screen.
    pub fn sample_at(&self, at: (&View, Pos2), radius: f32, session: &Session) -> Option<u32> {
        let code = self.nearest(at, radius, session)?;
        self.cloud.as_ref()?.indices.get(code as usize).copied()
    }

    /// The samples whose codes lie within an outline in plot coordinates, but for hidden ones.
    pub fn within(&self, outline: &Outline, session: &Session) -> Samples {
        let (Some(cloud), Some(index)) = (&self.cloud, &self.index) else { return Samples::default() };
        let is_visible = |i: u32| session.shows(cloud.indices[i as usize]);
        index.within(outline, is_visible).into_iter().map(|i| cloud.indices[i as usize]).collect()
    }

    /// Where the code of a training sample lies, in plot coordinates.
    pub fn place_of(&self, sample: u32) -> Option<[f32; 2]> {
        self.points.get(self.cloud.as_ref()?.place_of(sample)?).copied()
    }

    /// Works a model's points out anew if its codes, its axes or the colours changed.
    pub fn update_points(&mut self, slot: SlotId, plane: &Plane, session: &Session) {
        let (Some(cloud), Some(spec)) = (session.cloud_of(slot), session.spec().slot_of(slot)) else {
            *self = Self::default();
            return;
        };
        // While other weights are being set up the plane may already be one of other codes.
        if cloud.codes.mu.ncols() != plane.origin.len() {
            *self = Self::default();
            return;
        }
        self.told = (session.n_labels_of(slot) > 0).then_some(session.spec().label);
        self.update(cloud, spec.axes, plane, session);
    }

    /// Works the places of samples out anew, by two of their columns, if these or the colours changed.
    pub fn update_data(&mut self, plane: &Plane, session: &Session) {
        match session.data_points() {
            Some(points) => self.update(&points.cloud, PlaneAxes::first(2), plane, session),
            None => *self = Self::default(),
        }
    }

    fn update(&mut self, cloud: &Arc<CodeCloud>, axes: PlaneAxes, plane: &Plane, session: &Session) {
        self.is_new = false;
        let n_dims = plane.origin.len();
        let fades = n_dims > 2;
        let key = PointsKey {
            cloud: Arc::as_ptr(cloud) as usize,
            data: session.data().map_or(0, |data| data.train.checksum()),
            axes,
            colour: session.spec().colour,
            origin: if fades { plane.origin.clone() } else { Vec::new() },
            left_out: session.spec().left_out.clone(),
            lit: Some(&session.spec().selection).filter(|chosen| chosen.is_lit()).map(|it| it.samples.clone()),
        };
        if self.key.as_ref() == Some(&key) {
            return;
        }
        let same_places = self.key.as_ref().is_some_and(|old| old.cloud == key.cloud && old.axes == key.axes);
        if !same_places {
            self.is_new = true;
            let mu = &cloud.codes.mu;
            let labels = session.data().and_then(|data| data.train.labels());
            let class_of = |i: usize| labels?.of.get(cloud.indices[i] as usize).copied();
            self.points = match axes {
                _ if n_dims == 1 => {
                    let class = |i: usize| class_of(i).unwrap_or(0);
                    lanes(mu.column(0), class, labels.map_or(1, |labels| labels.names.len()))
                }
                PlaneAxes::Dimensions([x, y]) => mu.rows().into_iter().map(|z| [z[x], z[y]]).collect(),
                PlaneAxes::Principal | PlaneAxes::Samples(_) => {
                    mu.rows().into_iter().map(|z| plane.plot_from_z(&z.to_vec())).collect()
                }
            };
            self.bounds = view_bounds(&self.points);
            self.index = Some(PointIndex::new(&self.points));
            self.densest = densest(&self.points, class_of, labels.map_or(0, |labels| labels.names.len()));
        }
        let column = match session.spec().colour {
            ColourBy::Class => None,
            ColourBy::Column(column) => Some(column),
        };
        self.colour = session
            .data()
            .map_or_else(|| vec![0; cloud.indices.len()], |data| colours_of(&data.train, &cloud.indices, column));
        self.weight = fades.then(|| plane.nearness(cloud.codes.mu.view()));
        if let Some(lit) = &key.lit {
            let weight = self.weight.get_or_insert_with(|| vec![1.0; cloud.indices.len()]);
            dim_others(weight, &cloud.indices, lit);
        }
        if !key.left_out.is_empty() {
            let weight = self.weight.get_or_insert_with(|| vec![1.0; cloud.indices.len()]);
            let hidden = weight.iter_mut().zip(&cloud.indices).filter(|(_, sample)| key.left_out.holds(**sample));
            hidden.for_each(|(weight, _)| *weight = 0.0);
        }
        self.cloud = Some(Arc::clone(cloud));
        self.key = Some(key);
    }

    /// Paints the codes, and while training the two snapshots before them.
    ///
    /// Codes of other classes than the label fall back, where the model is told one.
    pub fn paint(&mut self, ui: &Ui, view: &View, slot: SlotId, cx: &Cx<'_>) {
        let Some(points) = self.key.clone() else { return };
        let look = Look {
            view: *view,
            pixels_per_point: ui.ctx().pixels_per_point(),
            points: cx.window.sizes.points,
            is_dark: cx.theme.is_dark,
            hidden: cx.session.spec().hidden.clone(),
            lit: cx.window.lit_class,
            label: self.told,
        };
        let key = TextureKey { points, look };
        if self.drawn.as_ref() != Some(&key) {
            self.draw(ui, &key, cx.session.runs(slot), cx);
        }
        let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        let before = self.textures.iter().skip(1).zip(AFTERGLOW).rev();
        for (texture, opacity) in before.filter(|_| cx.session.runs(slot)) {
            ui.painter().image(texture.id(), view.rect, uv, Color32::WHITE.gamma_multiply(opacity));
        }
        if let Some(texture) = self.textures.first() {
            ui.painter().image(texture.id(), view.rect, uv, Color32::WHITE);
        }
    }

    fn draw(&mut self, ui: &Ui, key: &TextureKey, runs: bool, cx: &Cx<'_>) {
        let look = &key.look;
        let density = look.pixels_per_point;
        let view = scatter::View {
            centre: look.view.centre,
            pixels_per_unit: look.view.scale * density,
            width: (look.view.rect.width() * density).round().max(1.0) as usize,
            height: (look.view.rect.height() * density).round().max(1.0) as usize,
        };
        let palette = Palette::of(cx.session, look);
        let scatter = Scatter {
            points: &self.points,
            colour: &self.colour,
            colours: &palette.colours,
            hollow: &palette.hollow,
            alpha: &palette.alpha,
            weight: self.weight.as_deref(),
            radius: radius(self.points.len()) * look.points * density,
            opacity: if look.is_dark { 0.80 } else { 0.75 },
        };
        rasterise(&scatter, &view, &mut self.pixels);
        let image = color_image(&self.pixels);
        let is_next =
            self.drawn.as_ref().is_some_and(|old| old.look == *look && old.points.cloud != key.points.cloud);
        if runs && is_next {
            // The oldest texture is written over, and the one just shown becomes the first of the afterglow.
            let mut newest = (self.textures.len() > AFTERGLOW.len()).then(|| self.textures.pop()).flatten();
            match &mut newest {
                Some(texture) => texture.set(image, TextureOptions::NEAREST),
                None => newest = Some(ui.ctx().load_texture("codes", image, TextureOptions::NEAREST)),
            }
            self.textures.splice(0..0, newest);
        } else {
            self.textures.truncate(1);
            match self.textures.first_mut() {
                Some(texture) => texture.set(image, TextureOptions::NEAREST),
                None => self.textures.push(ui.ctx().load_texture("codes", image, TextureOptions::NEAREST)),
            }
        }
        self.drawn = Some(key.clone());
    }
}

/// Colours by index, with what is hidden or dimmed.
struct Palette {
    colours: Vec<Rgb>,
    hollow: Vec<bool>,
    alpha: Vec<f32>,
}

impl Palette {
    fn of(session: &Session, look: &Look) -> Self {
        let mode =
            if look.is_dark { crate::picture::palette::Mode::Dark } else { crate::picture::palette::Mode::Light };
        if let ColourBy::Column(_) = session.spec().colour {
            let Colours { colours, hollow } = Colours::shades(mode);
            return Self { alpha: vec![1.0; colours.len()], colours, hollow };
        }
        let n = session
            .data()
            .and_then(|data| data.train.labels())
            .map_or(1, |labels| labels.names.len())
            .clamp(1, 256);
        let alpha = |class: usize| match look.lit {
            _ if look.hidden.contains(&class) => 0.0,
            Some(lit) if lit != class => 0.25,
            // The legend lights a class even where another is told.
            None if look.label.is_some_and(|label| label != class) => 0.28,
            _ => 1.0,
        };
        let Colours { mut colours, hollow } = Colours::classes(mode, n);
        for (class, colour) in colours.iter_mut().enumerate() {
            if look.label.is_some_and(|label| label != class) && look.lit != Some(class) {
                *colour = GREY;
            }
        }
        Self { colours, hollow, alpha: (0..n).map(alpha).collect() }
    }
}

/// Lets the codes of all samples but those that are lit fall back; both lists are in ascending order.
fn dim_others(weight: &mut [f32], samples: &[u32], lit: &[u32]) {
    let mut rest = lit.iter().peekable();
    for (weight, sample) in weight.iter_mut().zip(samples) {
        while rest.next_if(|lit| *lit < sample).is_some() {}
        if rest.peek() != Some(&sample) {
            *weight *= DIMMED;
        }
    }
}

/// Draws the mark of a class, the same wherever it is named.
pub fn mark_of(painter: &Painter, at: Pos2, class: usize, cx: &Cx<'_>) {
    class_mark(painter, at, colour_of(&cx.theme, class), is_ring(class));
}

/// The colour of a class.
pub fn colour_of(theme: &Theme, class: usize) -> Color32 {
    let [r, g, b] = class_colour(mode(theme), class);
    Color32::from_rgb(r, g, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_that_are_not_chosen_fall_back() {
        let mut weight = [1.0, 0.8, 1.0, 0.4];
        dim_others(&mut weight, &[2, 3, 5, 9], &[1, 3, 4, 9, 12]);
        assert_eq!(weight, [0.25, 0.8, 0.25, 0.4]);
    }
}
