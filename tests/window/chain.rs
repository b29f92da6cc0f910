//! The Gibbs chain of a Boltzmann machine.

use super::harness::Window;
use egui_kittest::kittest::Queryable;
use halfmoon::session::{Action, Fold};

#[test]
fn a_chain_is_stepped_and_played_from_the_chosen_sample() {
    let mut window = Window::opening();
    assert!(window.harness.query_by_label("Play the chain").is_none(), "no other model has one");
    window.act(Action::SetKind("rbm".into()));
    window.act(Action::Reset);
    window.wait("the machine", |session| session.capabilities().has_energy && !session.is_busy());
    window.act(Action::Pick(Some(7)));
    window.act(Action::Unfold(Fold::Chain, true));
    window.wait("its chain", |session| session.chain().is_some_and(|(_, chain)| chain.sample == 7));
    window.steps(3);
    let tile = window.session().chain().unwrap().1.tiles(&[0], 1);
    assert!(window.is_uploaded([tile.width, tile.height], &tile.rgba), "it begins at the sample");
    window.harness.get_by_label("One step of the chain").scroll_to_me();
    window.steps(6);
    window.click("One step of the chain");
    window.steps(3);
    assert!(window.has("State 1 of the chain from sample 7"));
    let tile = window.session().chain().unwrap().1.tiles(&[1], 1);
    assert!(window.is_uploaded([tile.width, tile.height], &tile.rgba));
    window.click("Play the chain");
    window.steps(30);
    assert!(!window.has("State 1 of the chain from sample 7"), "it goes on by itself");
    window.click("Pause the chain");
    window.steps(3);
    assert!(window.has("Play the chain"));
    window.act(Action::Pick(Some(8)));
    window.wait("another chain", |session| session.chain().is_some_and(|(_, chain)| chain.sample == 8));
    window.steps(3);
    assert!(window.has("State 0 of the chain from sample 8"));
}
