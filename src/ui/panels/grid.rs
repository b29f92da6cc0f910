//! The grid, large: its pictures, its settings, and the cell under the pointer.

use super::decode::picture;
use super::{Panel, Place, labels};
use crate::latent::grid::Spacing;
use crate::model::Capabilities;
use crate::session::{Action, GridRect, GridSettings, PlaneAxes, Recipe, SlotId};
use crate::ui::context::Cx;
use crate::ui::files::Purpose;
use crate::ui::layout::Layout;
use crate::ui::samples::Tiles;
use crate::ui::widgets::{Aside, Button, IconButton, Segmented, Stepper, Value, help, number, section_head};
use crate::ui::{icons, theme};
use crate::worker::ViewId;
use eframe::egui::{
    Align, Layout as Flow, PointerButton, Rect, RichText, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2,
};

/// The grid and its settings.
pub struct GridPanel;

/// The picture of the cell under the pointer.
pub struct CellPanel;

impl Panel for GridPanel {
    fn id(&self) -> &'static str {
        "grid"
    }

    fn title(&self) -> &'static str {
        "Grid"
    }

    fn place(&self) -> Place {
        Place::Grid
    }

    fn is_available(&self, capabilities: &Capabilities) -> bool {
        capabilities.decodes
    }

    fn ui(&mut self, ui: &mut Ui, _layout: &Layout, cx: &mut Cx<'_>) {
        header(ui, self.title(), cx);
        pictures(ui, cx);
        ui.add_space(8.0);
        counts(ui, cx);
        ui.add_space(2.0);
        ranges(ui, cx);
        labels::choose(ui, cx);
    }
}

fn header(ui: &mut Ui, title: &str, cx: &mut Cx<'_>) {
    let steps = cx.session.spec().grid.steps;
    ui.horizontal(|ui| {
        ui.label(RichText::new(title).font(theme::semibold(13.0)));
        let many = format!("{steps} × {steps} {}", cx.session.decoded_nouns());
        ui.label(RichText::new(many).color(cx.theme.weak));
        ui.with_layout(Flow::right_to_left(Align::Center), |ui| {
            let has_grid = cx.session.spec().grid.rect.is_some();
            let export = ui.add_enabled(has_grid, IconButton::new(icons::EXPORT, "Export the grid"));
            if help(export, "Export…", "The grid as PNG. Ctrl E.", None).clicked() {
                cx.window.files.open(Purpose::Export, cx.session);
            }
            let Some(command) = recipe(cx).and_then(|recipe| recipe.command_line("grid.png")) else { return };
            let copy = ui.add(IconButton::new(icons::COPY, "Copy the grid's command"));
            let sentence = "Copies the command that writes this picture to a file.";
            if help(copy, "Copy as command", sentence, None).clicked() {
                cx.copy(ui.ctx(), "the command", command);
            }
        });
    });
}

/// What the grid's picture is made from; none without a grid, or where the weights are in no file.
fn recipe(cx: &Cx<'_>) -> Option<Recipe> {
    let of = cx.session.grid_picture(cx.session.spec().active)?;
    Some(Recipe { model: cx.session.model_file()?, ..cx.session.recipe(of) })
}

fn pictures(ui: &mut Ui, cx: &mut Cx<'_>) {
    let side = ui.available_width();
    let (rect, response) = ui.allocate_exact_size(vec2(side, side), Sense::click());
    let painter = ui.painter();
    painter.rect_filled(rect, theme::TILE_RADIUS, cx.theme.field);
    let active = cx.session.spec().active;
    let (Some(grid), Some(tiles)) = (cx.session.grid_of(active), Tiles::of_view(ui, active, ViewId::Grid, cx))
    else {
        let text = "Drag a rectangle on the plane.";
        painter.text(rect.center(), eframe::egui::Align2::CENTER_CENTER, text, theme::body(), cx.theme.weak);
        return;
    };
    let rect = Rect::from_center_size(rect.center(), tiles.all_fitted(rect.size()));
    tiles.paint_all(ui, rect);
    let pointer = response.hover_pos().filter(|pointer| rect.contains(*pointer));
    if let Some(pointer) = pointer {
        let at = (pointer - rect.min) / rect.size() * grid.steps as f32;
        let limit = grid.steps - 1;
        cx.window.grid_cell = Some(((at.x as usize).min(limit), (at.y as usize).min(limit)));
    }
    let mut name = format!("Grid of {} × {}", grid.steps, grid.steps);
    if let Some((col, row)) = cx.window.grid_cell {
        let cell = format!("{name}, column {}, row {}", col + 1, row + 1);
        name = tiles.named(&cell, row * tiles.columns() + col);
        let place = cell_rect(rect, grid.steps, col, row);
        ui.painter().rect_stroke(place, 0, Stroke::new(2.0, cx.theme.mark), StrokeKind::Inside);
        if pointer.is_some() {
            look_at_cell(col, row, response.clicked_by(PointerButton::Primary), cx);
        }
    }
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
}

/// Looks at what the active model's grid shows in a cell, or keeps it.
pub fn look_at_cell(col: usize, row: usize, keeps: bool, cx: &mut Cx<'_>) {
    let active = cx.session.spec().active;
    let Some(grid) = cx.session.grid_of(active).filter(|grid| col.max(row) < grid.steps) else { return };
    let z = cx.session.plane().z_from_plot(grid.centre(col, row));
    if keeps {
        cx.send(Action::Keep(active, z));
    } else {
        cx.look(active, z);
    }
}

/// The cell's place in the panel, where all are alike.
fn cell_rect(rect: Rect, steps: usize, col: usize, row: usize) -> Rect {
    let size = rect.size() / steps as f32;
    Rect::from_min_size(rect.min + vec2(col as f32 * size.x, row as f32 * size.y), size)
}

fn counts(ui: &mut Ui, cx: &mut Cx<'_>) {
    // In the narrowest panel the two settings stand one under the other.
    if ui.available_width() < 300.0 {
        ui.horizontal(|ui| count(ui, cx));
        ui.horizontal(|ui| spacing(ui, cx));
        return;
    }
    ui.horizontal(|ui| {
        count(ui, cx);
        ui.with_layout(Flow::right_to_left(Align::Center), |ui| {
            spacing(ui, cx);
            if ui.available_width() > 60.0 {
                ui.label(RichText::new("Spacing").color(cx.theme.weak));
            }
        });
    });
}

fn count(ui: &mut Ui, cx: &mut Cx<'_>) {
    let what = capitalised(cx.session.decoded_nouns());
    ui.label(RichText::new(&what).color(cx.theme.weak));
    let mut steps = cx.session.spec().grid.steps;
    let stepper = ui.add(Stepper::new(&what, &mut steps, GridSettings::STEPS));
    if help(stepper, &what, &format!("{what} a side. Keys + and −."), None).changed() {
        cx.send(Action::SetGridSteps(steps));
    }
}

/// A word as it begins a line.
fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn spacing(ui: &mut Ui, cx: &mut Cx<'_>) {
    let mut chosen = usize::from(cx.session.spec().grid.spacing == Spacing::Gaussian);
    let switch = ui.add(Segmented::new("Spacing", &["Linear", "Gaussian"], &mut chosen).width(148.0));
    let sentence = "Gaussian: steps of equal prior probability, dense near 0.";
    if help(switch, "Spacing", sentence, Some("Φ⁻¹(p)")).changed() {
        cx.send(Action::SetSpacing(if chosen == 0 { Spacing::Linear } else { Spacing::Gaussian }));
    }
}

fn ranges(ui: &mut Ui, cx: &mut Cx<'_>) {
    let slot = cx.session.spec().active;
    let Some(rect) = cx.session.grid_rect(slot) else {
        let lay = ui.add(Button::new("Square at the kept point"));
        if help(lay, "Square at the kept point", "One σ to each side of the kept point. Key Enter.", None)
            .clicked()
        {
            cx.send(Action::SetGrid(square_at(slot, cx)));
        }
        return;
    };
    let names = match cx.session.slot().axes {
        PlaneAxes::Dimensions(dims) => dims.map(|dim| (format!("z[{dim}]"), format!("z {dim}"))),
        PlaneAxes::Principal => [1, 2].map(|axis| (format!("axis {axis}"), format!("axis {axis}"))),
        PlaneAxes::Samples(_) => ["across", "up"].map(|word| (word.to_owned(), word.to_owned())),
    };
    if ui.available_width() < 300.0 {
        ui.horizontal(|ui| bounds(ui, &names[0], 0, rect, cx));
        ui.horizontal(|ui| bounds(ui, &names[1], 1, rect, cx));
        return;
    }
    ui.horizontal(|ui| {
        bounds(ui, &names[0], 0, rect, cx);
        ui.add_space((ui.available_width() - 169.0).max(0.0));
        bounds(ui, &names[1], 1, rect, cx);
    });
}

/// The two bounds of one axis, to drag or to type.
fn bounds(ui: &mut Ui, (shown, said): &(String, String), axis: usize, rect: [[f32; 2]; 2], cx: &mut Cx<'_>) {
    ui.label(RichText::new(shown).color(cx.theme.text));
    for (end, name) in [(0, "from"), (1, "to")] {
        let mut typed = rect[axis][end];
        let name = format!("{said} {name}");
        let field =
            Value::new(&name, &mut typed).decimals(number::z_decimals(rect[axis][end])).speed(0.01).width(54.0);
        let response = ui.add(field);
        cx.begin_gesture(&response);
        if response.changed() {
            let mut bounds = rect;
            bounds[axis][end] = typed;
            cx.send(Action::SetGrid(Some(GridRect { slot: cx.session.spec().active, bounds })));
        }
        if end == 0 {
            ui.label(RichText::new("to").color(cx.theme.weak));
        }
    }
}

/// One σ to each side of a model's kept point.
pub fn square_at(slot: SlotId, cx: &Cx<'_>) -> Option<GridRect> {
    let [x, y] = cx.session.plane_of(slot).plot_from_z(&cx.session.spec().slot_of(slot)?.z);
    Some(GridRect { slot, bounds: [[x - 1.0, x + 1.0], [y - 1.0, y + 1.0]] })
}

impl Panel for CellPanel {
    fn id(&self) -> &'static str {
        "cell"
    }

    fn title(&self) -> &'static str {
        "Decode"
    }

    fn place(&self) -> Place {
        Place::Grid
    }

    fn is_available(&self, capabilities: &Capabilities) -> bool {
        capabilities.decodes
    }

    fn ui(&mut self, ui: &mut Ui, _layout: &Layout, cx: &mut Cx<'_>) {
        ui.add_space(6.0);
        let line = ui.cursor().min;
        ui.painter().hline(
            line.x - 16.0..=line.x + ui.available_width() + 16.0,
            line.y,
            Stroke::new(1.0, cx.theme.hairline),
        );
        ui.add_space(14.0);
        let from = match (cx.session.hover(), cx.window.grid_cell) {
            (Some(_), Some((col, row))) => format!("column {}, row {}", col + 1, row + 1),
            (Some(_), None) => "under the pointer".into(),
            (None, _) => "at the kept point".into(),
        };
        section_head(ui, self.title(), Aside::Accent(&from));
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 16.0;
            picture(ui, 112.0, cx);
            ui.vertical(|ui| {
                for (dim, z) in cx.session.z().iter().enumerate().take(6) {
                    ui.horizontal(|ui| {
                        ui.label(RichText::new(format!("z[{dim}]")).color(cx.theme.weak));
                        ui.label(RichText::new(number::z(*z)).color(cx.theme.text));
                    });
                }
            });
        });
    }
}
