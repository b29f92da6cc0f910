//! A table in the window: bars and words for values, in the data's own units.

use super::harness::Window;
use egui_kittest::kittest::Queryable;
use halfmoon::data::{DataChoice, ReadSettings};
use halfmoon::model::Settings;
use halfmoon::picture::Shown;
use halfmoon::session::{Action, By, GridRect, Group, Tool};
use halfmoon::ui::Options;
use halfmoon::worker::{SlotId, Until, ViewId};

fn names(window: &Window, part: &str) -> usize {
    window.harness.query_all_by_label_contains(part).count()
}

fn open(data: DataChoice) -> Window {
    Window::open(Options { data: Some(data), ..Options::default() })
}

#[test]
fn a_table_trains_and_every_view_shows_its_numbers() {
    let mut window = open(DataChoice::Wine);
    let slot = window.session().slot();
    assert_eq!((slot.model.kind(), slot.model.text("likelihood")), ("vae", "gaussian".into()));
    window.act(Action::SetKind("ae".into()));
    assert_ne!(window.session().slot().model.text("likelihood"), "bernoulli");
    window.act(Action::Set(Group::Training, "epochs".into(), "40".into()));
    window.act(Action::Train(Until::End));
    window.wait("the end", |session| session.weights().checkpoint.is_some() && !session.is_running());
    window.settle();
    assert!(window.session().model().unwrap().info().scaling.is_some());

    let Shown::Numbers(numbers) = &window.session().picture(ViewId::Picture).unwrap().shown else {
        panic!("no numbers")
    };
    assert_eq!((&*numbers.names[12], numbers.x.dim()), ("proline", (1, 13)));
    assert!((200.0..1800.0).contains(&numbers.x[[0, 12]]), "in the data's own units");
    assert!(names(&window, "proline") > 0, "what is decoded can be read aloud");
    window.wait("the nearest", |session| !session.nearest(By::Features).is_empty());
    window.steps(3);
    assert!(names(&window, "Nearest by columns: row 1") > 0 && names(&window, ": image 1") == 0);

    // A grid of tiles of bars, and a path.
    window.act(Action::SetTool(Tool::Grid));
    window.act(Action::SetGrid(Some(GridRect { slot: SlotId(0), bounds: [[-1.0, 1.0], [-1.0, 1.0]] })));
    window.wait("the grid", |session| session.picture(ViewId::Grid).is_some());
    let grid = window.session().picture(ViewId::Grid).unwrap();
    assert_eq!(grid.tiles().width, 48 * grid.columns);
    let rgba = &grid.tiles().rgba;
    assert!(rgba.chunks(4).any(|pixel| pixel[3] == 0) && rgba.chunks(4).any(|pixel| pixel[3] == 255));
}

#[test]
fn pca_of_a_table_is_solved_and_colours_by_column() {
    let mut window = open(DataChoice::Iris);
    window.act(Action::SetKind("pca".into()));
    window.act(Action::Train(Until::End));
    window.wait("the solution", |session| session.weights().checkpoint.is_some() && !session.is_running());
    window.newest(SlotId(0), ViewId::Picture);
    window.settle();
    let columns = window.session().data().unwrap().train.columns().to_vec();
    assert_eq!((columns.len(), &*columns[0].name, &*columns[0].unit), (4, "sepal length", "cm"));
    assert!(names(&window, "sepal length") > 0);
}

#[test]
fn codes_without_a_model_are_plotted_and_say_what_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("codes.csv");
    let rows: String = (0..60).map(|i| format!("{},word {i},{},{},{}\n", i % 3, i % 7, i / 7, i)).collect();
    std::fs::write(&path, format!("label,name,z0,z1,z2\n{rows}")).unwrap();
    let mut window = open(DataChoice::Moons);
    window.act(Action::ChooseData(DataChoice::Path(path)));
    window.wait("the codes", |session| {
        session.model().is_some_and(|model| model.info().kind == "codes") && session.cloud().is_some()
    });
    window.steps(4);
    let session = window.session();
    assert_eq!((session.latent_dim(), session.cloud().unwrap().indices.len()), (3, 60));
    assert_eq!(session.code_of(8).unwrap(), [1.0, 1.0, 8.0]);
    assert!(session.model().unwrap().info().spec().is_none() && !session.capabilities().decodes);
    assert_eq!(names(&window, "Picture decoded"), 0, "nothing is decoded");
    window.act(Action::Keep(SlotId(0), vec![1.0, 1.0, 8.0]));
    window.wait("the neighbours", |session| session.nearest(By::Code).first() == Some(&(8, 0.0)));
    window.act(Action::Train(Until::End));
    assert!(!window.session().is_running(), "there is nothing to train");
    // And back to data with a model.
    window.act(Action::ChooseData(DataChoice::Iris));
    window.wait("the table", |session| session.picture(ViewId::Picture).is_some() && session.cloud().is_some());
}

#[test]
fn data_of_the_command_line_are_read_as_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flowers.csv");
    let rows: Vec<String> = (0..40).map(|i| format!("{}.5,{},{}\n", i, i % 7, ["a", "b"][i % 2])).collect();
    std::fs::write(&path, format!("long,wide,sort\n{}", rows.concat())).unwrap();
    let reading = ReadSettings::default().with("data.ignore", "wide").unwrap();
    let data = Some(DataChoice::Path(path));
    let window = Window::open(Options { data, reading: reading.clone(), ..Options::default() });
    let data = window.session().data().unwrap();
    assert_eq!((data.train.n_features(), &data.reading), (1, &reading));
}
