//! The row that Decode begins with: the sample that is looked at, its code, what the model makes of that, and
//! the error. Sentences stand one above the other, so that they are read word against word.

use crate::session::{Input, Query, SlotId};
use crate::ui::context::Cx;
use crate::ui::plane::{mark_of, sample_tile};
use crate::ui::samples::{self, Tiles, WRITTEN};
use crate::ui::theme;
use crate::ui::widgets::{cut_text, help, number};
use crate::worker::ViewId;
use eframe::egui::text::{LayoutJob, TextFormat, TextWrapping};
use eframe::egui::{Align2, Color32, Painter, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

/// Side of a picture, and of one where there is little height.
const SIDE: f32 = 72.0;
const SIDE_LOW: f32 = 48.0;
/// Height of a line of what is said under it.
const LINE: f32 = 14.0;
/// Room between what stands one above the other, and before a sentence for what it is.
const LINES_GAP: f32 = 4.0;
const WHAT: f32 = 26.0;
/// Room for an arrow.
const ARROW: f32 = 14.0;
/// Letters of a title and of a text that may be in sight, and lines that they take together.
const TITLE_LETTERS: usize = 80;
const TEXT_LETTERS: usize = 220;
const TEXT_ROWS: usize = 5;
/// Letters that pointing at them shows, and how wide.
const HOVER_LETTERS: usize = 1500;
const HOVER_WIDTH: f32 = 420.0;
/// Most numbers of a code that are drawn.
const MAX_BARS: usize = 32;

/// What is looked at: a code with what it was made of.
struct Looked<'a> {
    input: Input,
    tiles: Option<Tiles<'a>>,
    mu: Vec<f32>,
    sigma: Option<Vec<f32>>,
}

/// The row's three places, and those below which something is said of each.
struct Places {
    input: Rect,
    code: Rect,
    output: Rect,
    said: [Rect; 3],
}

impl Places {
    /// Side by side.
    fn in_a_row(row: Rect, side: f32) -> Self {
        let at = |left: f32, width: f32| Rect::from_min_size(pos2(left, row.top()), vec2(width, side));
        let width = row.width() - 2.0 * (side + ARROW);
        let input = at(row.left(), side);
        let code = at(row.left() + side + ARROW, width);
        let output = at(row.right() - side, side);
        Self { input, code, output, said: [input, code, output] }
    }

    /// One below the other, as wide as there is room.
    fn in_lines(row: Rect, is_low: bool) -> Self {
        let [n_lines, code_height] = heights_in_lines(is_low);
        let at = |top: f32, height: f32| Rect::from_min_size(pos2(row.left(), top), vec2(row.width(), height));
        let input = at(row.top(), n_lines * WRITTEN);
        let code = at(input.bottom() + LINES_GAP, code_height);
        let output = at(code.bottom() + LINES_GAP, n_lines * WRITTEN);
        let third = row.width() / 3.0;
        let said =
            |i: f32| Rect::from_min_size(pos2(row.left() + i * third, output.top()), vec2(third, output.height()));
        Self { input, code, output, said: [0.0, 1.0, 2.0].map(said) }
    }
}

/// Lines of each sentence, and the height of the code between them.
const fn heights_in_lines(is_low: bool) -> [f32; 2] {
    if is_low { [1.0, 20.0] } else { [2.0, 28.0] }
}

/// Draws the row; without a sample only what is decoded at z.
pub fn show(ui: &mut Ui, is_low: bool, cx: &mut Cx<'_>) {
    let side = if is_low { SIDE_LOW } else { SIDE };
    let are_sentences = samples::are_sentences(cx.session);
    let [n_lines, code_height] = heights_in_lines(is_low);
    let in_lines = 2.0 * (n_lines * WRITTEN + LINES_GAP) + code_height;
    let height = if are_sentences { in_lines } else { side };
    let size = vec2(ui.available_width(), height + 2.0 * LINE + 4.0);
    let (row, response) = ui.allocate_exact_size(size, Sense::hover());
    let places = if are_sentences { Places::in_lines(row, is_low) } else { Places::in_a_row(row, side) };
    let sentence = "Input, code, output: the sample that is pointed at, picked or drawn, its whole code (the mean μ with one σ to \
                    either side, where the model gives one), and what the model makes of that.";
    let response = help(response, "Reconstruction", sentence, Some(cx.session.error_words()[0]));
    let active = cx.session.spec().active;
    let Some(looked) = looked_at(ui, active, cx) else {
        if let Some(tiles) = Tiles::of_view(ui, active, ViewId::Picture, cx) {
            sample(ui, places.output, ("out", &tiles), cx);
            line(ui.painter(), places.said[2], (0, Align2::RIGHT_CENTER), "decoded", cx.theme.weak);
        }
        let words = "Point at a code, or click it,\nto see its sample here.";
        let at = places.input.union(places.code);
        let at = pos2(row.left(), if are_sentences { at.center().y } else { places.input.center().y });
        ui.painter().text(at, Align2::LEFT_CENTER, words, theme::small(), cx.theme.faint);
        return;
    };
    if let Some(tiles) = &looked.tiles {
        sample(ui, places.input, ("in", tiles), cx);
    }
    code(ui, places.code, &looked, cx);
    let wanted = looked.tiles.as_ref().and_then(|tiles| tiles.sentence(0));
    let (error, answer) = output(ui, places.output, looked.tiles.as_ref(), active, cx).unwrap_or_default();
    let arrows = [(places.input, places.code), (places.code, places.output)];
    for between in arrows.into_iter().filter(|_| !are_sentences) {
        let at = pos2((between.0.right() + between.1.left()) / 2.0, row.top() + side / 2.0);
        ui.painter().text(at, Align2::CENTER_CENTER, "→", theme::body(), cx.theme.faint);
    }
    name_input(ui.painter(), places.said[0], looked.input, cx);
    let numbers = numbers(ui.painter(), places.said[1], &looked, cx);
    let title = title(looked.input, cx);
    let mut said = match looked.input {
        Input::Sample(sample) => format!("Sample {sample}"),
        Input::Query => match &cx.session.spec().query {
            Some(Query::Sample(_) | Query::Text(_)) => cx.session.query_in_words().unwrap_or_default(),
            _ => "Image from outside of the data".to_string(),
        },
    };
    if let Some(title) = title {
        said = format!("{said}, {title}");
    }
    said = format!("{said}, code {}", numbers.join(", "));
    if let Some(error) = error {
        let words = number::fixed(error, 1);
        let place = places.said[2];
        line(ui.painter(), place, (0, Align2::RIGHT_CENTER), cx.session.error_words()[0], cx.theme.weak);
        line(ui.painter(), place, (1, Align2::RIGHT_CENTER), &words, cx.theme.text);
        said = format!("{said}, {} {error:.1}", cx.session.error_words()[1].to_lowercase());
    }
    if let Some((wanted, answer)) = wanted.zip(answer) {
        said = format!("{said}, in: {wanted}, out: {answer}");
    }
    response.widget_info(|| WidgetInfo::labeled(eframe::egui::Role::Image, true, &said));
    written(ui, looked.input, is_low, cx);
}

/// What a sample is called by its own name.
fn title<'a>(input: Input, cx: &Cx<'a>) -> Option<&'a str> {
    let Input::Sample(sample) = input else { return None };
    cx.session.data()?.train.caption(sample as usize)
}

/// The title and, where there is height, the text of a sample that was written; no more of it is laid out
/// than can be seen.
fn written(ui: &mut Ui, input: Input, is_low: bool, cx: &Cx<'_>) {
    let Input::Sample(sample) = input else { return };
    let train = cx.session.data().map(|data| &data.train);
    let Some(text) = train.and_then(|train| train.text(sample as usize)) else { return };
    let mut job = LayoutJob::default();
    let put = |job: &mut LayoutJob, text: &str, font, colour| {
        job.append(text, 0.0, TextFormat::simple(font, colour));
    };
    let title = title(input, cx);
    if let Some(title) = title {
        put(&mut job, &first(title, TITLE_LETTERS), theme::semibold(12.0), cx.theme.text);
    }
    if !is_low {
        let before = if title.is_some() { "\n" } else { "" };
        put(&mut job, before, theme::small(), cx.theme.text);
        put(&mut job, &first(text, TEXT_LETTERS), theme::small(), cx.theme.weak);
    } else if title.is_none() {
        return;
    }
    let max_rows = if is_low { 1 } else { TEXT_ROWS };
    job.wrap = TextWrapping { max_width: ui.available_width(), max_rows, ..TextWrapping::default() };
    ui.label(job).on_hover_ui(|ui| {
        ui.set_max_width(HOVER_WIDTH);
        ui.label(first(text, HOVER_LETTERS));
    });
}

/// The first letters of a text, with a sign that it goes on.
fn first(text: &str, n: usize) -> String {
    match text.char_indices().nth(n) {
        Some((end, _)) => format!("{} …", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

fn looked_at<'a>(ui: &Ui, slot: SlotId, cx: &mut Cx<'_>) -> Option<Looked<'a>> {
    let input = cx.session.input_of(slot)?;
    let sigma = |log_var: &[f32]| log_var.iter().map(|log_var| (0.5 * log_var).exp()).collect();
    match input {
        Input::Sample(sample) => {
            let tiles = sample_tile(ui, sample, cx);
            let cloud = cx.session.cloud_of(slot)?;
            let (mu, row) = (cloud.code_of(sample)?, cloud.place_of(sample)?);
            let log_var = cloud.codes.log_var.as_ref().map(|log_var| log_var.row(row).to_vec());
            Some(Looked { input, tiles, mu, sigma: log_var.as_deref().map(sigma) })
        }
        Input::Query => {
            let sample = cx.session.asked()?.sample.clone();
            let tiles = samples::stored(ui, "asked", &sample, 0, cx);
            let placed = cx.session.placed(slot)?;
            let sigma = placed.log_var.as_deref().map(sigma);
            Some(Looked { input, tiles: Some(tiles), mu: placed.mu.clone(), sigma })
        }
    }
}

/// What the model makes of it: its error, and what it says where it is a sentence, with those words lit that
/// are not the `wanted` ones.
fn output(
    ui: &Ui,
    place: Rect,
    wanted: Option<&Tiles<'_>>,
    slot: SlotId,
    cx: &mut Cx<'_>,
) -> Option<(Option<f64>, Option<String>)> {
    let picture = cx.session.picture(ViewId::Sample)?;
    let mut tiles = Tiles::of_view(ui, slot, ViewId::Sample, cx)?;
    let is_newest = cx.session.wanted_stamp(ViewId::Sample) == Some(picture.stamp);
    // What was made of another sample before is not held against this one.
    if let Some(wanted) = wanted.filter(|_| is_newest) {
        tiles.hold_against(ui, wanted, cx);
    }
    sample(ui, place, ("out", &tiles), cx);
    Some((picture.squared_error.filter(|_| is_newest), tiles.sentence(0).map(String::from)))
}

/// A sample in its place: a sentence in lines after what it is, all else as a tile.
fn sample(ui: &Ui, place: Rect, (what, tiles): (&str, &Tiles<'_>), cx: &Cx<'_>) {
    let Some(text) = tiles.sentence(0) else { return tile(ui, place, tiles, cx) };
    ui.painter().text(place.left_center(), Align2::LEFT_CENTER, what, theme::small(), cx.theme.weak);
    let words = place.with_min_x(place.left() + WHAT);
    samples::write_words(ui.painter(), words, text, (tiles.lit(0), cx.theme.bad), &cx.theme);
}

fn tile(ui: &Ui, place: Rect, tiles: &Tiles<'_>, cx: &Cx<'_>) {
    ui.painter().rect_filled(place, theme::TILE_RADIUS, cx.theme.field);
    tiles.paint(ui, 0, place);
    frame(ui.painter(), place, cx);
}

fn frame(painter: &Painter, place: Rect, cx: &Cx<'_>) {
    painter.rect_stroke(place, theme::TILE_RADIUS, Stroke::new(1.0, cx.theme.pressed), StrokeKind::Outside);
}

/// The dimensions that are drawn across and up; none while these are principal axes.
fn drawn_dims(cx: &Cx<'_>) -> Option<[usize; 2]> {
    cx.session.slot().axes.dimensions()
}

/// The numbers of a code as bars from 0, on the scale of the largest of all codes, those of the drawn
/// dimensions strong, with one σ to either side of their ends.
fn code(ui: &Ui, place: Rect, looked: &Looked<'_>, cx: &Cx<'_>) {
    let painter = ui.painter();
    painter.rect_filled(place, theme::TILE_RADIUS, cx.theme.field);
    frame(painter, place, cx);
    let Some(cloud) = cx.session.cloud() else { return };
    let inner = place.shrink(5.0);
    let most = cloud.stats.iter().map(|stats| stats.min.abs().max(stats.max.abs())).fold(1e-9, f32::max);
    let n = looked.mu.len().min(MAX_BARS);
    let step = inner.width() / n as f32;
    let y = |value: f32| inner.center().y - (value / most).clamp(-1.0, 1.0) * inner.height() / 2.0;
    painter.hline(inner.x_range(), inner.center().y, Stroke::new(1.0, cx.theme.pressed));
    for (i, &value) in looked.mu.iter().take(n).enumerate() {
        let x = inner.left() + (i as f32 + 0.5) * step;
        let half = (step * 0.35).clamp(0.5, 5.0);
        let bar = Rect::from_two_pos(pos2(x - half, y(0.0)), pos2(x + half, y(value)));
        let is_drawn = drawn_dims(cx).is_none_or(|dims| dims.contains(&i));
        painter.rect_filled(bar, 1, if is_drawn { cx.theme.accent } else { cx.theme.curve });
        if let Some(sigma) = looked.sigma.as_ref().map(|sigma| sigma[i]) {
            let reach = [pos2(x, y(value - sigma)), pos2(x, y(value + sigma))];
            painter.line_segment(reach, Stroke::new(3.0, cx.theme.field));
            painter.line_segment(reach, Stroke::new(1.0, cx.theme.text));
        }
    }
}

/// The numbers of the dimensions that are drawn, each with its σ; the first two where none is.
fn numbers(painter: &Painter, place: Rect, looked: &Looked<'_>, cx: &Cx<'_>) -> Vec<String> {
    let mut dims = drawn_dims(cx).unwrap_or([0, 1]).to_vec();
    dims.dedup();
    let number = |dim: usize| {
        let sigma = looked.sigma.as_ref().map(|sigma| format!(" ± {}", number::fixed(f64::from(sigma[dim]), 2)));
        format!("{}{}", number::z(looked.mu[dim]), sigma.unwrap_or_default())
    };
    let numbers: Vec<String> = dims.into_iter().filter(|dim| *dim < looked.mu.len()).map(number).collect();
    numbers
        .iter()
        .enumerate()
        .for_each(|(i, text)| line(painter, place, (i, Align2::CENTER_CENTER), text, cx.theme.text));
    numbers
}

/// What the input is: its class and number.
fn name_input(painter: &Painter, place: Rect, input: Input, cx: &Cx<'_>) {
    let sample = match input {
        Input::Sample(sample) => sample,
        Input::Query => {
            let words = match cx.session.spec().query {
                Some(Query::Sample(sample)) => return name_input(painter, place, Input::Sample(sample), cx),
                Some(Query::Text(_)) => ["what was", "typed"],
                _ => ["not in", "the data"],
            };
            for (i, words) in words.into_iter().enumerate() {
                line(painter, place, (i, Align2::LEFT_CENTER), words, cx.theme.weak);
            }
            return;
        }
    };
    let train = cx.session.data().map(|data| &data.train);
    let labels = train.and_then(|train| train.labels());
    let class = labels.and_then(|labels| Some((labels, usize::from(*labels.of.get(sample as usize)?))));
    if let Some((labels, class)) = class {
        let below = lines(place, 0);
        mark_of(painter, pos2(below.left() + 4.0, below.center().y), class, cx);
        let name = labels.names.get(class).map_or("", String::as_str);
        let beside = Rect::from_min_max(below.min + vec2(12.0, 0.0), below.max);
        cut_text(painter, beside, name, theme::small(), cx.theme.text);
    }
    let words = format!("no. {}", number::count(u64::from(sample)));
    line(painter, place, (usize::from(class.is_some()), Align2::LEFT_CENTER), &words, cx.theme.weak);
}

/// The room of a line under a place, by its number.
fn lines(place: Rect, i: usize) -> Rect {
    Rect::from_min_size(place.left_bottom() + vec2(0.0, 4.0 + i as f32 * LINE), vec2(place.width(), LINE))
}

/// A line of what is said under a place, by its number and where it stands.
fn line(painter: &Painter, place: Rect, (i, align): (usize, Align2), text: &str, colour: Color32) {
    painter.text(align.pos_in_rect(&lines(place, i)), align, text, theme::small(), colour);
}
