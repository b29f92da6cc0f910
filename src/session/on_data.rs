//! The data themselves in the place of codes: by which columns, and where each sample lies.

use super::derived::{Derived, Exactly};
use super::{Effect, Session};
use crate::data::Cancel;
use crate::train::DataPoints;
use crate::worker::Pace;

/// What was worked out of the plane of the data.
pub(super) struct OnData {
    /// About a checksum of the data, and columns of them.
    points: Derived<Exactly<(u32, [usize; 2])>, DataPoints>,
}

impl Default for OnData {
    fn default() -> Self {
        Self { points: Derived::new("where the data lie", 0) }
    }
}

impl Session {
    /// Whether the data can be looked at themselves, or in a few words why not.
    pub fn can_show_data(&self) -> Result<(), &'static str> {
        let Some(data) = &self.data else { return Err("there are no data yet") };
        data.train.kind().drawable_columns().map(|_| ())
    }

    /// The columns by which the data are drawn in the place of codes; none while codes are.
    pub fn data_columns(&self) -> Option<[usize; 2]> {
        let view = self.spec.data_view;
        let names = self.data.as_ref()?.train.kind().drawable_columns().ok()?;
        (view.is_shown && view.columns.iter().all(|&column| column < names.len())).then_some(view.columns)
    }

    /// Where each sample lies on the plane of the data, once that is worked out.
    pub fn data_points(&self) -> Option<&DataPoints> {
        self.data_columns()?;
        self.on_data.points.get()
    }

    pub(super) fn show_data(&mut self, is_shown: bool) {
        if is_shown && self.can_show_data().is_err() {
            return;
        }
        let n_columns = self.data.as_ref().and_then(|data| data.train.kind().drawable_columns().ok());
        let n_columns = n_columns.map_or(0, <[String]>::len);
        self.change(|spec| {
            spec.data_view.is_shown = is_shown;
            if is_shown {
                let last = n_columns.saturating_sub(1);
                spec.data_view.columns = spec.data_view.columns.map(|column| column.min(last));
                spec.stage = None;
                if spec.tool.is_of_codes() {
                    spec.tool = super::Tool::Explore;
                }
            }
        });
    }

    /// Draws another column across (0) or up (1). A column that runs across already gives its place up; one
    /// that runs up is drawn alone where the other joins it.
    pub(super) fn set_column(&mut self, axis: usize, column: usize) {
        let names = self.data.as_ref().and_then(|data| data.train.kind().drawable_columns().ok());
        if axis > 1 || names.is_none_or(|names| column >= names.len()) {
            return;
        }
        self.change(|spec| {
            let view = &mut spec.data_view;
            let [across, up] = view.columns;
            view.columns = match axis {
                _ if axis == 0 && across == up => [column; 2],
                0 if column == up => [up, across],
                0 => [column, up],
                _ => [across, column],
            };
            view.fit = super::AxisFit::Fitted;
        });
    }

    /// Asks for what the plane of the data needs, and forgets it while codes are shown.
    pub(super) fn refresh_on_data(&mut self, effects: &mut Vec<Effect>) {
        let columns = self.data_columns();
        let data = self.data.as_ref().filter(|_| columns.is_some()).map(|data| data.train.clone());
        let about = data.as_ref().zip(columns).map(|(data, columns)| Exactly((data.checksum(), columns)));
        let work = || {
            move |cancel: &Cancel| {
                let (data, columns) = data.zip(columns)?;
                DataPoints::of(&data, columns, cancel)
            }
        };
        self.on_data.points.follow(about, Some(Pace::AtOnce), work, effects);
    }
}
