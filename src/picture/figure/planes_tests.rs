//! Where the marks of planes lie, and what is left away.

use super::*;
use crate::picture::palette::Mode;

fn panel(n: usize) -> PlanePanel {
    PlanePanel {
        title: Some("VAE".into()),
        points: (0..n).map(|i| [(i % 100) as f32 / 25.0 - 2.0, (i / 100 % 100) as f32 / 25.0 - 2.0]).collect(),
        colour: (0..n).map(|i| (i % 3) as u8).collect(),
        bounds: [[-2.0, 2.0], [-2.0, 2.0]],
        axes: ["z[0]", "z[1]"].map(|name| Some(name.into())),
        names: vec![(0, "moon".into(), [0.0, 0.0]), (1, "sun".into(), [0.05, 0.0])],
        prior: Some([0.0, 0.0]),
        ..PlanePanel::default()
    }
}

#[test]
fn codes_are_as_fine_as_asked_for_until_they_fill_memory() {
    assert_eq!(density([200.0, 200.0], 360), 5.0);
    let side = 2000.0;
    let density = density([side, side], 1200);
    assert!(density < 1200.0 / 72.0 && (side * density).powi(2) < 1.01 * MAX_PIXELS, "{density}");
}

fn drawn(n: usize, look: &Look) -> Figure {
    let named = [(0, "moon".into()), (1, "sun".into())];
    planes(&[panel(n)], &Colours::classes(look.mode, 2), &named, look)
}

fn all(marks: &[Mark]) -> Vec<&Mark> {
    marks
        .iter()
        .flat_map(|mark| match mark {
            Mark::Clip { marks, .. } => all(marks),
            other => vec![other],
        })
        .collect()
}

fn n_circles(figure: &Figure, rgb: [u8; 3]) -> usize {
    let of = |mark: &&Mark| match mark {
        Mark::Circles { centres, fill: Some(ink), .. } if ink.rgb == rgb && ink.alpha < 1.0 => centres.len(),
        _ => 0,
    };
    all(&figure.marks).iter().map(of).sum()
}

#[test]
fn codes_are_circles_of_their_class_and_of_hidden_ones_there_are_none() {
    let figure = drawn(300, &Look::default());
    let colours = Colours::classes(Mode::Light, 2).colours;
    // A third of the codes is of a class beyond the table.
    assert_eq!([n_circles(&figure, colours[0]), n_circles(&figure, colours[1])], [100, 100]);
    assert!(all(&figure.marks).iter().all(|mark| !matches!(mark, Mark::Image { .. })));
}

#[test]
fn a_code_lies_where_the_numbers_of_the_axes_say() {
    let panel = PlanePanel { bounds: [[-2.0, 2.0]; 2], ..PlanePanel::default() };
    let frame = Frame::new([20.0, 10.0], [200.0, 100.0], &panel);
    assert_eq!(frame.scale, 25.0, "one scale for both axes");
    assert_eq!(frame.place([0.0, 0.0]), [120.0, 60.0]);
    assert_eq!(frame.place([1.0, 1.0]), [145.0, 35.0], "up is up");
}

#[test]
fn many_codes_are_one_picture_as_fine_as_asked() {
    let of = |dpi| {
        let figure = drawn(3 * MAX_CIRCLES, &Look { dpi, ..Look::default() });
        let widths: Vec<usize> = all(&figure.marks)
            .iter()
            .filter_map(|mark| if let Mark::Image { pixels, .. } = mark { Some(pixels.width) } else { None })
            .collect();
        assert_eq!(widths.len(), 1);
        widths[0]
    };
    assert!(of(300).abs_diff(2 * of(150)) <= 1);
}

#[test]
fn names_that_would_lie_on_one_another_do_not() {
    let figure = drawn(300, &Look::default());
    let names: Vec<[f32; 2]> = figure
        .marks
        .iter()
        .filter_map(|mark| match mark {
            Mark::Text { at, text, is_strong: true, .. } if text != "VAE" => Some(*at),
            _ => None,
        })
        .collect();
    assert!(names.len() == 2 && (names[0][1] - names[1][1]).abs() > 12.0, "{names:?}");
}

#[test]
fn what_is_left_away_leaves_no_room() {
    let bare = Look { has_names: false, has_axes: false, ..Look::default() };
    let figure = drawn(300, &bare);
    assert!(all(&figure.marks).iter().all(|mark| !matches!(mark, Mark::Text { .. })));
    assert!(figure.size[1] < drawn(300, &Look::default()).size[1]);
    assert!((figure.size[0] - figure.size[1]).abs() < 3.0, "a square plane and its frame");
}

#[test]
fn several_planes_share_the_width_and_one_legend() {
    let look = Look { width_tenth_mm: 1700, ..Look::default() };
    let panels = [panel(30), panel(30)];
    let figure = planes(&panels, &Colours::classes(look.mode, 2), &[(0, "moon".into())], &look);
    let clips = figure.marks.iter().filter(|mark| matches!(mark, Mark::Clip { .. })).count();
    let dots = figure.marks.iter().filter(|mark| matches!(mark, Mark::Circles { .. })).count();
    assert_eq!((clips, dots), (2, 1));
    assert!((figure.size[0] - 170.0 / 25.4 * 72.0).abs() < 0.1);
}
