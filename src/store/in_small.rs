//! What opens without a file, in small: each set of data as a few samples, each trained model as the plane of
//! its codes, or, where samples have none, as what it makes.

use super::{EMBEDDED, Embedded};
use crate::data::{Cancel, DataChoice, Dataset, Reading, load};
use crate::latent::line_density::histogram;
use crate::latent::plane::Plane;
use crate::latent::stats::view_bounds;
use crate::model::FrozenModel;
use crate::picture::figure::Tokens;
use crate::picture::palette::{Mode, class_colour, is_ring};
use crate::picture::scatter::{Scatter, View, rasterise};
use crate::picture::{Pixels, Shown};
use crate::train::{CodeCloud, DataPoints, codes_drawn, decoded, ending, sides};
use ndarray::Array2;

/// Samples of a set.
pub const N_SAMPLES: usize = 8;
/// Codes of a plane.
const N_CODES: usize = 700;
/// Width and height of a plane, in pixels: twice the points that it is shown at.
const SIZE: [usize; 2] = [96, 76];
const RADIUS: f32 = 1.6;
/// Width of a bar with the space beside it, in pixels.
const BAR: usize = 4;

/// A set of data with the trained models for it.
pub struct SetInSmall {
    /// Its first samples in one row.
    pub samples: Pixels,
    /// All of them, for a dark and for a light ground, where they have two columns, as dots, or one, as a
    /// histogram: single ones say nothing of such data.
    pub all: Option<[Pixels; 2]>,
    /// How many there are, and of what size.
    pub line: String,
    /// The models.
    pub models: Vec<ModelInSmall>,
}

/// A trained model.
pub struct ModelInSmall {
    /// Its name.
    pub name: &'static str,
    /// The plane of some of its codes, or of what it makes, for a dark and for a light ground.
    pub planes: [Pixels; 2],
    /// How long its codes are, and how long it was trained.
    pub line: String,
}

/// A set of data with its models; none where they cannot be read, or when cancelled.
pub fn in_small(choice: &DataChoice, cancel: &Cancel) -> Option<SetInSmall> {
    let reading = Reading { cancel: cancel.clone(), ..Reading::default() };
    let data = load(choice, &reading).ok()?;
    let few: Vec<u32> = (0..N_SAMPLES.min(data.train.n_samples()) as u32).collect();
    let samples = Shown::samples(&data.train, None, &few, few.len()).into_tiles();
    let of_set = EMBEDDED.iter().filter(|model| model.data == *choice);
    let models = of_set.map(|model| model_in_small(model, &data.train, cancel)).collect::<Option<_>>()?;
    let line = format!("{} {} · {}", data.train.n_samples(), data.train.kind().nouns(), data.train.kind().size());
    Some(SetInSmall { samples, all: all(&data.train, cancel), line, models })
}

/// Samples of one column or two as they lie; none for others, or when cancelled.
fn all(train: &Dataset, cancel: &Cancel) -> Option<[Pixels; 2]> {
    let n_columns = train.kind().drawable_columns().ok()?.len();
    if !(1..=2).contains(&n_columns) {
        return None;
    }
    let places = DataPoints::of(train, [0, n_columns - 1], cancel)?;
    let shown = places.cloud.codes.mu.rows();
    let points: Vec<[f32; 2]> = shown.into_iter().map(|at| [at[0], at[1]]).collect();
    let classes = train.labels_of(&places.cloud.indices);
    Some(
        [Mode::Dark, Mode::Light]
            .map(|mode| if n_columns == 1 { bars(&points, mode) } else { dots(&points, &classes, mode) }),
    )
}

/// How often values come, as bars.
fn bars(points: &[[f32; 2]], mode: Mode) -> Pixels {
    let values: Vec<f32> = points.iter().map(|at| at[0]).collect();
    let (bounds, _) = view_bounds(points);
    let shares = histogram(&values, bounds, SIZE[0] / BAR);
    let most = shares.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
    let [width, height] = SIZE;
    let [r, g, b] = Tokens::of(mode).curve;
    let mut rgba = vec![0; 4 * width * height];
    for (x, pixel) in (0..width * height).map(|i| (i % width, i)) {
        let row = height - 1 - pixel / width;
        let filled = shares.get(x / BAR).map_or(0.0, |share| 0.9 * height as f32 * share / most);
        // A pixel between two bars parts them.
        if (row as f32) < filled && x % BAR + 1 < BAR {
            rgba[4 * pixel..4 * pixel + 4].copy_from_slice(&[r, g, b, 255]);
        }
    }
    Pixels { width, height, rgba }
}

fn model_in_small(embedded: &Embedded, train: &Dataset, cancel: &Cancel) -> Option<ModelInSmall> {
    let trained = embedded.open().ok()?.trained;
    let model = &*trained.model;
    let modes = [Mode::Dark, Mode::Light];
    let planes = if model.encoder().is_some() {
        let cloud = CodeCloud::new(model, train, train.spread(N_CODES), &|| cancel.is_set())?;
        modes.map(|mode| plane(&cloud, train, mode))
    } else if model.completer().is_some() {
        let endings = endings(model, train, cancel)?;
        [endings.clone(), endings]
    } else {
        let x = decoded(model, 0, codes_drawn(model, N_CODES, &|| cancel.is_set())?.view(), cancel)?;
        let points: Vec<[f32; 2]> = x.rows().into_iter().map(|x| [x[0], x[x.len().min(2) - 1]]).collect();
        modes.map(|mode| dots(&points, &[], mode))
    };
    let codes = match model.info().latent_dim() {
        0 => "no code".to_owned(),
        n => format!("{n} dimensions"),
    };
    Some(ModelInSmall { name: embedded.name, planes, line: format!("{codes} · {} epochs", trained.train.epochs) })
}

/// Samples whose lower halves a model has drawn, in rows as long as there is room for.
fn endings(model: &dyn FrozenModel, train: &Dataset, cancel: &Cancel) -> Option<Pixels> {
    let [rows, columns] = sides(train.kind());
    let (across, down) = ((SIZE[0] / columns).max(1), (SIZE[1] / rows).max(1));
    let one = |sample: u32| ending(model, train, (sample, rows / 2), 0, cancel).map(|ending| ending.x);
    let x: Vec<Vec<f32>> = (0..(across * down) as u32).map(one).collect::<Option<_>>()?;
    let x = Array2::from_shape_vec((x.len(), train.n_features()), x.concat()).ok()?;
    let tiles = Shown::new(train.kind(), None, x.view(), across).into_tiles();
    Some(centred(&tiles))
}

/// A picture in the middle of one of the planes' size.
fn centred(picture: &Pixels) -> Pixels {
    let mut whole = Pixels::new(SIZE[0], SIZE[1]);
    let (width, height) = (picture.width.min(SIZE[0]), picture.height.min(SIZE[1]));
    let (left, top) = ((SIZE[0] - width) / 2, (SIZE[1] - height) / 2);
    for row in 0..height {
        let (from, to) = (4 * row * picture.width, 4 * ((top + row) * SIZE[0] + left));
        whole.rgba[to..to + 4 * width].copy_from_slice(&picture.rgba[from..from + 4 * width]);
    }
    whole
}

/// Codes as dots in the colours of their classes, along what they spread most along.
fn plane(cloud: &CodeCloud, train: &Dataset, mode: Mode) -> Pixels {
    let n_dims = cloud.stats.len();
    let through = vec![0.0; n_dims];
    let plane = match &cloud.principal {
        Some(principal) => principal.plane(&principal.mean),
        None => Plane::axes(&through, 0, 1.min(n_dims - 1)),
    };
    let rows = cloud.codes.mu.rows();
    let points: Vec<[f32; 2]> = rows.into_iter().map(|z| plane.plot_from_z(&z.to_vec())).collect();
    dots(&points, &train.labels_of(&cloud.indices), mode)
}

/// Dots in the colours of their classes.
fn dots(points: &[[f32; 2]], classes: &[u16], mode: Mode) -> Pixels {
    let colour: Vec<u8> =
        (0..points.len()).map(|i| classes.get(i).map_or(0, |class| (*class).min(255) as u8)).collect();
    let n = 256;
    let (x, y) = view_bounds(points);
    let reach = ((x[1] - x[0]) / SIZE[0] as f32).max((y[1] - y[0]) / SIZE[1] as f32);
    let scatter = Scatter {
        points,
        colour: &colour,
        colours: &(0..n).map(|class| class_colour(mode, class)).collect::<Vec<_>>(),
        hollow: &(0..n).map(is_ring).collect::<Vec<_>>(),
        alpha: &vec![1.0; n],
        weight: None,
        radius: RADIUS,
        opacity: 0.9,
    };
    let view = View {
        centre: [(x[0] + x[1]) / 2.0, (y[0] + y[1]) / 2.0],
        pixels_per_unit: 1.0 / reach,
        width: SIZE[0],
        height: SIZE[1],
    };
    let mut pixels = Pixels::default();
    rasterise(&scatter, &view, &mut pixels);
    pixels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_of_one_or_two_columns_is_shown_as_it_lies() {
        let small = |name: &str| in_small(&name.parse().unwrap(), &Cancel::default()).unwrap().all;
        let [ring, _] = small("ring").unwrap();
        let is_full = |pixels: &Pixels, x: usize, y: usize| pixels.rgba[4 * (y * pixels.width + x) + 3] > 0;
        let count = |of: &dyn Fn(usize, usize) -> bool| {
            (0..SIZE[0] * SIZE[1])
                .filter(|i| of(i % SIZE[0], i / SIZE[0]) && is_full(&ring, i % SIZE[0], i / SIZE[0]))
                .count()
        };
        let from_middle = |x: usize, y: usize| (x as f32 - 48.0).hypot(y as f32 - 38.0);
        assert_eq!(count(&|x, y| from_middle(x, y) < 12.0), 0, "a ring has a hole");
        assert!(count(&|x, y| from_middle(x, y) > 20.0) > 300);
        // Of bumps there are more than one: going along, bars rise and fall twice.
        let [bumps, light] = small("bumps").unwrap();
        let height = |bar: usize| (0..SIZE[1]).filter(|y| is_full(&bumps, bar * BAR, *y)).count();
        let heights: Vec<usize> = (0..SIZE[0] / BAR).map(height).collect();
        let is_peak =
            |i: &usize| heights[*i] > 30 && heights[i - 1] <= heights[*i] && heights[i + 1] < heights[*i];
        assert!((1..heights.len() - 1).filter(is_peak).count() >= 2, "{heights:?}");
        assert_ne!(bumps, light);
        assert!(small("iris").is_none() && small("moons").is_none());
    }

    #[test]
    fn every_trained_model_is_shown_beside_its_data() {
        let sets: Vec<SetInSmall> =
            DataChoice::EMBEDDED.iter().map(|choice| in_small(choice, &Cancel::default()).unwrap()).collect();
        let names: Vec<&str> = sets.iter().flat_map(|set| &set.models).map(|model| model.name).collect();
        assert_eq!(names.len(), EMBEDDED.len());
        assert!(EMBEDDED.iter().all(|model| names.contains(&model.name)));
        assert_eq!(sets[0].line, "10000 images · 28 × 28");
        assert_eq!((sets[0].samples.width, sets[0].samples.height), (N_SAMPLES * 28, 28));
        for model in sets.iter().flat_map(|set| &set.models) {
            // Some hundred dots of several colours, and room between them.
            let pixels = model.planes[0].rgba.as_chunks::<4>().0;
            let n_full = pixels.iter().filter(|pixel| pixel[3] > 128).count();
            assert!((100..8000).contains(&n_full), "{}: {n_full}", model.name);
            let has_dots = !model.line.starts_with("no code");
            assert_eq!(model.planes[0] != model.planes[1], has_dots, "{}", model.name);
        }
        assert!(
            sets[0]
                .models
                .iter()
                .any(|model| model.line == "30 dimensions · 50 epochs" || model.line.starts_with("30 dimensions"))
        );
        let cancel = Cancel::default();
        cancel.set();
        assert!(in_small(&DataChoice::Moons, &cancel).is_none());
    }
}
