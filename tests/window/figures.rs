//! Figures for print, from the window: what is on screen, and the command that makes the same file.

use super::harness::Window;
use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use halfmoon::data::DataChoice;
use halfmoon::picture::figure::Look;
use halfmoon::picture::palette::Mode;
use halfmoon::session::{
    Action, Export, FigureOf, GridRect, Group, Influence, Layer, Moved, NewSlot, OutlierPage, OutlierScore,
    PathEnd, Preset, RegressOn, Tool,
};
use halfmoon::worker::{SlotId, ViewId};
use std::path::Path;

/// What is in a file, once it is written.
fn written(window: &mut Window, path: &Path) -> Vec<u8> {
    window.written(path);
    std::fs::read(path).unwrap()
}

/// Exports a figure from the window, and again by the command that the window gives for it.
fn twice(window: &mut Window, of: FigureOf, look: Look, folder: &Path, name: &str) -> [Vec<u8>; 2] {
    let path = folder.join(name);
    window.act(Action::ExportAs(Export::Figure(of, look), path.clone()));
    let first = written(window, &path);
    let again = folder.join(format!("again-{name}"));
    let line = window.session().figure_command(of, &look, &again.display().to_string()).unwrap();
    let done = std::process::Command::new("sh")
        .arg("-c")
        .arg(line.replacen("halfmoon", env!("CARGO_BIN_EXE_halfmoon"), 1))
        .output()
        .unwrap();
    assert!(done.status.success(), "{line}: {}", String::from_utf8_lossy(&done.stderr));
    [first, std::fs::read(again).unwrap()]
}

#[test]
fn a_figure_of_the_plane_takes_three_clicks() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = Window::opening();
    window.click("Export");
    window.steps(6);
    window.click("What is exported: Plane");
    window.steps(6);
    let path = folder.path().join("plane.svg");
    // Where it goes is the only thing that a test has to say.
    let field = window.harness.get_all_by_role(eframe::egui::accesskit::Role::TextInput).last().unwrap().rect();
    window.click_at(field.center());
    super::files::type_path(&mut window, &path);
    let svg = String::from_utf8(written(&mut window, &path)).unwrap();
    let data = window.session().data().unwrap();
    assert!(
        svg.starts_with("<svg") && svg.contains(">z[0] →</text>") && svg.contains(">3σ") == svg.contains(">2σ")
    );
    for class in data.train.classes() {
        assert!(svg.contains(&format!(">{class}</text>")), "{class} is named");
    }
    // A few codes lie beyond what is seen.
    let n = svg.matches("<circle").count();
    assert!(n > data.train.n_samples() * 9 / 10, "{n} circles");
}

#[test]
fn every_figure_is_made_again_by_its_command() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let mut window = Window::opening();
    window.act(Action::ToggleClass(3));
    let look = Look::default();
    let [plane, again] = twice(&mut window, FigureOf::Planes, look, at, "plane.svg");
    assert!(plane == again && !String::from_utf8(plane).unwrap().contains(">3</text>"));
    let narrow = Look { mode: Mode::Dark, width_tenth_mm: 400, dpi: 96, has_names: false, has_axes: false };
    let [plane, again] = twice(&mut window, FigureOf::Planes, narrow, at, "plane.png");
    assert_eq!(plane, again);
    let image = image::load_from_memory(&plane).unwrap();
    assert_eq!((image.width(), image.color().has_color()), (151, true));

    window.act(Action::Preset(Preset::Classes("0".into(), "1".into())));
    window.act(Action::SetTool(Tool::Path));
    window.wait("the path", |session| session.picture(ViewId::Path).is_some() && session.path().is_some());
    let [path, again] = twice(&mut window, FigureOf::Pictures, look, at, "path.svg");
    assert!(path == again && String::from_utf8(path).unwrap().contains(">B</text>"));
    let [plane, again] = twice(&mut window, FigureOf::Planes, look, at, "walked.svg");
    assert!(plane == again && String::from_utf8(plane).unwrap().contains(">B</text>"));

    window.act(Action::SetTool(Tool::Grid));
    window.act(Action::SetGrid(Some(GridRect { slot: SlotId(0), bounds: [[-1.0, 1.0], [-1.0, 0.5]] })));
    window.wait("the grid", |session| session.picture(ViewId::Grid).is_some());
    let [grid, again] = twice(&mut window, FigureOf::Pictures, look, at, "grid.svg");
    assert!(grid == again && String::from_utf8(grid).unwrap().contains(">z[1] ↑</text>"));
    let [rows, again] = twice(&mut window, FigureOf::Traversals, look, at, "rows.svg");
    assert!(rows == again && String::from_utf8(rows).unwrap().matches("<image").count() == 2);
    let [curves, again] = twice(&mut window, FigureOf::Curves, look, at, "curves.svg");
    assert!(curves == again && String::from_utf8(curves).unwrap().contains(">test</text>"));
}

#[test]
fn models_on_screen_are_compared_in_one_figure() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = Window::opening();
    window.act(Action::AddSlot(NewSlot::Model("mnist-ae".into())));
    window.wait("the other", |session| {
        session.is_compared() && session.visible().all(|slot| session.cloud_of(slot.id).is_some())
    });
    window.settle();
    let ends = [Some(PathEnd::Sample(1)), Some(PathEnd::Sample(0))];
    window.act(Action::SetTool(Tool::Path));
    for (end, at) in ends.into_iter().enumerate() {
        window.act(Action::SetEnd(end, at));
    }
    let look = Look { width_tenth_mm: 1700, ..Look::default() };
    let [planes, again] = twice(&mut window, FigureOf::Planes, look, folder.path(), "planes.svg");
    assert_eq!(planes, again);
    let svg = String::from_utf8(planes).unwrap();
    assert_eq!((svg.matches("<clipPath").count(), svg.matches(">A</text>").count()), (2, 2));
    // Each model's strip in a row of its own; for that there is no command.
    let path = folder.path().join("strips.svg");
    window.act(Action::ExportAs(Export::Figure(FigureOf::Pictures, look), path.clone()));
    let svg = String::from_utf8(written(&mut window, &path)).unwrap();
    assert_eq!(svg.matches("<image").count(), 2);
    assert_eq!(window.session().figure_command(FigureOf::Pictures, &look, "x.svg"), None);
}

#[test]
fn pixels_are_enlarged_by_whole_numbers_and_the_card_copies_the_command() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = Window::opening();
    window.key(Modifiers::COMMAND, Key::E);
    window.steps(6);
    window.click("Scale: more");
    window.click("Scale: more");
    window.steps(2);
    window.click("Copy as command");
    window.steps(2);
    let line = window.session().pixels_command(3, "picture.png").unwrap();
    assert!(line.contains("--scale 3 --out picture.png"), "{line}");
    let path = folder.path().join("x.png");
    window.act(Action::ExportAs(Export::Pixels(3), path.clone()));
    let large = image::load_from_memory(&written(&mut window, &path)).unwrap().into_luma8();
    assert_eq!(large.dimensions(), (84, 84));
    assert_eq!(large.get_pixel(40, 40), large.get_pixel(41, 41), "pixels 39 to 41 are one");
}

#[test]
fn the_fit_behind_cooks_distance_is_drawn_again_by_its_command() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = Window::of(DataChoice::Wine);
    let on = RegressOn::Columns(vec!["alcohol".into()]);
    let by = OutlierScore::Cook;
    let page = OutlierPage { by, column: "ash".into(), on, is_staged: true, ..OutlierPage::default() };
    window.act(Action::ShowOutliers(Some(page.clone())));
    window.wait("the fit", |session| session.influence().is_some_and(|found| found.is_ok()));
    window.act(Action::Pick(Some(11)));
    let is_apart = |found: &Influence| found.apart.as_ref().is_some_and(|(row, _)| *row == 11);
    window.wait("without it", |session| session.influence().is_some_and(|found| found.is_ok_and(is_apart)));
    let look = Look { width_tenth_mm: 1700, ..Look::default() };
    let [first, again] = twice(&mut window, FigureOf::Regression, look, folder.path(), "fit.svg");
    assert!(first == again);
    let svg = String::from_utf8(first).unwrap();
    let n = window.session().data().unwrap().train.n_samples();
    for said in
        [">ash</text>", ">alcohol</text>", ">leverage h</text>", "Sample 11", "The lecture multiplies both"]
    {
        assert!(svg.contains(said), "{said}");
    }
    // Every sample in both plots, and the one that is looked at ringed in both.
    assert_eq!(svg.matches("<circle").count(), 2 * n + 2);
    let moved = Some(Moved { sample: 3, x: None, y: 2.0 });
    window.act(Action::ShowOutliers(Some(OutlierPage { moved, ..page })));
    let command = window.session().figure_command(FigureOf::Regression, &look, "fit.svg");
    assert_eq!(command, None, "no command drags a point");
}

#[test]
fn the_plane_of_the_data_is_drawn_again_by_its_command() {
    let folder = tempfile::tempdir().unwrap();
    for (data, said) in [
        (DataChoice::Ring, [">x →</text>", ">y ↑</text>"]),
        (DataChoice::Bumps, [">p, the data</text>", ">best D, p / (p + q)</text>"]),
    ] {
        let mut window = Window::of(data);
        window.act(Action::SetKind("gan".into()));
        for (name, text) in [("generator", "8"), ("discriminator", "8")] {
            window.act(Action::Set(Group::Model, name.into(), text.into()));
        }
        window.act(Action::Reset);
        window.wait("the game", |session| !session.is_busy() && session.data_columns().is_some());
        let path = folder.path().join("gan.safetensors");
        window.act(Action::SaveModel(Some(path.clone())));
        window.told("Saved gan.safetensors");
        for layer in [Layer::Discriminator, Layer::Made, Layer::Warped] {
            if !window.session().spec().layers.contains(&layer) {
                window.act(Action::ToggleLayer(layer));
            }
        }
        let [first, again] = twice(&mut window, FigureOf::Planes, Look::default(), folder.path(), "data.svg");
        assert!(first == again);
        let svg = String::from_utf8(first).unwrap();
        said.into_iter().for_each(|said| assert!(svg.contains(said), "{said}"));
        std::fs::remove_file(folder.path().join("data.svg")).unwrap();
        std::fs::remove_file(path).unwrap();
    }
}
