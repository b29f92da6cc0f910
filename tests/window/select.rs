//! Select: lines around codes, and the tray of what they choose.

use super::harness::Window;
use eframe::egui::{Event, Key, Modifiers, PointerButton, Pos2, pos2};
use egui_kittest::kittest::Queryable;
use halfmoon::session::{Action, AxisFit, Choice, Export, Hiding, Shape, SlotId, Tool};

/// Half of what is seen, in plot units, and the points that such a unit takes: the plane is 516 high beside
/// the tray.
const HALF: f32 = 3.0;
const SCALE: f32 = 516.0 / (2.0 * HALF);
const CENTRE: Pos2 = pos2(640.0, 302.0);

/// The embedded model with the Select tool and a view that the tests know.
fn opened() -> Window {
    let mut window = Window::opening();
    window.key(Modifiers::NONE, Key::S);
    assert_eq!(window.session().spec().tool, Tool::Select);
    window.act(Action::Fit(SlotId(0), AxisFit::Fixed { centre: [0.0, 0.0], half: [HALF, HALF] }));
    window
}

fn at(p: [f32; 2]) -> Pos2 {
    pos2(CENTRE.x + p[0] * SCALE, CENTRE.y - p[1] * SCALE)
}

/// Draws a line with the pointer, with keys held as it is let go.
fn draw(window: &mut Window, line: &[[f32; 2]], held: Modifiers) {
    window.move_to(at(line[0]));
    window.button(at(line[0]), PointerButton::Primary, true);
    for pair in line.windows(2) {
        for i in 1..=8 {
            let share = i as f32 / 8.0;
            window.move_to(at([0, 1].map(|axis| pair[0][axis] + (pair[1][axis] - pair[0][axis]) * share)));
        }
    }
    let pos = at(line[line.len() - 1]);
    let release = Event::PointerButton { pos, button: PointerButton::Primary, pressed: false, modifiers: held };
    window.harness.event_modifiers(release, held);
    window.steps(3);
}

/// The samples whose codes fulfil something.
fn samples_of(window: &Window, is_one: impl Fn([f32; 2]) -> bool) -> Vec<u32> {
    let cloud = window.session().cloud().unwrap();
    let codes = cloud.codes.mu.rows().into_iter().zip(&cloud.indices);
    codes.filter(|(z, _)| is_one([z[0], z[1]])).map(|(_, sample)| *sample).collect()
}

fn chosen(window: &Window) -> Vec<u32> {
    window.session().spec().selection.samples.to_vec()
}

/// The samples on which both agree, where codes on the line itself may be taken either way.
fn agree(found: &[u32], wanted: &[u32]) -> bool {
    let in_both = found.iter().filter(|sample| wanted.contains(sample)).count();
    found.len().max(wanted.len()) - in_both <= wanted.len() / 50 + 1
}

const TRIANGLE: [[f32; 2]; 4] = [[-1.0, -1.0], [1.0, -1.0], [0.0, 1.0], [-1.0, -1.0]];

fn in_triangle([x, y]: [f32; 2]) -> bool {
    y > -1.0 && y < 1.0 && x.abs() < (1.0 - y) / 2.0
}

#[test]
fn a_lasso_chooses_what_it_encloses_and_keys_join_and_part() {
    let mut window = opened();
    draw(&mut window, &TRIANGLE, Modifiers::NONE);
    let first = samples_of(&window, in_triangle);
    assert!(first.len() > 100, "{}", first.len());
    assert!(agree(&chosen(&window), &first), "{} and {}", chosen(&window).len(), first.len());

    // A box to the right joins it, and one over its left half is taken away.
    window.click("Draw: Rectangle");
    assert_eq!(window.session().spec().shape, Shape::Rectangle);
    draw(&mut window, &[[1.2, 0.0], [2.5, 1.0]], Modifiers::SHIFT);
    let is_right = |[x, y]: [f32; 2]| x > 1.2 && x < 2.5 && y > 0.0 && y < 1.0;
    let joined = samples_of(&window, |z| in_triangle(z) || is_right(z));
    assert!(joined.len() > first.len() && agree(&chosen(&window), &joined));
    draw(&mut window, &[[-1.5, -1.5], [0.0, 1.5]], Modifiers::COMMAND);
    let rest = samples_of(&window, |z| (in_triangle(z) && z[0] > 0.0) || is_right(z));
    assert!(rest.len() < joined.len() && agree(&chosen(&window), &rest));
    // One step of undo each.
    window.key(Modifiers::COMMAND, Key::Z);
    assert!(agree(&chosen(&window), &joined));
}

#[test]
fn hidden_classes_never_count_and_what_is_hidden_is_let_go() {
    let mut window = opened();
    let labels = window.session().data().unwrap().train.labels().unwrap().of.clone();
    let n_of = |samples: &[u32], class: u16| samples.iter().filter(|&&s| labels[s as usize] == class).count();
    window.act(Action::ToggleClass(3));
    window.key(Modifiers::COMMAND, Key::A);
    let all = chosen(&window);
    assert_eq!((all.len() + labels.iter().filter(|of| **of == 3).count(), n_of(&all, 3)), (labels.len(), 0));
    window.act(Action::ToggleClass(5));
    assert_eq!(n_of(&chosen(&window), 5), 0, "what is hidden is chosen no longer");
    window.key(Modifiers::COMMAND, Key::Z);
    assert_eq!(chosen(&window), all);
    draw(&mut window, &TRIANGLE, Modifiers::NONE);
    assert_eq!(n_of(&chosen(&window), 3), 0);
    let few = chosen(&window);
    window.key(Modifiers::NONE, Key::I);
    let others = chosen(&window);
    assert_eq!((others.len() + few.len(), n_of(&others, 3)), (all.len(), 0));
    window.key(Modifiers::NONE, Key::Delete);
    assert_eq!(chosen(&window), [] as [u32; 0]);
}

#[test]
fn what_is_typed_is_chosen_and_a_tile_picks_among_them() {
    let mut window = opened();
    window.key(Modifiers::NONE, Key::Slash);
    window.steps(3);
    window.harness.event(Event::Text("3, 10-12".into()));
    window.steps(2);
    window.key(Modifiers::NONE, Key::Enter);
    assert_eq!(chosen(&window), [3, 10, 11, 12]);
    window.wait("their mean", |session| session.common().is_some());
    window.steps(3);
    let (_, common) = window.session().common().unwrap();
    assert_eq!(common.class_counts.iter().sum::<usize>(), 4);
    // The mean of four digits, pixel by pixel, from the bytes.
    let train = window.session().data().unwrap().train.clone();
    let pixels = &common.mean.as_ref().unwrap().tiles().rgba;
    for (i, pixel) in pixels.chunks(4).enumerate() {
        let sum: f32 = [3, 10, 11, 12].iter().map(|&s| f32::from(train.image(s).unwrap()[i])).sum();
        assert!((f32::from(pixel[0]) - sum / 4.0).abs() <= 1.0, "pixel {i}");
    }
    assert!(window.is_uploaded([28, 28], pixels), "and it is drawn");
    let tile = window.harness.get_by(|node| node.label().is_some_and(|name| name.starts_with("Chosen 11,")));
    let place = tile.rect().center();
    window.move_to(place);
    window.steps(2);
    assert_eq!(window.session().spec().selection.hovered, Some(11), "pointing at a tile lights its code");
    window.click_at(place);
    assert_eq!(window.session().spec().selection.focused, Some(11));
    assert_eq!(chosen(&window), [3, 10, 11, 12], "the others stay");
    assert_eq!(window.session().slot().z, window.session().code_of(11).unwrap());
    window.move_to(pos2(100.0, 300.0));
    window.steps(2);
    assert_eq!(window.session().spec().selection.hovered, None);
}

#[test]
fn the_chosen_stand_out_on_the_plane() {
    let mut window = opened();
    let before = window.planes();
    draw(&mut window, &TRIANGLE, Modifiers::NONE);
    window.move_to(pos2(100.0, 300.0));
    window.steps(3);
    let after = window.planes();
    let light = |planes: &[std::sync::Arc<eframe::egui::ColorImage>]| -> u64 {
        planes[0].pixels.iter().map(|pixel| u64::from(pixel.a())).sum()
    };
    assert_eq!((before.len(), after.len()), (1, 1));
    assert!(light(&after) * 2 < light(&before), "{} of {}", light(&after), light(&before));
    // Escape lets go, and then leaves the tool.
    window.key(Modifiers::NONE, Key::Escape);
    window.steps(3);
    assert!(chosen(&window).is_empty() && window.planes()[0].pixels == before[0].pixels);
    window.key(Modifiers::NONE, Key::Escape);
    assert_eq!(window.session().spec().tool, Tool::Explore);
}

#[test]
fn a_line_in_hand_is_given_up_by_escape() {
    let mut window = opened();
    window.drag(PointerButton::Primary, at([-1.0, -1.0]), at([1.0, 1.0]), |window| {
        window.key(Modifiers::NONE, Key::Escape);
    });
    assert_eq!((chosen(&window).len(), window.session().spec().tool), (0, Tool::Select));
}

#[test]
fn a_line_in_hand_is_given_up_with_its_tool() {
    let mut window = opened();
    window.drag(PointerButton::Primary, at([-1.0, -1.0]), at([1.0, 1.0]), |window| {
        window.act(Action::SetTool(Tool::Explore));
        window.act(Action::SetTool(Tool::Select));
    });
    assert_eq!((chosen(&window).len(), window.session().spec().tool), (0, Tool::Select));
}

#[test]
fn the_chosen_are_hidden_shown_alone_and_all_come_back() {
    let mut window = opened();
    let n = window.session().data().unwrap().train.n_samples();
    draw(&mut window, &TRIANGLE, Modifiers::NONE);
    let few = chosen(&window);
    let lit = |window: &Window| window.planes()[0].pixels.iter().filter(|pixel| pixel.a() > 0).count();
    window.move_to(pos2(100.0, 300.0));
    window.key(Modifiers::SHIFT, Key::H);
    window.steps(3);
    let alone = lit(&window);
    assert_eq!(window.session().spec().left_out.len() + few.len(), n);
    window.key(Modifiers::NONE, Key::H);
    window.steps(3);
    assert!(chosen(&window).is_empty() && lit(&window) == 0, "none is left: {alone}");
    window.key(Modifiers::COMMAND, Key::A);
    assert!(chosen(&window).is_empty(), "what is hidden never counts");
    window.act(Action::Hide(Hiding::Nothing));
    window.key(Modifiers::COMMAND, Key::A);
    window.steps(3);
    assert!(chosen(&window).len() == n && lit(&window) > 2 * alone);
}

#[test]
fn the_chosen_are_written_as_a_table() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.csv");
    let mut window = opened();
    window.act(Action::Choose(Choice::These([4, 1].into()), Default::default()));
    let labels = window.session().data().unwrap().train.labels_of(&[1, 4]);
    window.act(Action::ExportAs(Export::Chosen, path.clone()));
    window.wait("the file", |_| path.exists());
    let wanted = format!("index,split,label\n1,train,{}\n4,train,{}\n", labels[0], labels[1]);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), wanted);
}
