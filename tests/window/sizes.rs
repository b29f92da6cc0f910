//! At every size of the window and of the text nothing lies on anything else, nothing is cut, and the tools
//! keep their names wherever these fit.

use super::harness::Window;
use eframe::egui::accesskit::Role;
use eframe::egui::{
    Event, Key, LayerId, Modifiers, MouseWheelSource, MouseWheelUnit, Rect, Sense, TouchPhase, Vec2, pos2, vec2,
};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use halfmoon::data::DataChoice;
use halfmoon::session::{
    Action, Choice, Diverge, DivergencePage, Joining, Layer, NewSlot, OutlierPage, OutlierScore, Preset, Tool,
};

const WINDOWS: [[f32; 2]; 6] =
    [[640.0, 480.0], [800.0, 600.0], [1024.0, 640.0], [1280.0, 800.0], [1920.0, 1080.0], [3840.0, 2160.0]];
const TEXTS: [f32; 4] = [1.0, 1.25, 1.5, 2.0];
/// The windows in which the sides are folded and unfolded too.
const FOLDED: [[f32; 2]; 5] = [[320.0, 240.0], [640.0, 480.0], [683.0, 427.0], [1024.0, 640.0], [1280.0, 800.0]];
/// What the bar holds beside the tools at the least: mark, icons of the view, two buttons, and space between.
const BAR: f32 = 230.0;

/// A control that a hand can use: what it is called, its whole place, and what of that is in sight.
#[derive(Clone, Debug)]
struct Control {
    name: String,
    role: Role,
    rect: Rect,
    seen: Rect,
}

impl Control {
    /// Whether a part of it is out of sight, in a window of this size.
    fn is_cut(&self, size: Vec2) -> bool {
        let hidden = self.rect.size() - self.seen.size();
        hidden.max_elem() > 0.5
            || !Rect::from_min_size(Default::default(), size).expand(0.5).contains_rect(self.rect)
    }
}

/// The controls of the window itself, without cards and lists over it.
fn controls(window: &Window) -> Vec<Control> {
    let widgets = window.harness.ctx.viewport(|viewport| {
        viewport.prev_pass.widgets.get_layer(LayerId::background()).copied().collect::<Vec<_>>()
    });
    let root = window.harness.root();
    let nodes = root.children_recursive().filter_map(|node| {
        node.accesskit_node().bounding_box()?;
        let (role, rect) = (node.accesskit_node().role(), node.rect());
        let name = node.accesskit_node().label()?;
        let is_used = |sense: Sense| (sense.senses_click() || sense.senses_drag()) && sense.is_focusable();
        let widget = widgets.iter().find(|widget| widget.rect == rect && is_used(widget.sense))?;
        Some(Control { name, role, rect, seen: widget.interact_rect })
    });
    nodes.collect()
}

/// What of a control must come into sight where it is larger than its room: enough to be read and hit.
const ENOUGH: Vec2 = vec2(80.0, 20.0);

/// Whether a control that is cut comes into sight when it is scrolled to, by its name or by the wheel.
fn is_reached(window: &mut Window, cut: &Control) -> bool {
    let is_whole = |window: &Window| {
        let controls = controls(window);
        let same = controls.iter().filter(|control| control.name == cut.name && control.role == cut.role);
        let is_enough = |control: &Control| {
            let missing = control.rect.size().min(ENOUGH) - control.seen.size();
            control.seen.is_positive() && missing.max_elem() <= 0.5
        };
        same.into_iter().any(is_enough)
    };
    let far = |rect: Rect| (rect.center() - cut.rect.center()).length_sq();
    let nodes = window.harness.get_all_by_label(&cut.name);
    if let Some(node) = nodes.min_by(|a, b| far(a.rect()).total_cmp(&far(b.rect()))) {
        node.scroll_to_me();
    }
    window.steps(3);
    // The wheel over a strip goes along it; beside it, it goes down the tray.
    let left = controls(window)
        .iter()
        .find(|control| control.role == Role::Canvas)
        .map_or(0.0, |plane| plane.rect.left());
    for delta in [-60.0, 60.0] {
        if is_whole(window) {
            return true;
        }
        window.move_to(pos2(left + 34.0, cut.seen.center().y));
        window.harness.event(Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta: vec2(0.0, delta),
            phase: TouchPhase::Move,
            source: MouseWheelSource::Wheel,
            modifiers: Modifiers::NONE,
        });
        window.steps(20);
    }
    is_whole(window)
}

/// Whether a control is the ground of others: a plane, or the title line over one.
fn is_ground(control: &Control) -> bool {
    matches!(control.role, Role::Canvas | Role::Tab)
}

/// Says what is wrong in a window of this size.
fn faults(window: &mut Window, size: Vec2) -> Vec<String> {
    let mut controls = controls(window);
    assert!(controls.len() > 8, "only {} controls", controls.len());
    controls.retain(|control| !is_ground(control) && control.seen.is_positive());
    let mut faults = Vec::new();
    for (i, a) in controls.iter().enumerate() {
        // Neighbours may touch.
        let lies_on = controls[..i].iter().filter(|b| a.seen.shrink(1.0).intersects(b.seen.shrink(1.0)));
        faults.extend(lies_on.map(|b| format!("{} {:?} lies on {} {:?}", a.name, a.seen, b.name, b.seen)));
    }
    for cut in controls.iter().filter(|control| control.is_cut(size)) {
        if !is_reached(window, cut) {
            faults.push(format!("{} {:?} is cut to {:?}", cut.name, cut.rect, cut.seen));
        }
    }
    faults
}

/// The places of the tools, from left to right.
fn tools(window: &Window) -> Vec<Rect> {
    let is_tool = |control: &Control| {
        control.role == Role::RadioButton && !control.name.contains(':') && control.rect.bottom() < 44.0
    };
    controls(window).into_iter().filter(is_tool).map(|control| control.rect).collect()
}

/// A window of the moons, whose codes need not be drawn.
fn moons() -> Window {
    let mut window = Window::of(DataChoice::Moons);
    window.act(Action::ToggleLayer(Layer::Codes));
    window
}

fn resize(window: &mut Window, size: Vec2) {
    window.harness.set_size(size);
    window.steps(3);
}

/// Looks at all sizes with what is open now, and with every side folded and unfolded at some.
fn look(window: &mut Window, what: &str) {
    let named: f32 = {
        resize(window, vec2(1920.0, 1080.0));
        tools(window).iter().map(|rect| rect.width() + 2.0).sum::<f32>() + 4.0
    };
    let mut found = Vec::new();
    let mut check = |window: &mut Window, size: Vec2, how: &str| {
        let bare = tools(window).iter().any(|rect| rect.width() < 44.0);
        let names = bare && size.x >= named + BAR;
        let faults = faults(window, size).into_iter().chain(names.then(|| "the tools lose their names".into()));
        found.extend(faults.map(|fault| format!("{what}, {}×{} {how}: {fault}", size.x, size.y)));
    };
    for [width, height] in WINDOWS {
        for text in TEXTS {
            let size = (vec2(width, height) / text).round();
            resize(window, size);
            check(window, size, "");
        }
    }
    for size in FOLDED.map(Vec2::from) {
        resize(window, size);
        for (key, how) in [
            (Key::Backslash, "after \\"),
            (Key::Pipe, "after \\ |"),
            (Key::Backslash, "after \\ | \\"),
            (Key::Pipe, "after \\ | \\ |"),
        ] {
            window.key(Modifiers::NONE, key);
            window.steps(1);
            check(window, size, how);
        }
    }
    let n = found.len();
    found.truncate(20);
    assert!(found.is_empty(), "{n} faults, among them\n{}", found.join("\n"));
}

#[test]
fn nothing_overlaps_or_is_cut_with_any_tool() {
    let mut window = moons();
    look(&mut window, "Explore");
    for tool in [Tool::Path, Tool::Grid, Tool::Select] {
        window.act(Action::SetTool(tool));
        look(&mut window, &format!("{tool:?}"));
    }
    window.act(Action::Choose(Choice::Class(0), Joining::Instead));
    window.settle();
    look(&mut window, "a choice");
    window.act(Action::Preset(Preset::RandomCodes));
    window.settle();
    look(&mut window, "a path");
}

#[test]
fn nothing_overlaps_or_is_cut_with_models_side_by_side() {
    let mut window = moons();
    window.act(Action::AddSlot(NewSlot::Pca));
    window.wait("the second model", |session| {
        session.visible().count() == 2 && session.can_train() && session.weights().checkpoint.is_some()
    });
    look(&mut window, "two models");
    window.act(Action::Preset(Preset::RandomCodes));
    look(&mut window, "a path of two");
    window.act(Action::AddSlot(NewSlot::Copy));
    window.wait("the third model", |session| session.visible().count() == 3 && !session.is_busy());
    window.act(Action::SetTool(Tool::Grid));
    look(&mut window, "grids of three");
}

#[test]
fn nothing_overlaps_or_is_cut_where_divergences_or_a_drawing_take_the_place_of_the_planes() {
    let mut window = moons();
    for (page, name) in DivergencePage::ALL {
        window.act(Action::Diverge(Diverge::Open(page)));
        look(&mut window, name);
    }
    window.act(Action::Diverge(Diverge::Close));
    window.act(Action::SketchData(true));
    look(&mut window, "a drawing");
}

#[test]
fn nothing_overlaps_or_is_cut_where_the_fit_takes_the_place_of_the_planes() {
    let mut window = Window::of(DataChoice::Wine);
    window.act(Action::ToggleLayer(Layer::Codes));
    let page = OutlierPage { by: OutlierScore::Cook, is_staged: true, ..OutlierPage::default() };
    window.act(Action::ShowOutliers(Some(page)));
    window.wait("the fit", |session| session.influence().is_some_and(|found| found.is_ok()));
    look(&mut window, "a fit");
}
