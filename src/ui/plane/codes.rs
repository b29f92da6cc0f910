//! The codes as one texture, drawn anew only when they, their colours or the view change.

use super::{View, mode, names};
use crate::latent::index::PointIndex;
use crate::latent::plane::Plane;
use crate::latent::stats::view_bounds;
use crate::picture::Pixels;
use crate::picture::palette::{Rgb, class_colour, is_ring, ramp};
use crate::picture::scatter::{self, Scatter, rasterise};
use crate::session::{ColourBy, PlaneAxes, Session, SlotId};
use crate::ui::context::Cx;
use crate::ui::textures::color_image;
use crate::worker::CodeCloud;
use eframe::egui::{Color32, Pos2, Rect, TextureHandle, TextureOptions, Ui, pos2};
use ndarray::{ArrayView1, ArrayView2};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Codes of labels that the model is not told.
const GREY: Rgb = [0x7b, 0x87, 0x99];
/// Steps of a continuous colour scale.
const SHADES: usize = 64;
/// Opacity of the two snapshots before, newest first.
const AFTERGLOW: [f32; 2] = [0.20, 0.10];

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
    is_dark: bool,
    hidden: BTreeSet<usize>,
    lit: Option<usize>,
    /// The label that the model is told, whose codes stand out.
    label: Option<usize>,
}

/// The codes, their texture and the index for picking.
#[derive(Default)]
pub struct CodeLayer {
    key: Option<PointsKey>,
    /// Held so that the address in the key cannot be reused.
    cloud: Option<Arc<CodeCloud>>,
    points: Vec<[f32; 2]>,
    colour: Vec<u8>,
    weight: Option<Vec<f32>>,
    index: Option<PointIndex>,
    densest: Vec<Option<[f32; 2]>>,
    is_new: bool,
    pixels: Pixels,
    drawn: Option<TextureKey>,
    /// The newest texture, then those before.
    textures: Vec<TextureHandle>,
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

    /// Whether this frame's codes are others than the last one's.
    pub fn has_new_codes(&self) -> bool {
        self.is_new
    }

    /// The code nearest to a place within `radius` points on the screen, by its place in the cloud.
    pub fn nearest(&self, view: &View, at: Pos2, radius: f32, session: &Session) -> Option<u32> {
        let reach = radius / view.scale;
        let hidden = &session.spec().hidden;
        let by_class = session.spec().colour == ColourBy::Class;
        let is_visible = |i: u32| !by_class || !hidden.contains(&usize::from(self.colour[i as usize]));
        self.index.as_ref()?.nearest(view.plot(at), [reach, reach], is_visible)
    }

    /// Where the code of a training sample lies, in plot coordinates.
    pub fn place_of(&self, sample: u32) -> Option<[f32; 2]> {
        self.points.get(self.cloud.as_ref()?.place_of(sample)?).copied()
    }

    /// Works a model's points out anew if its codes, its axes or the colours changed.
    pub fn update_points(&mut self, slot: SlotId, plane: &Plane, session: &Session) {
        self.is_new = false;
        let (Some(cloud), Some(spec)) = (session.cloud_of(slot), session.spec().slot_of(slot)) else {
            *self = Self::default();
            return;
        };
        let n_dims = plane.origin.len();
        // While other weights are being set up the plane may already be one of other codes.
        if cloud.codes.mu.ncols() != n_dims {
            *self = Self::default();
            return;
        }
        let fades = n_dims > 2;
        let key = PointsKey {
            cloud: Arc::as_ptr(cloud) as usize,
            data: session.data().map_or(0, |data| data.train.checksum()),
            axes: spec.axes,
            colour: session.spec().colour,
            origin: if fades { plane.origin.clone() } else { Vec::new() },
        };
        if self.key.as_ref() == Some(&key) {
            return;
        }
        let same_places = self.key.as_ref().is_some_and(|old| old.cloud == key.cloud && old.axes == key.axes);
        if !same_places {
            self.is_new = true;
            let mu = &cloud.codes.mu;
            self.points = match spec.axes {
                _ if n_dims == 1 => one_dimensional(cloud, session),
                PlaneAxes::Dimensions([x, y]) => mu.rows().into_iter().map(|z| [z[x], z[y]]).collect(),
                PlaneAxes::Principal => mu.rows().into_iter().map(|z| plane.plot_from_z(&z.to_vec())).collect(),
            };
            self.index = Some(PointIndex::new(&self.points));
            let labels = session.data().and_then(|data| data.train.labels());
            self.densest = labels.map_or_else(Vec::new, |labels| {
                names::densest(cloud, &self.points, &labels.of, labels.names.len())
            });
        }
        self.colour = colour_indices(cloud, session);
        self.weight = fades.then(|| slice_weights(cloud.codes.mu.view(), plane));
        self.cloud = Some(Arc::clone(cloud));
        self.key = Some(key);
    }

    /// Paints the codes, and while training the two snapshots before them.
    ///
    /// Codes of other classes than the label fall back, where the model is told one.
    pub fn paint(&mut self, ui: &Ui, view: &View, slot: SlotId, cx: &Cx<'_>) {
        let Some(points) = self.key.clone() else { return };
        let label = (cx.session.n_labels_of(slot) > 0).then_some(cx.session.spec().label);
        let look = Look {
            view: *view,
            pixels_per_point: ui.ctx().pixels_per_point(),
            is_dark: cx.theme.is_dark,
            hidden: cx.session.spec().hidden.clone(),
            lit: cx.window.lit_class,
            label,
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
            radius: radius(self.points.len()) * density,
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
            let colours = (0..SHADES).map(|i| ramp(mode, i as f32 / (SHADES - 1) as f32)).collect();
            return Self { colours, hollow: vec![false; SHADES], alpha: vec![1.0; SHADES] };
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
        let colour = |class: usize| match (look.label, look.lit) {
            (Some(label), lit) if label != class && lit != Some(class) => GREY,
            _ => class_colour(mode, class),
        };
        Self {
            colours: (0..n).map(colour).collect(),
            hollow: (0..n).map(is_ring).collect(),
            alpha: (0..n).map(alpha).collect(),
        }
    }
}

fn colour_indices(cloud: &CodeCloud, session: &Session) -> Vec<u8> {
    let Some(train) = session.data().map(|data| &data.train) else { return vec![0; cloud.indices.len()] };
    let n = train.n_samples();
    let samples = cloud.indices.iter().map(|&idx| (idx as usize).min(n - 1));
    match session.spec().colour {
        ColourBy::Column(column) => {
            let Some(column) = train.columns().get(column) else { return vec![0; cloud.indices.len()] };
            let low = column.values.iter().copied().fold(f32::INFINITY, f32::min);
            let high = column.values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let shade = |value: f32| ((value - low) / (high - low).max(1e-9) * (SHADES - 1) as f32).round() as u8;
            samples.map(|idx| shade(column.values[idx])).collect()
        }
        ColourBy::Class => match train.labels() {
            Some(labels) => samples.map(|idx| labels.of[idx].min(255) as u8).collect(),
            None => vec![0; cloud.indices.len()],
        },
    }
}

/// Codes of one dimension on a line, spread by class: a lane each, together six tenths as high as the codes
/// are wide.
fn one_dimensional(cloud: &CodeCloud, session: &Session) -> Vec<[f32; 2]> {
    let labels = session.data().and_then(|data| data.train.labels());
    let n_lanes = labels.map_or(1, |labels| labels.names.len()).max(1) as f32;
    let codes = cloud.codes.mu.column(0);
    let (x, _) = view_bounds(&codes.iter().map(|&z| [z, 0.0]).collect::<Vec<_>>());
    let lane_height = 0.6 * (x[1] - x[0]) / n_lanes;
    let lane = |code_idx: usize| {
        let class =
            labels.and_then(|labels| labels.of.get(cloud.indices[code_idx] as usize)).map_or(0, |&class| class);
        // A fixed jitter within the class's lane, so that codes do not lie on one another.
        let jitter = (code_idx as f32 * 0.618_034).fract() - 0.5;
        ((n_lanes - 1.0) / 2.0 - f32::from(class) - 0.7 * jitter) * lane_height
    };
    codes.iter().enumerate().map(|(i, &z)| [z, lane(i)]).collect()
}

/// How near each code lies to the plane that is drawn: .15 + .85·exp(−d²/2s²), d its distance from the plane,
/// s such that a tenth of the codes stay above one half.
fn slice_weights(codes: ArrayView2<f32>, plane: &Plane) -> Vec<f32> {
    let Plane { origin, u, v } = plane;
    let squared = |code: ArrayView1<f32>| -> f32 {
        let [mut x, mut y] = [0.0f32; 2];
        for (dim, z) in code.iter().enumerate() {
            x += (z - origin[dim]) * u[dim];
            y += (z - origin[dim]) * v[dim];
        }
        code.iter().enumerate().map(|(dim, z)| (z - origin[dim] - x * u[dim] - y * v[dim]).powi(2)).sum()
    };
    let mut weights: Vec<f32> = codes.rows().into_iter().map(squared).collect();
    if weights.is_empty() {
        return weights;
    }
    let mut sorted = weights.clone();
    let tenth = sorted.len() / 10;
    let (_, d2, _) = sorted.select_nth_unstable_by(tenth, f32::total_cmp);
    // .15 + .85·e^−x = .5 at x = .887.
    let rate = 0.887 / d2.max(1e-9);
    weights.iter_mut().for_each(|d2| *d2 = 0.15 + 0.85 * (-*d2 * rate).exp());
    weights
}

/// Radius of a code in points; it falls with their number. At a million it is .6, so small that they can be
/// panned.
fn radius(n_codes: usize) -> f32 {
    (1.9 * (10_000.0 / n_codes.max(1) as f32).powf(0.25)).clamp(0.6, 2.6)
}

/// The colour of a sample's class.
pub fn colour_of(cx: &Cx<'_>, class: usize) -> Color32 {
    let [r, g, b] = class_colour(mode(&cx.theme), class);
    Color32::from_rgb(r, g, b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    #[test]
    fn a_tenth_of_the_codes_stay_above_one_half_and_far_ones_fade_away() {
        // Distances 0, 1, 2, … from the plane of the first two dimensions through 3 in the third.
        let codes = Array2::from_shape_fn((100, 3), |(i, dim)| [i as f32, -(i as f32), 3.0 + i as f32][dim]);
        let weights = slice_weights(codes.view(), &Plane::axes(&[9.0, 9.0, 3.0], 0, 1));
        assert!((weights[0] - 1.0).abs() < 1e-6);
        assert!((weights[10] - 0.5).abs() < 1e-3, "the tenth: {}", weights[10]);
        assert_eq!(weights.iter().filter(|weight| **weight > 0.501).count(), 10);
        assert!(weights[40] < 0.1501);
    }

    #[test]
    fn distances_are_from_the_plane_whatever_its_directions() {
        let half = 0.5f32.sqrt();
        let plane = Plane { origin: vec![0.0; 3], u: vec![half, half, 0.0], v: vec![half, -half, 0.0] };
        let codes = Array2::from_shape_fn((30, 3), |(i, dim)| [i as f32, 2.0 * i as f32, (i % 7 + 1) as f32][dim]);
        assert_eq!(slice_weights(codes.view(), &plane).len(), 30);
        let along = slice_weights(codes.view(), &Plane::axes(&[0.0; 3], 0, 1));
        let turned = slice_weights(codes.view(), &plane);
        assert!(along.iter().zip(&turned).all(|(a, b)| (a - b).abs() < 1e-3));
    }
}
