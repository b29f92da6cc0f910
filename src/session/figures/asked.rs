//! What the window asks to be drawn: planes, pictures, dimensions, curves, as they are on screen.

use super::curves::curves_line;
use super::{DataOf, FigureFormat, PlaneOf, PlanesOf, SAYS, SaidOf, Traversals, curves_figure, tiles_figure};
use crate::data::Cancel;
use crate::latent::path::Walk;
use crate::model::{FrozenModel, SharedModel};
use crate::picture::figure::{Figure, Look, sheet};
use crate::session::recipe::Recipe;
use crate::session::{Layer, STRIP_TILES, Samples, Session, SlotSpec, Tool};
use crate::store::StoreError;
use crate::train::{CodeCloud, RegressOn};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;

/// What a figure is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FigureOf {
    /// The planes on screen.
    Planes,
    /// What the tool shows: one picture, every label, the grid, the path of every model.
    Pictures,
    /// What each dimension does.
    Traversals,
    /// The loss curves of the models on screen.
    Curves,
    /// The figure of divergences.
    Divergences,
    /// The fit behind Cook's distance.
    Regression,
}

impl FigureOf {
    /// Those that stand in the place of the planes, and so of all others, and need no model.
    pub const ALONE: [Self; 2] = [Self::Divergences, Self::Regression];
}

/// What draws a figure, on another thread; none where it was given up.
pub(in crate::session) type Draw = Box<dyn FnOnce(&Cancel) -> Option<Result<Vec<u8>, StoreError>> + Send>;

/// Most dimensions of a figure of traversals.
const MAX_ROWS: usize = 64;

impl Session {
    /// Whether a figure can be drawn now, or in a few words why not.
    pub fn can_draw(&self, of: FigureOf) -> Result<(), &'static str> {
        let check = |can: bool, why_not| if can { Ok(()) } else { Err(why_not) };
        match of {
            FigureOf::Planes if self.data_columns().is_some() => {
                check(self.says_of_data().next().is_some(), "there is no model yet")
            }
            FigureOf::Planes => {
                check(self.visible().any(|slot| self.cloud_of(slot.id).is_some()), "there are no codes")
            }
            FigureOf::Pictures => check(self.export_of().is_some(), "there is no picture"),
            FigureOf::Traversals => check(self.capabilities().decodes, "this model has no decoder"),
            FigureOf::Curves => {
                let measured = |slot: &SlotSpec| {
                    let weights = self.weights_of(slot.id);
                    weights.train_curve.len() + weights.test_curve.len() > 0
                };
                check(self.visible().any(measured), "nothing was trained yet")
            }
            FigureOf::Divergences => check(self.spec.divergences.is_some(), "divergences are not shown"),
            FigureOf::Regression => {
                let is_there = self.influence().is_some_and(|found| found.is_ok());
                check(self.stages_regression() && is_there, "no fit is shown")
            }
        }
    }

    /// What draws a figure of what is shown now, in a format, and what it is called.
    pub(in crate::session) fn drawing(
        &self,
        of: FigureOf,
        look: Look,
        format: FigureFormat,
    ) -> Option<(&'static str, Draw)> {
        let written = move |figure: Option<Figure>| {
            let none = || StoreError::Format { format: "picture", problem: "there is nothing to draw".into() };
            figure.ok_or_else(none).and_then(|figure| format.write(&figure, &look))
        };
        Some(match of {
            FigureOf::Planes if self.data_columns().is_some() => {
                let (of, data) = (self.data_drawn()?, self.data.clone()?);
                let models: Vec<SharedModel> =
                    self.says_of_data().filter_map(|slot| self.model_of(slot.id).cloned()).collect();
                let draw = move |cancel: &Cancel| {
                    let models: Vec<&dyn FrozenModel> = models.iter().map(|model| &**model).collect();
                    Some(written(Some(of.figure(&models, &data.train, &look, cancel)?)))
                };
                ("the plane of the data", Box::new(draw))
            }
            FigureOf::Planes => {
                let (planes, clouds) = self.planes_drawn();
                let data = self.data.clone()?;
                let draw = move |_: &Cancel| {
                    let clouds: Vec<&CodeCloud> = clouds.iter().map(|cloud| &**cloud).collect();
                    Some(written(Some(planes.figure(&clouds, &data.train, &look))))
                };
                ("the plane", Box::new(draw))
            }
            FigureOf::Pictures => {
                let (recipes, name) = (self.recipes_drawn(), self.export_of()?.0.name());
                let draw = move |_: &Cancel| {
                    let all: Vec<(Recipe, &dyn FrozenModel, String)> = recipes
                        .iter()
                        .map(|(recipe, model, name)| (recipe.clone(), &**model, name.clone()))
                        .collect();
                    Some(written(tiles_figure(&all, &look)))
                };
                (name, Box::new(draw))
            }
            FigureOf::Traversals => {
                let (model, traversals) = (self.model()?.clone(), self.traversals_drawn());
                let draw = move |_: &Cancel| Some(written(traversals.figure(&*model, &look)));
                ("the dimensions", Box::new(draw))
            }
            FigureOf::Curves => {
                let curves = self.measured().map(|slot| {
                    let weights = self.weights_of(slot.id);
                    let (train, test) = (Arc::clone(&weights.train_curve), Arc::clone(&weights.test_curve));
                    (self.name_of(slot.id).whole(), train, test)
                });
                let curves: Vec<_> = curves.collect();
                let draw = move |_: &Cancel| {
                    let all: Vec<_> =
                        curves.iter().map(|(name, train, test)| (name.clone(), &***train, &***test)).collect();
                    Some(written(curves_figure(&all, &look)))
                };
                ("the curves", Box::new(draw))
            }
            FigureOf::Divergences => {
                let figure = self.spec.divergences.clone()?;
                let draw = move |cancel: &Cancel| {
                    let rests = figure.rests(&|| cancel.is_set());
                    (!cancel.is_set()).then(|| written(Some(sheet(&figure.sheet(figure.q, &rests), &look))))
                };
                ("the divergences", Box::new(draw))
            }
            FigureOf::Regression => {
                let (found, data) = (self.influence_shared()?, self.data.clone()?);
                let draw = move |_: &Cancel| Some(written(Some(found.figure(&data.train, &look))));
                ("the fit", Box::new(draw))
            }
        })
    }

    /// The command that draws the same figure into `out`; none where weights are in no file, or where there
    /// is no command for it.
    pub fn figure_command(&self, of: FigureOf, look: &Look, out: &str) -> Option<String> {
        self.can_draw(of).ok()?;
        let files = |slots: &mut dyn Iterator<Item = &SlotSpec>| -> Option<Vec<PathBuf>> {
            slots.map(|slot| self.model_file_of(slot.id)).collect()
        };
        match of {
            FigureOf::Planes if self.data_columns().is_some() => {
                let (data, spec) = (self.data.as_ref()?, &self.spec);
                let models = files(&mut self.says_of_data())?;
                let of = (&*spec.data.to_string(), &spec.reading, &data.train);
                self.data_drawn()?.command_line(&models, of, look, out)
            }
            FigureOf::Planes => {
                let data = self.data.as_ref()?;
                let (planes, _) = self.planes_drawn();
                // The command of planes tells no class.
                let tells_class =
                    |plane: &PlaneOf| plane.path.as_ref().is_some_and(|path| path.walk == Walk::Geodesic);
                if planes.planes.iter().any(tells_class)
                    && self.with_codes().any(|slot| self.n_labels_of(slot.id) > 0)
                {
                    return None;
                }
                let models = files(&mut self.with_codes())?;
                let name = self.spec.data.to_string();
                planes.command_line(&models, (&name, &self.spec.reading, &data.train), look, out)
            }
            FigureOf::Pictures => match &self.recipes_drawn()[..] {
                [(recipe, ..)] => {
                    let recipe = Recipe { model: self.model_file()?, ..recipe.clone() };
                    recipe.figure_line(self.data_named(), look, out)
                }
                _ => None,
            },
            FigureOf::Traversals => Some(self.traversals_drawn().command_line(&self.model_file()?, look, out)),
            FigureOf::Curves => {
                let models = files(&mut self.measured())?;
                let names: Vec<String> = self.measured().map(|slot| self.name_of(slot.id).whole()).collect();
                Some(curves_line(&models, &names, look, out))
            }
            FigureOf::Divergences => Some(self.spec.divergences.as_ref()?.command_line(look, out)),
            FigureOf::Regression => {
                // Neither a point that was dragged nor samples that are left out are in a command's reach.
                let spec = &self.spec;
                let is_whole = spec.hidden_classes().is_empty()
                    && spec.left_out.is_empty()
                    && spec.outliers.as_ref()?.moved.is_none();
                let (found, on) = (self.influence_shared().filter(|_| is_whole)?, self.regressed_on()?);
                let model = if on == RegressOn::Codes { Some(self.model_file()?) } else { None };
                let data = (&*spec.data.to_string(), &spec.reading);
                Some(found.command_line(&on, model, data, (look, out)))
            }
        }
    }

    /// The models on screen whose codes are there.
    fn with_codes(&self) -> impl Iterator<Item = &SlotSpec> {
        self.visible()
            .filter(|slot| self.cloud_of(slot.id).is_some_and(|cloud| cloud.codes.mu.ncols() == slot.z.len()))
    }

    /// The models on screen that are of the data.
    fn says_of_data(&self) -> impl Iterator<Item = &SlotSpec> {
        self.visible().filter(|slot| self.model_on_in(slot.id).is_some())
    }

    fn data_drawn(&self) -> Option<DataOf> {
        let spec = &self.spec;
        let said = self.says_of_data().map(|slot| {
            let layers = self.shown_on_data(slot.id, &SAYS.map(|(_, layer)| layer));
            SaidOf {
                title: self.is_compared().then(|| self.name_of(slot.id).whole()),
                grid: layers.contains(&Layer::Warped).then(|| self.grid_of_codes(slot.id)),
                layers,
                label: spec.label,
            }
        });
        let said: Vec<SaidOf> = said.collect();
        let remakes = said.iter().any(|said| said.layers.contains(&Layer::Remade));
        Some(DataOf {
            columns: self.data_columns()?,
            said,
            range: spec.data_view.fit.range(),
            column: spec.colour.column(),
            hidden: spec.hidden_classes().clone(),
            left_out: spec.left_out.clone(),
            chosen: if remakes { spec.selection.samples.clone() } else { Samples::default() },
            has_class_names: spec.layers.contains(&Layer::ClassNames),
        })
    }

    /// The models on screen of which something was measured.
    fn measured(&self) -> impl Iterator<Item = &SlotSpec> {
        self.visible().filter(|slot| {
            let weights = self.weights_of(slot.id);
            weights.train_curve.len() + weights.test_curve.len() > 0
        })
    }

    fn planes_drawn(&self) -> (PlanesOf, Vec<Arc<CodeCloud>>) {
        let spec = &self.spec;
        let names_classes = spec.layers.contains(&Layer::ClassNames)
            // Under a given label all classes lie on one another.
            && self.visible().all(|slot| self.n_labels_of(slot.id) == 0);
        let all = PlanesOf {
            planes: self.with_codes().map(|slot| self.plane_drawn(slot)).collect(),
            column: spec.colour.column(),
            hidden: spec.hidden_classes().clone(),
            left_out: spec.left_out.clone(),
            has_class_names: names_classes,
        };
        (all, self.with_codes().filter_map(|slot| self.cloud_of(slot.id).cloned()).collect())
    }

    fn plane_drawn(&self, slot: &SlotSpec) -> PlaneOf {
        let has_rings = self.spec.layers.contains(&Layer::PriorRings)
            && self.capabilities_of(slot.id).has_prior
            && slot.z.len() > 1;
        PlaneOf {
            title: self.is_compared().then(|| self.name_of(slot.id).whole()),
            z: slot.z.clone(),
            axes: slot.axes,
            range: slot.fit.range(),
            path: self.path_of(slot.id).filter(|_| self.spec.tool == Tool::Path),
            grid: self.grid_of(slot.id).filter(|_| self.spec.tool == Tool::Grid).map(|grid| [grid.x, grid.y]),
            has_rings,
        }
    }

    /// What the tool shows of every model on screen that shows it.
    fn recipes_drawn(&self) -> Vec<(Recipe, SharedModel, String)> {
        let Some((of, _)) = self.export_of() else { return Vec::new() };
        let of_active = self.model().map(|model| (self.recipe(of), model.clone(), String::new()));
        if self.spec.tool != Tool::Path || !self.is_compared() {
            return of_active.into_iter().collect();
        }
        let of_slot = |slot: &SlotSpec| {
            let (path, model) = (self.path_of(slot.id)?, self.model_of(slot.id)?.clone());
            model.decoder()?;
            let label = model.info().classes.get(self.spec.label).cloned();
            let writing = self.writing_of(slot.id);
            let recipe = Recipe { writing, ..Recipe::shown(super::super::PictureOf::Path(path), label) };
            Some((recipe, model, self.name_of(slot.id).whole()))
        };
        self.visible().filter_map(of_slot).collect()
    }

    fn traversals_drawn(&self) -> Traversals {
        let swept = self.dimensions_by_kl().into_iter().take(MAX_ROWS).map(|dim| {
            let range = self.slider_range(dim);
            (dim, [*range.start(), *range.end()])
        });
        Traversals {
            z: self.slot().z.clone(),
            swept: swept.collect(),
            steps: STRIP_TILES + 1,
            label: self.label_name(),
            writing: self.writing_of(self.spec.active),
        }
    }
}
