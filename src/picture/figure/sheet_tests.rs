use super::*;

fn panel(title: &str, x_name: &str) -> Panel {
    let line = PanelLine::new("p", vec![[-1.0, 0.0], [0.0, 1.0], [1.0, 0.0]], Tone::Accent).filled(0.2);
    Panel {
        title: title.into(),
        value: "1.00 nats".into(),
        is_main: false,
        x: [-1.0, 1.0],
        y: [0.0, 1.0],
        x_name: x_name.into(),
        lines: vec![line.clone(), PanelLine { name: "least".into(), ..line }.dashed()],
        samples: vec![0.5],
        ..Panel::default()
    }
}

#[test]
fn rows_share_the_height_and_panels_the_width() {
    let two = vec![panel("a", ""), panel("b", "")];
    let sheet = Sheet { rows: vec![(2.0, vec![panel("c", "")]), (1.0, two)], ..Sheet::default() };
    let room = Room { left: 10.0, right: 4.0, title: 5.0, below: 20.0, between: 2.0 };
    let places = sheet.places([200.0, 164.0], &room);
    assert_eq!(places[0], [10.0, 5.0, 190.0, 100.0]);
    assert_eq!(places[1], [10.0, 112.0, 88.0, 50.0]);
    assert_eq!(places[2], [112.0, 112.0, 88.0, 50.0]);
}

#[test]
fn everything_lies_in_the_figure_and_what_is_filled_closes_at_its_base() {
    let of = Sheet { rows: vec![(1.0, vec![panel("Densities", "x")])], ..Sheet::default() };
    let figure = sheet(&of, &Look::default());
    let texts: Vec<&str> = figure.texts().collect();
    for said in ["Densities", "1.00 nats", "p", "least", "x"] {
        assert!(texts.contains(&said), "{said} of {texts:?}");
    }
    let areas = |marks: &[Mark]| -> Vec<Vec<[f32; 2]>> {
        marks
            .iter()
            .filter_map(|mark| if let Mark::Area { points, .. } = mark { Some(points.clone()) } else { None })
            .collect()
    };
    let inside = figure.marks.iter().find_map(|mark| match mark {
        Mark::Clip { marks, at, size } => Some((areas(marks), *at, *size)),
        _ => None,
    });
    let (areas, at, size) = inside.unwrap();
    let foot = at[1] + size[1];
    assert_eq!(areas[0].len(), 6);
    assert!(areas[0][3..].iter().all(|[_, y]| (y - foot).abs() < 1e-3), "{areas:?}");
    assert!((areas[0][1][1] - at[1]).abs() < 1e-3, "the top of the curve is at the top of the panel");
    let with_dots = Panel {
        dots: vec![(Tone::Class(1), vec![[0.0, 0.5]; 3])],
        ringed: Some([0.5, 0.5]),
        ..panel("Points", "x")
    };
    let note = "a note that is far too long for one line of a column of a paper, so that it goes on in the next";
    let dotted =
        Sheet { rows: vec![(1.0, vec![with_dots])], notes: vec![(note.into(), Tone::Bad)], shape: Some(0.5) };
    let drawn = sheet(&dotted, &Look::default());
    let circles = drawn.marks.iter().find_map(|mark| match mark {
        Mark::Clip { marks, .. } => {
            let n = |mark: &Mark| if let Mark::Circles { centres, .. } = mark { centres.len() } else { 0 };
            Some(marks.iter().map(n).collect::<Vec<_>>().into_iter().filter(|n| *n > 0).collect::<Vec<_>>())
        }
        _ => None,
    });
    assert_eq!(circles.unwrap(), [3, 1]);
    let said: Vec<&str> = drawn.texts().filter(|text| note.contains(text) && text.len() > 5).collect();
    assert!(said.len() >= 2 && said.concat().len() + said.len() - 1 == note.len(), "{said:?}");
    assert!(drawn.size[1] > 0.5 * drawn.size[0] + 17.0, "notes have room of their own");
    let long = panel(&"a-column-with-a-name-that-never-ends".repeat(4), "x");
    let notes = vec![("w".repeat(200), Tone::Weak)];
    let narrow = sheet(&Sheet { rows: vec![(1.0, vec![long])], notes, shape: None }, &Look::default());
    let mut n_cut = 0;
    for mark in &narrow.marks {
        let Mark::Text { at, anchor: Anchor::Start, text, size, is_strong, ink } = mark else { continue };
        assert!(at[0] + text::width(text, *size, *is_strong) <= narrow.size[0] && text != "…", "{text}");
        n_cut += usize::from(text.ends_with('…'));
        let is_note = text.starts_with('w');
        assert!(!is_note || ink.rgb == Look::default().tokens().weak, "words are not as faint as lines");
    }
    assert_eq!(n_cut, 2, "the title and the note");
    let bare = sheet(&of, &Look { has_names: false, has_axes: false, ..Look::default() });
    assert_eq!(bare.texts().count(), 0);
}

#[test]
fn narrow_panels_beside_one_another_keep_their_names_in_one_key() {
    let row = |n: usize| Sheet { rows: vec![(1.0, vec![panel("Curves", "x"); n])], ..Sheet::default() };
    let narrowest = Look { width_tenth_mm: (100.0 * Look::WIDTHS.start()).round() as u16, ..Look::default() };
    assert!(sheet(&row(2), &narrowest).size[0] > 0.0);
    let names = |figure: &Figure| figure.texts().filter(|text| *text == "p").count();
    assert_eq!([1, 2].map(|n| names(&sheet(&row(n), &Look::default()))), [1, 2], "each beside its title");
    assert_eq!(names(&sheet(&row(6), &Look::default())), 1, "once, below all of them");
}

#[test]
fn numbers_below_a_panel_never_run_into_one_another_or_off_the_paper() {
    let x_named: Vec<(f64, String)> = [-1.0, 0.9, 0.95, 1.0].map(|x| (x, "10000".into())).into();
    let of = Sheet { rows: vec![(1.0, vec![Panel { x_named, ..panel("Curves", "x") }])], ..Sheet::default() };
    let figure = sheet(&of, &Look::default());
    let mut spans = Vec::new();
    for mark in &figure.marks {
        let Mark::Text { at, text, size, .. } = mark else { continue };
        if text == "10000" {
            let half = 0.5 * text::width(text, *size, false);
            spans.push([at[0] - half, at[0] + half]);
        }
    }
    assert_eq!(spans.len(), 2, "the ends, and what has room between them");
    assert!(spans[0][1] < spans[1][0] && spans[1][1] <= figure.size[0], "{spans:?}");
}
