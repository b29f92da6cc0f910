//! Which classes a classifier takes for which: a matrix of counts whose cells choose their samples.

use super::{Panel, Place};
use crate::model::Capabilities;
use crate::session::{Action, Choice, Confusion, Fold, Joining};
use crate::ui::context::Cx;
use crate::ui::layout::Layout;
use crate::ui::theme;
use crate::ui::widgets::{Segmented, help, number};
use eframe::egui::{Align2, FontId, Label, Rect, RichText, Role, Sense, Ui, WidgetInfo, pos2, vec2};

/// Most classes whose matrix there is room for.
const MAX_CLASSES: usize = 30;
/// Least width of a cell with its number in it.
const WITH_NUMBER: f32 = 19.0;

/// The panel, folded until it is asked for.
#[derive(Default)]
pub struct ConfusionPanel {
    /// Whether training samples are looked at, and not test samples.
    is_train: bool,
}

impl Panel for ConfusionPanel {
    fn id(&self) -> &'static str {
        "confusion"
    }

    fn title(&self) -> &'static str {
        "Confusion"
    }

    fn folds(&self) -> bool {
        true
    }

    fn place(&self) -> Place {
        Place::Decode
    }

    fn is_available(&self, capabilities: &Capabilities) -> bool {
        capabilities.classifies
    }

    fn ui(&mut self, ui: &mut Ui, _layout: &Layout, cx: &mut Cx<'_>) {
        let faint = |ui: &mut Ui, cx: &Cx<'_>, words: &str| {
            ui.add(Label::new(RichText::new(words).font(theme::small()).color(cx.theme.faint)).wrap());
        };
        if !cx.session.capabilities().decodes {
            faint(
                ui,
                cx,
                "A classifier has no decoder: its code keeps what tells classes apart, and no picture comes of it.",
            );
        }
        let is_test = !self.is_train;
        let accuracy = cx.session.confusion(is_test).map(|found| 100.0 * found.accuracy());
        let note = accuracy.map_or_else(String::new, |accuracy| format!("{} % right", number::fixed(accuracy, 2)));
        let (head, is_open) = cx.fold_row(ui, Fold::Confusion, self.title(), &note);
        let sentence = "Of the samples of a class (row), how many are taken for each class (column). A click on a cell of training \
                        samples chooses them on the plane.";
        help(head, self.title(), sentence, Some("argmax p(class | x)"));
        if !is_open {
            return;
        }
        if !cx.session.can_confuse() {
            return faint(ui, cx, "The data have no such classes: nothing says what is right.");
        }
        let mut split = usize::from(is_test);
        let switch = Segmented::new("Samples taken for classes", &["Train", "Test"], &mut split);
        let sentence =
            "Test samples were never learned from. Training samples lie on the plane and can be chosen there.";
        if help(ui.add(switch.width(ui.available_width())), "Which samples", sentence, None).changed() {
            self.is_train = split == 0;
        }
        let is_test = !self.is_train;
        let Some(found) = cx.session.confusion(is_test) else {
            let words = if cx.session.is_training() { "Counted once training rests." } else { "Counting…" };
            return faint(ui, cx, words);
        };
        if found.classes.len() > MAX_CLASSES {
            return faint(ui, cx, "Too many classes for a matrix here; halfmoon eval writes it.");
        }
        let chosen = matrix(ui, found, is_test, cx).map(|[truth, taken]| found.samples(truth, taken));
        if let Some(samples) = chosen {
            cx.send(Action::Choose(Choice::These(samples.into()), Joining::Instead));
        }
    }
}

/// "17 of 974 of class 4 taken for class 9".
fn said(found: &Confusion, [truth, taken]: [usize; 2]) -> String {
    let count = |n: u32| number::count(n.into());
    let (n, of) = (found.count(truth, taken), found.n_of(truth));
    let [name, other] = [truth, taken].map(|class| &found.classes[class]);
    match truth == taken {
        true => format!("{} of {} of class {name} taken for what they are", count(n), count(of)),
        false => format!("{} of {} of class {name} taken for {other}", count(n), count(of)),
    }
}

/// Draws the matrix; returns the cell that was clicked.
fn matrix(ui: &mut Ui, found: &Confusion, is_test: bool, cx: &Cx<'_>) -> Option<[usize; 2]> {
    let n = found.classes.len();
    let names: Vec<String> = found.classes.iter().map(|name| name.chars().take(6).collect()).collect();
    let letters = names.iter().map(|name| name.chars().count()).max().unwrap_or(1);
    let left = 8.0 + 6.0 * letters as f32;
    let step = ((ui.available_width() - left) / n as f32).clamp(6.0, 34.0);
    let head = 14.0;
    let (all, _) = ui.allocate_exact_size(vec2(left + step * n as f32, head + step * n as f32), Sense::hover());
    let font = |size: f32| FontId::new(size, theme::small().family);
    let text = |ui: &Ui, at, anchor, words: &str, colour, size| {
        ui.painter().text(at, anchor, words, font(size), colour);
    };
    let corner = all.min + vec2(left, head);
    let mut clicked = None;
    for (class, name) in names.iter().enumerate() {
        let middle = (class as f32 + 0.5) * step;
        let row = pos2(corner.x - 4.0, corner.y + middle);
        text(ui, row, Align2::RIGHT_CENTER, name, cx.theme.weak, 10.0);
        // Names that would lie on each other stand at the rows alone.
        if letters as f32 * 6.0 <= step {
            let above = pos2(corner.x + middle, corner.y - head / 2.0);
            text(ui, above, Align2::CENTER_CENTER, name, cx.theme.weak, 10.0);
        }
    }
    for truth in 0..n {
        for taken in 0..n {
            let at = corner + vec2(taken as f32 * step, truth as f32 * step);
            let cell = Rect::from_min_size(at, vec2(step - 1.0, step - 1.0));
            let count = found.count(truth, taken);
            let share = count as f32 / found.n_of(truth).max(1) as f32;
            let is_empty = count == 0;
            let tint = if truth == taken { cx.theme.track_filled } else { cx.theme.accent };
            // A share of a hundredth is to be seen beside one of nearly all.
            let colour = if is_empty { cx.theme.field } else { tint.gamma_multiply(0.15 + 0.85 * share.sqrt()) };
            ui.painter().rect_filled(cell, 1.0, colour);
            let sense = if is_test || is_empty { Sense::hover() } else { Sense::click() };
            let response = ui.interact(cell, ui.scope_id().with(("cell", truth, taken)), sense);
            let name = said(found, [truth, taken]);
            let role = if is_test || is_empty { Role::Image } else { Role::Button };
            response.widget_info(|| WidgetInfo::labeled(role, true, &name));
            if step >= WITH_NUMBER && !is_empty {
                let words = if count < 1000 { count.to_string() } else { format!("{}k", count / 1000) };
                text(ui, cell.center(), Align2::CENTER_CENTER, &words, cx.theme.text, 9.0);
            }
            let sentence = match (is_empty, is_test) {
                (true, _) => "None to choose.",
                (_, true) => "Test samples are not on the plane; Train above counts those that are.",
                _ => "A click chooses them on every plane.",
            };
            if help(response, &name, sentence, None).clicked() {
                clicked = Some([truth, taken]);
            }
        }
    }
    clicked
}
