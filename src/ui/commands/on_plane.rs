//! Commands of the tools, the plane, the path and the grid: what each is, its own help says.

use super::ready::{
    always, can_draw, can_fit, can_sample, can_set_up, has_codes, has_drawing, has_model, has_path,
    has_three_picked, is_told, offers, walks,
};
use super::{Command, Does, Group, Keys, Order};
use crate::latent::path::Walk;
use crate::session::{Action, Fold, Layer, Preset, Session, Tool};
use eframe::egui::Key;

pub static EXPLORE: Command = Command {
    name: "Explore",
    keys: &[Keys::plain(Key::E)],
    help: "What is decoded follows the pointer; a click keeps the point.",
    group: Group::Plane,
    when: always,
    does: Does::Act(|_| Action::SetTool(Tool::Explore)),
};

pub static PATH: Command = Command {
    name: "Path",
    keys: &[Keys::plain(Key::P)],
    help: "Walk from one point to another and watch what is decoded change.",
    group: Group::Plane,
    when: always,
    does: Does::Act(|_| Action::SetTool(Tool::Path)),
};

pub static GRID: Command = Command {
    name: "Grid",
    keys: &[Keys::plain(Key::G)],
    help: "Drag a rectangle: it fills with decoded pictures.",
    group: Group::Plane,
    when: always,
    does: Does::Act(|_| Action::SetTool(Tool::Grid)),
};

pub static FIT: Command = Command {
    name: "Fit the plane",
    keys: &[Keys::plain(Key::F)],
    help: "Shows all codes, or all samples. While training the view then follows them, until it is panned or zoomed.",
    group: Group::Plane,
    when: can_fit,
    does: Does::Order(Order::Fit),
};

pub static CENTRE: Command = Command {
    name: "Centre",
    keys: &[Keys::plain(Key::Num0)],
    help: "Keeps the code nearest to the mean of the codes, in every model.",
    group: Group::Plane,
    when: has_model,
    does: Does::Act(|_| Action::Centre),
};

pub static SAMPLE: Command = Command {
    name: "Sample z",
    keys: &[Keys::plain(Key::R)],
    help: "Draws z from the prior and decodes it.",
    group: Group::Plane,
    when: can_sample,
    does: Does::Act(|_| Action::SampleZ),
};

pub static DRAW: Command = Command {
    name: "Draw an image",
    keys: &[Keys::plain(Key::D)],
    help: "A pad to draw on: where your own image lies, what the model makes of it, and which ones are like it.",
    group: Group::Plane,
    when: can_draw,
    does: Does::Act(|session| Action::Unfold(Fold::Pad, !session.spec().unfolded.contains(&Fold::Pad))),
};

pub static CLEAR_DRAWING: Command = Command {
    name: "Clear the drawing",
    keys: &[],
    help: "Forgets the image that was drawn or opened; Undo brings it back.",
    group: Group::Plane,
    when: has_drawing,
    does: Does::Act(|_| Action::Ask(None)),
};

pub static DATA: Command = Command {
    name: "Show the data, or the codes",
    keys: &[Keys::plain(Key::C)],
    help: "Draws samples by their own columns in the place of their codes, with what the model says of them.",
    group: Group::Plane,
    when: Session::can_show_data,
    does: Does::Act(|session| Action::ShowData(session.data_columns().is_none())),
};

pub static SKETCH: Command = Command {
    name: "Draw data by hand",
    keys: &[Keys::plain(Key::J)],
    help: "An empty plane to spray points on, in classes by colour: a table to train on.",
    group: Group::Plane,
    when: can_set_up,
    does: Does::Act(|session| Action::SketchData(session.spec().sketch.is_none())),
};

pub static NEXT_LABEL: Command = Command {
    name: "Next label",
    keys: &[Keys::plain(Key::L)],
    help: "Tells the model the next class.",
    group: Group::Plane,
    when: is_told,
    does: Does::Act(|session| step_label(session, 1)),
};

pub static PREVIOUS_LABEL: Command = Command {
    name: "Previous label",
    keys: &[Keys::shift(Key::L)],
    help: "Tells the model the class before.",
    group: Group::Plane,
    when: is_told,
    does: Does::Act(|session| step_label(session, session.n_labels().saturating_sub(1))),
};

pub static CODES: Command = Command {
    name: "Layer: codes",
    keys: &[Keys::plain(Key::Num1)],
    help: "Shows the codes on the plane, or leaves them away.",
    group: Group::Plane,
    when: |session| offers(session, Layer::Codes),
    does: Does::Act(|_| Action::ToggleLayer(Layer::Codes)),
};

pub static CLASS_NAMES: Command = Command {
    name: "Layer: class names",
    keys: &[Keys::plain(Key::Num2)],
    help: "Names the classes where their codes are densest.",
    group: Group::Plane,
    when: |session| offers(session, Layer::ClassNames),
    does: Does::Act(|_| Action::ToggleLayer(Layer::ClassNames)),
};

pub static PRIOR_RINGS: Command = Command {
    name: "Layer: prior rings",
    keys: &[Keys::plain(Key::Num3)],
    help: "Draws 1, 2 and 3 σ of the prior.",
    group: Group::Plane,
    when: |session| offers(session, Layer::PriorRings),
    does: Does::Act(|_| Action::ToggleLayer(Layer::PriorRings)),
};

pub static LENS: Command = Command {
    name: "Layer: lens at the pointer",
    keys: &[Keys::plain(Key::Num4)],
    help: "Shows what is decoded beside the pointer.",
    group: Group::Plane,
    when: |session| offers(session, Layer::Lens),
    does: Does::Act(|_| Action::ToggleLayer(Layer::Lens)),
};

pub static LABEL_ROW: Command = Command {
    name: "Layer: every label at this z",
    keys: &[Keys::plain(Key::Num5)],
    help: "Shows a row of pictures, one a label.",
    group: Group::Plane,
    when: |session| offers(session, Layer::LabelRow),
    does: Does::Act(|_| Action::ToggleLayer(Layer::LabelRow)),
};

pub static POSTERIOR: Command = Command {
    name: "Layer: posterior of the sample",
    keys: &[Keys::plain(Key::Num6)],
    help: "Draws 1 and 2 σ of the Gaussian that the encoder gives the sample under the pointer, or the picked one.",
    group: Group::Plane,
    when: |session| offers(session, Layer::Posterior),
    does: Does::Act(|_| Action::ToggleLayer(Layer::Posterior)),
};

pub static POSTERIOR_SAMPLES: Command = Command {
    name: "Layer: draws from the posterior",
    keys: &[Keys::plain(Key::Num7)],
    help: "Draws codes from that Gaussian: as dots, and decoded in Decode.",
    group: Group::Plane,
    when: |session| offers(session, Layer::PosteriorSamples),
    does: Does::Act(|_| Action::ToggleLayer(Layer::PosteriorSamples)),
};

pub static DENSITY: Command = Command {
    name: "Layer: density of the codes",
    keys: &[Keys::plain(Key::Num8)],
    help: "Tints the plane by how dense the codes lie.",
    group: Group::Plane,
    when: |session| offers(session, Layer::Density),
    does: Does::Act(|_| Action::ToggleLayer(Layer::Density)),
};

pub static RARITY: Command = Command {
    name: "Layer: tint where codes are rare",
    keys: &[Keys::plain(Key::Num9)],
    help: "Greys the plane where hardly any code lies.",
    group: Group::Plane,
    when: |session| offers(session, Layer::Rarity),
    does: Does::Act(|_| Action::ToggleLayer(Layer::Rarity)),
};

pub static MAGNIFICATION: Command = Command {
    name: "Layer: magnification",
    keys: &[Keys::plain(Key::M)],
    help: "Tints the plane by how much what is decoded changes with z, √det JᵀJ.",
    group: Group::Plane,
    when: |session| offers(session, Layer::Magnification),
    does: Does::Act(|_| Action::ToggleLayer(Layer::Magnification)),
};

pub static UNDERNEATH: Command = Command {
    name: "Layer: decoded pictures underneath",
    keys: &[Keys::plain(Key::U)],
    help: "Draws what is decoded, faint, underneath everything.",
    group: Group::Plane,
    when: |session| offers(session, Layer::Underneath),
    does: Does::Act(|_| Action::ToggleLayer(Layer::Underneath)),
};

pub static SAMPLE_PICTURES: Command = Command {
    name: "Layer: pictures of samples",
    keys: &[Keys::plain(Key::V)],
    help: "Draws samples at their codes, where there is room.",
    group: Group::Plane,
    when: |session| offers(session, Layer::SamplePictures),
    does: Does::Act(|_| Action::ToggleLayer(Layer::SamplePictures)),
};

pub static KNOWN_LABELS: Command = Command {
    name: "Layer: known labels",
    keys: &[],
    help: "Rings the samples whose label a classifier knows, where it does not know all.",
    group: Group::Plane,
    when: |session| offers(session, Layer::KnownLabels),
    does: Does::Act(|_| Action::ToggleLayer(Layer::KnownLabels)),
};

pub static REMADE: Command = Command {
    name: "Layer: reconstructions",
    keys: &[],
    help: "Draws samples where the model makes them again: with a line from each that is chosen, or of all.",
    group: Group::Plane,
    when: |session| offers(session, Layer::Remade),
    does: Does::Act(|_| Action::ToggleLayer(Layer::Remade)),
};

pub static MADE: Command = Command {
    name: "Layer: samples of the model",
    keys: &[],
    help: "Draws samples that the model makes, hollow.",
    group: Group::Plane,
    when: |session| offers(session, Layer::Made),
    does: Does::Act(|_| Action::ToggleLayer(Layer::Made)),
};

pub static MODEL_DENSITY: Command = Command {
    name: "Layer: density of the model",
    keys: &[],
    help: "Tints the plane of the data by how dense the model takes them to lie, with lines of equal density.",
    group: Group::Plane,
    when: |session| offers(session, Layer::ModelDensity),
    does: Does::Act(|_| Action::ToggleLayer(Layer::ModelDensity)),
};

pub static COMPONENTS: Command = Command {
    name: "Layer: Gaussians of the mixture",
    keys: &[],
    help: "Draws the Gaussians of a mixture, where its codes are the data.",
    group: Group::Plane,
    when: |session| offers(session, Layer::Components),
    does: Does::Act(|_| Action::ToggleLayer(Layer::Components)),
};

pub static DISCRIMINATOR: Command = Command {
    name: "Layer: discriminator",
    keys: &[],
    help: "Tints the plane of the data by what the discriminator takes to be real.",
    group: Group::Plane,
    when: |session| offers(session, Layer::Discriminator),
    does: Does::Act(|_| Action::ToggleLayer(Layer::Discriminator)),
};

pub static WARPED: Command = Command {
    name: "Layer: grid of codes, decoded",
    keys: &[],
    help: "Draws what the lines of a grid of codes become.",
    group: Group::Plane,
    when: |session| offers(session, Layer::Warped),
    does: Does::Act(|_| Action::ToggleLayer(Layer::Warped)),
};

pub static THROUGH_THREE: Command = Command {
    name: "Plane through three picked samples",
    keys: &[],
    help: "Draws the plane that holds the codes of the three samples that are picked.",
    group: Group::Plane,
    when: has_three_picked,
    does: Does::Act(|session| {
        let samples = session.three_picked().unwrap_or_default();
        Action::DrawThrough(session.spec().active, samples)
    }),
};

pub static SET_A: Command = Command {
    name: "Set A at the pointer",
    keys: &[Keys::plain(Key::A)],
    help: "Puts the start of the path where the pointer is.",
    group: Group::Path,
    when: walks,
    does: Does::Order(Order::SetEnd(0)),
};

pub static SET_B: Command = Command {
    name: "Set B at the pointer",
    keys: &[Keys::plain(Key::B)],
    help: "Puts the end of the path where the pointer is.",
    group: Group::Path,
    when: walks,
    does: Does::Order(Order::SetEnd(1)),
};

pub static PLAY: Command = Command {
    name: "Play the path",
    keys: &[Keys::released(Key::Space)],
    help: "Walks the path there and back, or pauses it.",
    group: Group::Path,
    when: has_path,
    does: Does::Order(Order::Play),
};

pub static SWAP: Command = Command {
    name: "Swap A and B",
    keys: &[],
    help: "Turns the path round.",
    group: Group::Path,
    when: has_path,
    does: Does::Act(|_| Action::SwapPath),
};

pub static COURSE: Command = Command {
    name: "Next course of the path",
    keys: &[],
    help: "From linear to spherical, along the nearest codes, and the geodesic.",
    group: Group::Path,
    when: walks,
    does: Does::Act(|session| {
        let at = Walk::ALL.iter().position(|(walk, _)| *walk == session.spec().path.walk).unwrap_or(0);
        Action::SetWalk(Walk::ALL[(at + 1) % Walk::ALL.len()].0)
    }),
};

pub static RANDOM_CODES: Command = Command {
    name: "Walk between two random codes",
    keys: &[],
    help: "Sets A and B on any two samples.",
    group: Group::Path,
    when: has_codes,
    does: Does::Act(|_| Action::Preset(Preset::RandomCodes)),
};

pub static MORE: Command = Command {
    name: "More pictures",
    keys: &[Keys::plain(Key::Plus), Keys::plain(Key::Equals)],
    help: "One more along the path, or on each side of the grid.",
    group: Group::Path,
    when: has_model,
    does: Does::Act(|session| step_pictures(session, 1)),
};

pub static FEWER: Command = Command {
    name: "Fewer pictures",
    keys: &[Keys::plain(Key::Minus)],
    help: "One fewer along the path, or on each side of the grid.",
    group: Group::Path,
    when: has_model,
    does: Does::Act(|session| step_pictures(session, -1)),
};

fn step_label(session: &Session, by: usize) -> Action {
    Action::SetLabel((session.spec().label + by) % session.n_labels().max(1))
}

fn step_pictures(session: &Session, by: isize) -> Action {
    let spec = session.spec();
    match spec.tool {
        Tool::Path => Action::SetPathSteps(spec.path.steps.saturating_add_signed(by)),
        Tool::Explore | Tool::Grid | Tool::Select => {
            Action::SetGridSteps(spec.grid.steps.saturating_add_signed(by))
        }
    }
}
