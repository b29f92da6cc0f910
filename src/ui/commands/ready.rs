//! Whether commands can be done now, or in a few words why not.

use crate::model::Kind;
use crate::session::{FigureOf, Layer, Session, Tool};

/// Nothing, or why a command cannot be done now.
pub type Ready = Result<(), &'static str>;

/// What keeps a command for a moment only; its key is answered by a message, lest it seem to have been lost.
pub const LOADING: &str = "something is being loaded";

fn check(is_ready: bool, why_not: &'static str) -> Ready {
    if is_ready { Ok(()) } else { Err(why_not) }
}

pub fn always(_: &Session) -> Ready {
    Ok(())
}

pub fn has_model(session: &Session) -> Ready {
    check(session.model().is_some(), "there is no model yet")
}

/// Weights can be saved a moment before their codes are drawn.
pub fn has_weights(session: &Session) -> Ready {
    check(session.weights().checkpoint.is_some(), "there is no model yet")
}

pub fn has_chain(session: &Session) -> Ready {
    check(session.capabilities().has_energy, "only a Boltzmann machine has a Gibbs chain")
}

pub fn completes(session: &Session) -> Ready {
    check(session.capabilities().completes, "only a model that learns pictures pixel by pixel completes one")
}

pub fn has_data(session: &Session) -> Ready {
    check(session.data().is_some(), "there are no data yet")
}

pub fn has_chosen(session: &Session) -> Ready {
    check(!session.spec().selection.samples.is_empty(), "nothing is chosen")
}

pub fn hides(session: &Session) -> Ready {
    check(!session.spec().left_out.is_empty(), "none is hidden")
}

pub fn reconstructs(session: &Session) -> Ready {
    let capabilities = session.capabilities();
    check(capabilities.reconstructs(), "this model reconstructs nothing")
}

pub fn tells_classes(session: &Session) -> Ready {
    check(session.can_confuse(), "this model tells no classes of the data")
}

pub fn has_codes(session: &Session) -> Ready {
    check(session.cloud().is_some(), "there are no codes yet")
}

pub fn can_fit(session: &Session) -> Ready {
    check(session.cloud().is_some() || session.data_points().is_some(), "there is nothing to fit yet")
}

pub fn mends(session: &Session) -> Ready {
    check(session.capabilities().mends(), "this model mends nothing: it does not encode and decode numbers")
}

pub fn can_sample(session: &Session) -> Ready {
    check(session.capabilities().samples, "this model has no prior")
}

pub fn can_draw(session: &Session) -> Ready {
    check(session.can_ask(), "no model is open that encodes images")?;
    check(!session.hides_planes(), "the planes are hidden; Esc shows them")
}

pub fn has_picture(session: &Session) -> Ready {
    let needs_none = FigureOf::ALONE.iter().any(|of| session.can_draw(*of).is_ok());
    if needs_none { Ok(()) } else { has_model(session) }
}

pub fn can_descend(session: &Session) -> Ready {
    check(session.spec().divergences.is_some(), "show the divergences first")
}

pub fn has_drawing(session: &Session) -> Ready {
    check(session.spec().query.is_some(), "nothing is drawn")
}

pub fn is_told(session: &Session) -> Ready {
    check(session.n_labels() > 0, "this model is told no label")
}

pub fn offers(session: &Session, layer: Layer) -> Ready {
    check(session.offers(layer), "this model has nothing to draw there")
}

pub fn has_three_picked(session: &Session) -> Ready {
    check(session.latent_dim() > 2, "the codes have no more dimensions than the plane")?;
    check(session.three_picked().is_some(), "just three samples must be picked")
}

pub fn walks(session: &Session) -> Ready {
    check(session.spec().tool == Tool::Path, "choose the Path tool first")
}

pub fn has_path(session: &Session) -> Ready {
    walks(session)?;
    check(session.spec().path.ends.iter().all(Option::is_some), "set A and B first")
}

pub fn is_running(session: &Session) -> Ready {
    check(session.is_running(), "nothing is being trained")
}

pub fn can_train(session: &Session) -> Ready {
    check(!session.is_training(), "training is running")?;
    check(session.data().is_some(), "there are no data yet")?;
    check(session.can_train(), LOADING)
}

pub fn has_film(session: &Session) -> Ready {
    check(!session.film().frames().is_empty(), "nothing was trained here yet")
}

pub fn looks_back(session: &Session) -> Ready {
    let at = session.looked_back(session.spec().active);
    check(at.is_some(), "the model is shown as it stands now")
}

pub fn can_resume_series(session: &Session) -> Ready {
    check(session.can_resume_series(), "no series waits")
}

pub fn can_set_up(session: &Session) -> Ready {
    check(!session.is_training(), "training is running: pause it first")
}

pub fn can_train_or_pause(session: &Session) -> Ready {
    if session.is_training() { Ok(()) } else { can_train(session) }
}

pub fn can_train_elsewhere(session: &Session) -> Ready {
    check(session.data().is_some(), "there are no data yet")?;
    check(session.can_be_trained_elsewhere(), "this is not trained by gradients")
}

pub fn can_compare(session: &Session) -> Ready {
    has_model(session)?;
    check(!session.is_training(), "training is running: pause it first")?;
    check(!session.is_busy(), "another model is on its way")
}

pub fn can_compare_solved(session: &Session) -> Ready {
    can_compare(session)?;
    let kind = session.data().map(|data| data.train.kind());
    let is_for = kind.is_none_or(|kind| Kind::solved_for(kind).is_some());
    check(is_for, "sentences have no principal directions")
}

pub fn can_undo(session: &Session) -> Ready {
    check(session.can_undo_redo().0, "there is nothing to take back")
}

pub fn can_redo(session: &Session) -> Ready {
    check(session.can_undo_redo().1, "nothing was taken back")
}
