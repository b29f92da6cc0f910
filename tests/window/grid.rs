//! The grid: drawn, moved, resized, divided.

use super::harness::Window;
use eframe::egui::{Color32, Key, Modifiers, PointerButton, Rect, Shape, pos2, vec2};
use halfmoon::data::DataChoice;
use halfmoon::latent::grid::Spacing;
use halfmoon::session::{Action, GridRect, SlotId, Tool};
use halfmoon::ui::Options;
use halfmoon::worker::ViewId;

#[test]
fn a_rectangle_fills_with_pictures_while_it_is_dragged() {
    let mut window = Window::opening();
    window.click("Grid");
    assert_eq!(window.session().spec().tool, Tool::Grid);
    let mut half_way = Vec::new();
    window.drag(PointerButton::Primary, pos2(400.0, 200.0), pos2(700.0, 560.0), |window| {
        window.settle();
        half_way = window.pixels(ViewId::Grid);
    });
    window.settle();
    let done = window.pixels(ViewId::Grid);
    assert_eq!(done.len(), half_way.len());
    assert_ne!(done, half_way, "the pictures changed between press and release");
    let drawn = window.session().spec().grid.rect.unwrap().bounds;

    window.drag(PointerButton::Primary, pos2(550.0, 400.0), pos2(590.0, 370.0), |_| {});
    let moved = window.session().spec().grid.rect.unwrap().bounds;
    let width = |[low, high]: [f32; 2]| high - low;
    assert!(moved[0][0] > drawn[0][0] && moved[1][0] > drawn[1][0]);
    assert!((width(moved[0]) - width(drawn[0])).abs() < 1e-3);

    let corner = pos2(740.0, 530.0);
    window.drag(PointerButton::Primary, corner, corner + vec2(50.0, 40.0), |_| {});
    let resized = window.session().spec().grid.rect.unwrap().bounds;
    assert!(width(resized[0]) > width(moved[0]) && width(resized[1]) > width(moved[1]));
    assert!((resized[0][0] - moved[0][0]).abs() < 1e-3, "the other edges stay");

    window.key(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.session().spec().grid.rect.unwrap().bounds, moved, "each drag is one step of undo");
    window.key(Modifiers::NONE, Key::Escape);
    assert_eq!(window.session().spec().grid.rect, None);
}

#[test]
fn count_and_spacing_divide_it() {
    let mut window = Window::opening();
    window.act(Action::Keep(SlotId(0), vec![0.0, 0.0]));
    window.click("Grid");
    window.click("Square at the kept point");
    window.settle();
    assert_eq!(window.session().spec().grid.rect.unwrap().bounds, [[-1.0, 1.0], [-1.0, 1.0]]);
    assert_eq!(window.session().picture(ViewId::Grid).unwrap().tiles().width, 8 * 28);
    let linear = window.pixels(ViewId::Grid);
    window.click("Spacing: Gaussian");
    window.settle();
    assert_eq!(window.session().spec().grid.spacing, Spacing::Gaussian);
    assert_ne!(window.pixels(ViewId::Grid), linear);
    window.click("Pictures: more");
    window.key(Modifiers::NONE, Key::Plus);
    window.settle();
    assert_eq!(window.session().picture(ViewId::Grid).unwrap().tiles().width, 10 * 28);
}

#[test]
fn a_cell_under_the_pointer_is_decoded() {
    let mut window = Window::opening();
    window.click("Grid");
    window.drag(PointerButton::Primary, pos2(400.0, 200.0), pos2(700.0, 560.0), |_| {});
    window.move_to(pos2(420.0, 220.0));
    window.settle();
    let grid = window.session().grid_of(SlotId(0)).unwrap();
    let want = grid.centre(0, 0);
    assert_eq!(window.session().z(), want);
    // The cell's picture is the grid's own tile, within one grey level.
    let (tile, whole) = (window.pixels(ViewId::Picture), window.pixels(ViewId::Grid));
    for y in 0..28 {
        for x in 0..28 {
            let (a, b) = (tile[4 * (y * 28 + x)], whole[4 * (y * 28 * grid.steps + x)]);
            assert!(a.abs_diff(b) <= 1, "at {x}, {y}: {a} and {b}");
        }
    }
}

#[test]
fn beside_the_cells_the_place_under_the_pointer_is_decoded() {
    let mut window = Window::opening();
    window.click("Grid");
    // Before there is a grid one sees what one is about to draw around.
    window.move_to(pos2(420.0, 220.0));
    window.steps(2);
    let place = window.session().hover().expect("a place").to_vec();
    window.drag(PointerButton::Primary, pos2(400.0, 200.0), pos2(600.0, 400.0), |_| {});
    window.move_to(pos2(420.0, 220.0));
    window.steps(2);
    assert_ne!(window.session().hover(), Some(&place[..]), "in a cell its own code");
    window.move_to(pos2(700.0, 500.0));
    window.steps(2);
    let beside = window.session().hover().expect("a place beside").to_vec();
    assert!(beside[0] > place[0] && beside[1] < place[1]);
    // Out to the side panel without crossing the plane.
    window.move_to(pos2(420.0, 220.0));
    window.move_to(pos2(100.0, 300.0));
    window.steps(2);
    assert_eq!(window.session().hover(), None);
}

#[test]
fn with_gaussian_spacing_a_cell_lies_where_it_is_decoded() {
    let mut window = Window::opening();
    window.click("Grid");
    window.act(Action::SetGridSteps(6));
    window.act(Action::SetSpacing(Spacing::Gaussian));
    // Two places without a grid tell what lies where.
    let at = |window: &mut Window, x: f32| {
        window.move_to(pos2(x, 404.0));
        window.steps(2);
        window.session().z()[0]
    };
    let (low, high) = (at(&mut window, 500.3), at(&mut window, 800.3));
    let z_at = |x: f32| low + (x - 500.3) / 300.0 * (high - low);
    window.act(Action::SetGrid(Some(GridRect { slot: SlotId(0), bounds: [[-2.0, 2.0], [-2.0, 2.0]] })));
    window.settle();
    let [tiles, _] = window.textured();
    assert_eq!(tiles.len(), 36);
    let mut centres = Vec::new();
    for (column, tile) in tiles[..6].iter().enumerate() {
        window.move_to(tile.center());
        window.steps(2);
        centres.push(window.session().z()[0]);
        let off = (z_at(tile.center().x) - centres[column]).abs();
        assert!(off < 0.2, "column {column} shows {}, and lies at {}", centres[column], z_at(tile.center().x));
    }
    assert!(centres[1] - centres[0] > 1.5 * (centres[3] - centres[2]), "{centres:?}");
}

#[test]
fn pictures_keep_their_shape_in_every_rectangle_and_panel() {
    // Twenty wide, twenty-eight high.
    let folder = tempfile::tempdir().unwrap();
    for (name, n) in [("train", 40u32), ("t10k", 10)] {
        let mut bytes = vec![0, 0, 8, 3];
        [n, 28, 20].iter().for_each(|size| bytes.extend(size.to_be_bytes()));
        bytes.extend((0..n * 560).map(|i| (i * 37 % 251) as u8));
        std::fs::write(folder.path().join(format!("{name}-images-idx3-ubyte")), bytes).unwrap();
    }
    let data = Some(DataChoice::Path(folder.path().into()));
    let mut window = Window::open(Options { data, ..Options::default() });
    window.act(Action::SetTool(Tool::Grid));
    window.drag(PointerButton::Primary, pos2(300.0, 300.0), pos2(700.0, 460.0), |_| {});
    window.settle();
    let is_of_shape = |rect: &Rect, of: [f32; 2]| (rect.width() / rect.height() - of[0] / of[1]).abs() < 0.02;
    let [tiles, pictures] = window.textured();
    assert!(tiles.len() == 64 && tiles.iter().all(|tile| is_of_shape(tile, [20.0, 28.0])), "{tiles:?}");
    let panel = pictures.iter().filter(|rect| rect.width() > 200.0).collect::<Vec<_>>();
    assert!(matches!(panel[..], [rect] if is_of_shape(rect, [20.0, 28.0])), "{panel:?}");

    window.act(Action::SetTool(Tool::Path));
    window.click_at(pos2(400.0, 300.0));
    window.click_at(pos2(700.0, 400.0));
    window.wait("the strip", |session| session.picture(ViewId::Path).is_some());
    window.steps(2);
    let [_, pictures] = window.textured();
    let thumbnails = pictures.iter().filter(|rect| (55.0..57.0).contains(&rect.height())).collect::<Vec<_>>();
    assert!(thumbnails.len() == 2 && thumbnails.iter().all(|rect| is_of_shape(rect, [20.0, 28.0])));
}

#[test]
fn a_cell_of_the_panel_is_lit_on_the_plane_too() {
    let mut window = Window::opening();
    window.act(Action::Keep(SlotId(0), vec![0.0, 0.0]));
    window.click("Grid");
    window.click("Square at the kept point");
    window.settle();
    window.move_to(pos2(1100.0, 250.0));
    window.steps(4);
    let lit = |window: &Window| -> Vec<Rect> {
        let mark = Color32::from_rgb(0xf1, 0xe4, 0xb9);
        let all = window.shapes().into_iter().filter_map(|shape| match shape {
            Shape::Rect(rect) if rect.stroke.color == mark && rect.stroke.width == 2.0 => Some(rect.rect),
            _ => None,
        });
        all.collect()
    };
    let both = lit(&window);
    assert_eq!(both.len(), 2, "{both:?}");
    let [plane, panel] = both[..] else { panic!("two marks") };
    assert!(plane.right() < 856.0 && panel.contains(pos2(1100.0, 250.0)));
    let [tiles, _] = window.textured();
    let z = window.session().z().to_vec();
    window.move_to(plane.center());
    window.steps(2);
    assert!(
        window.session().z() == z && tiles.iter().any(|tile| plane.expand(0.5).contains_rect(*tile)),
        "the same cell"
    );
    window.move_to(pos2(100.0, 300.0));
    window.steps(3);
    assert!(lit(&window).is_empty());
}

#[test]
fn a_pointer_that_rests_on_the_tray_needs_no_repaint() {
    let mut window = Window::opening();
    window.act(Action::Keep(SlotId(0), vec![0.0, 0.0]));
    window.click("Grid");
    window.click("Square at the kept point");
    window.settle();
    window.move_to(pos2(1100.0, 250.0));
    window.settle();
    assert!(window.session().hover().is_some(), "the pointer is on a cell of the tray");
    window.steps(60);
    let repaints = window.harness.output().viewport_output.values().map(|output| output.repaint_delay).min();
    assert!(repaints.unwrap() > std::time::Duration::from_millis(100), "{repaints:?}");
}

#[test]
fn a_drag_that_a_key_breaks_off_is_one_step_and_the_next_is_another() {
    let mut window = Window::opening();
    window.click("Grid");
    window.drag(PointerButton::Primary, pos2(400.0, 200.0), pos2(600.0, 400.0), |window| {
        window.key(Modifiers::NONE, Key::E);
    });
    assert!(!window.session().in_gesture());
    assert_eq!(window.session().spec().tool, Tool::Explore);
    window.click_at(pos2(640.0, 300.0));
    let kept = window.session().slot().z.clone();
    window.click_at(pos2(500.0, 500.0));
    window.key(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.session().slot().z, kept, "each click is a step of its own");
}
