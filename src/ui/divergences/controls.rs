//! The two rows of controls above the figure.

use super::send;
use crate::latent::divergence::Divergence;
use crate::session::{Diverge, DivergencePage, Divergences, Improved};
use crate::ui::commands::{DESCEND, DIVERGENCES};
use crate::ui::context::Cx;
use crate::ui::widgets::{Button, IconButton, Segmented, Stepper, Value, help};
use crate::ui::{icons, theme};
use eframe::egui::{RichText, Ui};

/// Which page, and q's numbers.
pub fn pages(ui: &mut Ui, figure: &Divergences, cx: &mut Cx<'_>) {
    let words = DivergencePage::ALL.map(|(_, name)| name);
    let mut at = DivergencePage::ALL.iter().position(|(page, _)| *page == figure.page).unwrap_or(0);
    if ui.add(Segmented::new("Page", &words, &mut at)).changed() {
        send(cx, Diverge::Page(DivergencePage::ALL[at].0));
    }
    if figure.page != DivergencePage::Bound {
        numbers(ui, figure, cx);
    }
}

/// The way back.
pub fn close(ui: &mut Ui, cx: &mut Cx<'_>) {
    let close = ui.add(IconButton::new(icons::X, "Leave the divergences"));
    if help(close, DIVERGENCES.name, "Shows the planes again. Esc.", None).clicked() {
        send(cx, Diverge::Close);
    }
}

/// Mean and spread of q, to drag or to type.
fn numbers(ui: &mut Ui, figure: &Divergences, cx: &mut Cx<'_>) {
    let mut q = figure.q;
    ui.add_space(8.0);
    ui.label(RichText::new("q: μ").color(cx.theme.weak));
    let mean = ui.add(Value::new("Mean of q", &mut q.mean).range(-8.0..=8.0));
    cx.begin_gesture(&mean);
    let mean = help(mean, "Mean of q", "Where q lies. Drag the curve, or ← and → while it has the focus.", None);
    ui.label(RichText::new("σ").color(cx.theme.weak));
    let sigma = ui.add(Value::new("Spread of q", &mut q.sigma).range(0.05..=6.0));
    cx.begin_gesture(&sigma);
    let sentence = "Standard deviation of q. Drag a handle at its side, turn the wheel, or ↑ and ↓.";
    if help(sigma, "Spread of q", sentence, None).changed() || mean.changed() {
        send(cx, Diverge::Q(q));
    }
}

/// What can be done on the page.
pub fn of_page(ui: &mut Ui, figure: &Divergences, cx: &mut Cx<'_>) {
    match figure.page {
        DivergencePage::Divergences => descending(ui, figure, cx),
        DivergencePage::Bound => improving(ui, figure, cx),
        DivergencePage::Gradients => drawing(ui, figure, cx),
    }
    let reset = ui.add(Button::new("Reset").quiet(true));
    if help(reset, "Reset", "The page as it was at first; Undo brings this back.", None).clicked() {
        send(cx, Diverge::Reset);
    }
}

fn descending(ui: &mut Ui, figure: &Divergences, cx: &mut Cx<'_>) {
    let words = Divergence::ALL.map(Divergence::sign);
    let mut at = Divergence::ALL.iter().position(|which| *which == figure.descends).unwrap_or(0);
    let which = ui.add(Segmented::new("Divergence", &words, &mut at));
    let which = help(which, "Divergence", explained(figure.descends), Some(formula(figure.descends)));
    if which.changed() {
        send(cx, Diverge::Descends(Divergence::ALL[at]));
    }
    let descend = ui.add(Button::new(DESCEND.name).primary(true));
    if help(descend, DESCEND.name, &DESCEND.sentence(), None).clicked() {
        send(cx, Diverge::Descend);
    }
    let sentence = "One step of the natural gradient for μ and ln σ, shortened where it would lead uphill.";
    if help(ui.add(Button::new("Step")), "Step", sentence, None).clicked() {
        send(cx, Diverge::Step);
    }
}

const fn explained(which: Divergence) -> &'static str {
    match which {
        Divergence::Forward => {
            "Dear where p has mass and q has none: q covers all of p. That of maximum likelihood."
        }
        Divergence::Reverse => {
            "Dear where q has mass and p has none: q picks a bump. That of variational inference."
        }
        Divergence::JensenShannon => {
            "Both against their mean; never above ln 2 = .693 nats. That of the first GANs."
        }
    }
}

const fn formula(which: Divergence) -> &'static str {
    match which {
        Divergence::Forward => "∫ p ln (p/q) dx",
        Divergence::Reverse => "∫ q ln (q/p) dx",
        Divergence::JensenShannon => "½ KL(p‖m) + ½ KL(q‖m), m = ½(p + q)",
    }
}

fn improving(ui: &mut Ui, figure: &Divergences, cx: &mut Cx<'_>) {
    let next = match figure.bound.turns.last() {
        Some(Improved::Q) => Improved::P,
        // After the misleading start p is next: q is as good as it can be.
        None if !figure.bound.sees_x => Improved::P,
        Some(Improved::P) | None => Improved::Q,
    };
    for (whom, text, sentence) in [
        (
            Improved::Q,
            "Improve q",
            "The q with the highest bound while p stays: the posterior, where q sees x. ln p(x) stays as it is.",
        ),
        (
            Improved::P,
            "Improve p",
            "The p with the highest bound while q stays: shares, means and width as q weighs the samples.",
        ),
    ] {
        let button = ui.add(Button::new(text).primary(whom == next));
        if help(button, text, sentence, Some("ln p(x) = ELBO + KL(q(z|x) ‖ p(z|x))")).clicked() {
            send(cx, Diverge::Improve(whom));
        }
    }
    let mut at = usize::from(!figure.bound.sees_x);
    let sees = ui.add(Segmented::new("What q sees", &["q sees x", "q is blind"], &mut at));
    let sentence =
        "A q that sees x can reach the posterior. A blind one gives every x the same z, and the gap stays.";
    if help(sees, "What q sees", sentence, Some("q(z = 1 | x) = sigmoid(offset + slope · x)")).changed() {
        send(cx, Diverge::SeesX(at == 0));
    }
    let warn = ui.add(Button::new("Mislead…").name("A bound that misleads").quiet(true));
    let sentence = "Sets up a fitted p and a blind q. Improve p then: the bound rises, and ln p(x) falls.";
    if help(warn, "A bound that misleads", sentence, None).clicked() {
        send(cx, Diverge::Warning);
    }
}

fn drawing(ui: &mut Ui, figure: &Divergences, cx: &mut Cx<'_>) {
    ui.label(RichText::new("Draws").color(cx.theme.weak));
    let mut draws = figure.draws;
    let stepper = ui.add(Stepper::new("Draws", &mut draws, Divergences::DRAWS).step(500));
    let sentence = "Numbers ε ~ N(0, 1), the same for both. Above: x = μ + σ ε, whose way with μ and σ is known. Below: a sampler that hides μ and σ, \
                    so that only the probability of its draws tells of them.";
    let formula = "d/dθ [ln q(x) − ln p(x)]   and   (ln q(x) − ln p(x)) · d ln q(x)/dθ";
    if help(stepper, "Draws", sentence, Some(formula)).changed() || draws != figure.draws {
        send(cx, Diverge::Draws(draws));
    }
    let anew = ui.add(IconButton::new(icons::DICE_FIVE, "Draw anew").framed());
    if help(anew, "Draw anew", "As many other draws, from the next seed.", None).clicked() {
        send(cx, Diverge::DrawAnew);
    }
    let spread = "Both estimate the gradient of KL(q‖p); dashed: by quadrature.";
    ui.label(RichText::new(theme::crisp(spread)).color(cx.theme.weak));
}
