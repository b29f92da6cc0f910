//! The panels of both sides, one file each. One list feeds the window and the test that opens each.

mod adversaries;
mod attributes;
mod brought;
mod chain;
pub mod compare;
mod complete;
mod confusion;
mod corruption;
mod data;
mod decode;
mod dimension_table;
mod dimensions;
mod draw;
mod error_lines;
pub mod errors;
mod film;
pub mod find;
mod form;
mod grid;
pub use grid::{look_at_cell, square_at};
pub mod labels;
pub mod legend;
pub mod lines;
mod loss;
mod mixture;
mod model;
pub mod nearest;
mod outliers;
pub mod path;
mod path_head;
mod posterior;
pub mod rail;
mod ranked;
mod reconstruction;
pub mod select;
mod strip;
mod training;
mod units;
mod writing;

use super::context::Cx;
use super::layout::Layout;
use crate::model::Capabilities;
use eframe::egui::Ui;

/// Which column a panel is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Left: what is learned, and how.
    Learn,
    /// Right: what a code decodes to.
    Decode,
    /// Right, while the Grid tool is chosen.
    Grid,
}

/// A section of a side column.
pub trait Panel {
    /// A stable name; widget ids hang on it.
    fn id(&self) -> &'static str;

    /// Its heading.
    fn title(&self) -> &'static str;

    /// Which column it is in.
    fn place(&self) -> Place;

    /// Whether it makes sense for a model that can do this.
    fn is_available(&self, _capabilities: &Capabilities) -> bool {
        true
    }

    /// Whether it is a heading that its content folds under: such stand close together.
    fn folds(&self) -> bool {
        false
    }

    /// Draws what of it stays in sight above its column while the rest scrolls, where it leads one.
    fn top(&mut self, _ui: &mut Ui, _layout: &Layout, _cx: &mut Cx<'_>) {}

    /// Draws it, heading included unless that stays in sight.
    fn ui(&mut self, ui: &mut Ui, layout: &Layout, cx: &mut Cx<'_>);
}

/// Every panel, in the order of its column.
pub fn all() -> Vec<Box<dyn Panel>> {
    vec![
        Box::<data::DataPanel>::default(),
        Box::new(model::ModelPanel),
        Box::new(training::TrainingPanel),
        Box::new(adversaries::AdversariesPanel),
        Box::<loss::LossPanel>::default(),
        Box::new(decode::DecodePanel),
        Box::new(complete::CompletePanel),
        Box::<dimension_table::DimensionTablePanel>::default(),
        Box::new(mixture::MixturePanel),
        Box::new(nearest::NearestPanel),
        Box::new(draw::DrawPanel),
        Box::new(corruption::CorruptionPanel),
        Box::<confusion::ConfusionPanel>::default(),
        Box::new(errors::ErrorPanel),
        Box::<outliers::OutlierPanel>::default(),
        Box::<attributes::AttributesPanel>::default(),
        Box::<units::UnitsPanel>::default(),
        Box::<chain::ChainPanel>::default(),
        Box::new(grid::GridPanel),
        Box::new(grid::CellPanel),
    ]
}
