//! Models side by side.

use super::harness::Window;
use eframe::egui::Event;
use halfmoon::data::DataChoice;
use halfmoon::session::{Action, Against, Tool};
use halfmoon::ui::Options;
use halfmoon::worker::ViewId;

fn moons() -> Window {
    Window::open(Options { data: Some(DataChoice::Moons), model: Some("moons-vae".into()), ..Options::default() })
}

#[test]
fn pca_beside_a_vae_is_linked_scored_and_decoded() {
    let mut window = moons();
    window.click("Compare");
    window.steps(2);
    window.click("PCA of 2 dimensions");
    window.wait("PCA", |session| session.rivals().len() == 1);
    window.wait("the scores of both", |session| session.scores().is_some());
    let (own, pca) = (window.session().scores().unwrap(), window.session().rivals()[0].scores);
    assert!(own.squared_error < pca.squared_error && own.kl.is_some() && pca.kl.is_none());
    assert!(pca.accuracy.unwrap() > 0.3 && pca.secs.is_some());
    window.harness.event(Event::PointerGone);
    window.steps(3);

    // The sample under the pointer on one plane is shown as the other model sees it.
    let sample = 77;
    window.act(Action::Link(Some(sample)));
    window.wait("the other model's picture", |session| session.picture(ViewId::Rival(0)).is_some());
    let z = window.session().rival_z(0).unwrap();
    assert_eq!(Some(&z), window.session().rivals()[0].cloud.code_of(sample).as_ref());

    // The same rectangle, decoded by both.
    window.act(Action::SetTool(Tool::Grid));
    window.act(Action::SetGridSteps(4));
    window.act(Action::SetGrid(Some([[-1.0, 1.0], [-1.0, 1.0]])));
    window.settle();
    window.wait("both grids", |session| session.picture(ViewId::RivalGrid(0)).is_some());
    assert_ne!(window.pixels(ViewId::Grid), window.pixels(ViewId::RivalGrid(0)));

    window.click("Take PCA, principal components away");
    assert!(window.session().rivals().is_empty());
}

#[test]
fn a_model_is_kept_beside_what_becomes_of_it_and_goes_with_its_data() {
    let mut window = moons();
    window.act(Action::Compare(Against::Itself));
    window.wait("the kept model", |session| session.rivals().len() == 1);
    window.act(Action::Compare(Against::Model("moons-ae".into())));
    window.wait("another", |session| session.rivals().len() == 2);
    window.act(Action::Compare(Against::Model("mnist-ae".into())));
    window.wait("the refusal", |session| !session.awaits_rival());
    assert_eq!(window.session().rivals().len(), 2, "a model of other images is refused");
    window.act(Action::ChooseData(DataChoice::FullHalf));
    window.wait("other data", |session| session.spec().data == DataChoice::FullHalf && !session.is_busy());
    window.act(Action::ChooseData(DataChoice::Mnist));
    window.wait("the digits", |session| session.spec().data == DataChoice::Mnist && !session.is_busy());
    window.steps(2);
    assert!(window.session().rivals().is_empty());
}
