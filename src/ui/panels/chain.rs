//! The Gibbs chain from the chosen sample: a film of what the machine believes in, and a strip of every so
//! many of its states.

use super::{Panel, Place};
use crate::model::Capabilities;
use crate::session::{CHAIN_STEPS, ChainStates, Fold};
use crate::ui::context::Cx;
use crate::ui::icons;
use crate::ui::layout::Layout;
use crate::ui::textures::color_image;
use crate::ui::theme;
use crate::ui::widgets::{Button, Slider, Stepper, help, number};
use eframe::egui::{Image, RichText, Role, Sense, Ui, WidgetInfo};

/// Steps that are played in a second.
const PER_SECOND: f64 = 12.0;
/// Tiles of the strip, and how many stand in a row.
const TILES: usize = 12;
const COLUMNS: usize = 6;
/// Side of the film's picture.
const SIDE: f32 = 112.0;

/// The panel, folded until it is asked for.
pub struct ChainPanel {
    /// The state that is shown.
    at: usize,
    /// States from one tile of the strip to the next.
    every: usize,
    /// Since when it is played, and from which state.
    playing: Option<(f64, usize)>,
    /// The sample that the chain began at.
    sample: Option<u32>,
}

impl Default for ChainPanel {
    fn default() -> Self {
        Self { at: 0, every: 10, playing: None, sample: None }
    }
}

impl Panel for ChainPanel {
    fn id(&self) -> &'static str {
        "chain"
    }

    fn title(&self) -> &'static str {
        "Gibbs chain"
    }

    fn folds(&self) -> bool {
        true
    }

    fn place(&self) -> Place {
        Place::Decode
    }

    fn is_available(&self, capabilities: &Capabilities) -> bool {
        capabilities.has_energy
    }

    fn ui(&mut self, ui: &mut Ui, _layout: &Layout, cx: &mut Cx<'_>) {
        if !cx.fold(ui, Fold::Chain, self.title(), "") {
            self.playing = None;
            return;
        }
        let Some((stamp, states)) = cx.session.chain() else {
            let text = RichText::new("The chain is worked out …").font(theme::small()).color(cx.theme.weak);
            ui.label(text);
            return;
        };
        if self.sample != Some(states.sample) {
            *self = Self { every: self.every, sample: Some(states.sample), ..Self::default() };
        }
        self.play(ui);
        self.film(ui, (stamp, states), cx);
        self.controls(ui);
        self.strip(ui, (stamp, states), cx);
    }
}

impl ChainPanel {
    /// Goes on while it is played, up to the last state.
    fn play(&mut self, ui: &Ui) {
        let Some((since, from)) = self.playing else { return };
        let secs = (ui.input(|i| i.time) - since).max(0.0);
        self.at = (from + (secs * PER_SECOND) as usize).min(CHAIN_STEPS);
        if self.at == CHAIN_STEPS {
            self.playing = None;
        }
        ui.ctx().request_repaint();
    }

    /// The state of now, beside what it is.
    fn film(&self, ui: &mut Ui, (stamp, states): (u64, &ChainStates), cx: &mut Cx<'_>) {
        let stamp_of_state = stamp << 16 | self.at as u64;
        let (at, sample) = (self.at, states.sample);
        let tile = || color_image(&states.tiles(&[at], 1));
        let texture = cx.textures.get(ui.ctx(), "chain", stamp_of_state, tile);
        ui.horizontal(|ui| {
            let size = texture.size_vec2() * (SIDE / texture.size_vec2().max_elem().max(1.0));
            let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
            Image::new(&texture).paint_at(ui, rect);
            let name = format!("State {} of the chain from sample {sample}", self.at);
            response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
            let sentence = "How probably each pixel is on, given the hidden units that were drawn from the state before. A chain \
                            that stays with its digit mixes slowly.";
            help(response, self.title(), sentence, Some("h ~ P(h | v), v ~ P(v | h)"));
            let said = match self.at {
                0 => format!("sample {sample}"),
                at => format!("step {} of {}", number::count(at as u64), number::count(CHAIN_STEPS as u64)),
            };
            ui.label(RichText::new(said).font(theme::small()).color(cx.theme.weak));
        });
    }

    fn controls(&mut self, ui: &mut Ui) {
        let mut at = self.at as f32;
        let width = ui.available_width();
        let slider = Slider::new("Step of the chain", &mut at, 0.0..=CHAIN_STEPS as f32).width(width);
        if ui.add(slider).changed() {
            (self.at, self.playing) = (at.round() as usize, None);
        }
        ui.horizontal(|ui| {
            let is_playing = self.playing.is_some();
            let (text, icon) = if is_playing { ("Pause", icons::PAUSE) } else { ("Play", icons::PLAY) };
            let name = if is_playing { "Pause the chain" } else { "Play the chain" };
            if ui.add(Button::new(text).icon(icon).name(name)).clicked() {
                let from = if self.at == CHAIN_STEPS { 0 } else { self.at };
                self.playing = (!is_playing).then(|| (ui.input(|i| i.time), from));
            }
            let step = ui.add_enabled(self.at < CHAIN_STEPS, Button::new("Step").name("One step of the chain"));
            if step.clicked() {
                (self.at, self.playing) = (self.at + 1, None);
            }
        });
        ui.horizontal(|ui| {
            ui.label(RichText::new("A tile every").font(theme::small()));
            let stepper = ui.add(Stepper::new("Steps a tile", &mut self.every, 1..=80));
            help(stepper, "Steps a tile", "Steps of the chain from one tile of the strip to the next.", None);
            ui.label(RichText::new("steps").font(theme::small()));
        });
    }

    /// The last states up to now that stand in the strip.
    fn strip(&self, ui: &mut Ui, (stamp, chain): (u64, &ChainStates), cx: &mut Cx<'_>) {
        let states = tiles(self.at, self.every);
        let stamp = stamp << 32 | (self.every as u64) << 16 | *states.last().unwrap_or(&0) as u64;
        let strip = || color_image(&chain.tiles(&states, COLUMNS));
        let texture = cx.textures.get(ui.ctx(), "chain strip", stamp, strip);
        let width = ui.available_width();
        let size = texture.size_vec2() * (width / texture.size_vec2().x.max(1.0));
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        Image::new(&texture).paint_at(ui, rect);
        let (first, last) = (states.first().unwrap_or(&0), states.last().unwrap_or(&0));
        let name = format!("States {first} to {last} of the chain, every {}", self.every);
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
        help(response, "Strip of the chain", "Row by row, up to the step of now.", None);
    }
}

/// The last [`TILES`] multiples of `every` up to the state `at`.
fn tiles(at: usize, every: usize) -> Vec<usize> {
    let last = at / every;
    ((last + 1).saturating_sub(TILES)..=last).map(|tile| tile * every).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strip_holds_the_last_states_up_to_now() {
        assert_eq!(tiles(0, 10), [0]);
        assert_eq!(tiles(39, 10), [0, 10, 20, 30]);
        let late = tiles(1000, 10);
        assert_eq!((late.len(), late[0], late[11]), (TILES, 890, 1000));
    }
}
