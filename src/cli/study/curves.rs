//! The table of a study as curves, for studies whose rows are steps along an axis: each column's means with
//! bars as high as its seeds differ. A row without a place is a level that the others are held against.

use super::mean_and_spread;
use super::table::Row;
use crate::picture::figure::{Panel, PanelLine, Sheet, Tone};

/// From such a ratio of the last place to the first on, places stand in equal steps of their logarithm.
const IN_LOGARITHMS: f64 = 20.0;
/// Height over width.
const SHAPE: f32 = 0.62;

/// Draws the rows over their places. `measured` says what is upwards, `across` what the places are of.
pub fn curves(measured: &str, across: &str, columns: &[&str], rows: &[Row]) -> Sheet {
    let placed: Vec<(f64, &str, &Row)> =
        rows.iter().filter_map(|row| row.place.as_ref().map(|(place, name)| (*place, &**name, row))).collect();
    let [first, last] = [placed.first(), placed.last()].map(|end| end.map_or(0.0, |(place, ..)| *place));
    let is_log = first > 0.0 && last / first >= IN_LOGARITHMS;
    let along = |place: f64| if is_log { place.log10() } else { place };
    let (mut lines, mut dots) = (Vec::new(), Vec::new());
    for (column, name) in columns.iter().enumerate() {
        let tone = Tone::Class(column);
        let of: Vec<[f64; 3]> =
            placed.iter().filter_map(|(place, _, row)| found(along(*place), row, column)).collect();
        let means: Vec<[f64; 2]> = of.iter().map(|[x, mean, _]| [*x, *mean]).collect();
        for [x, mean, spread] in of.into_iter().filter(|[.., spread]| *spread > 0.0) {
            lines.push(PanelLine::new("", vec![[x, mean - spread], [x, mean + spread]], tone));
        }
        lines.push(PanelLine::new(*name, means.clone(), tone));
        dots.push((tone, means));
    }
    let [from, to] = [first, last].map(along);
    let beside = if to > from { 0.03 * (to - from) } else { 0.5 };
    let x = [from - beside, to + beside];
    for row in rows.iter().filter(|row| row.place.is_none()) {
        let Some([_, level, _]) = found(0.0, row, 0) else { continue };
        lines.push(PanelLine::new(&*row.name, x.map(|x| [x, level]).to_vec(), Tone::Text).dashed());
    }
    let x_named = placed.iter().map(|(place, name, _)| (along(*place), (*name).to_owned())).collect();
    let seen = Panel { title: measured.into(), x, x_name: across.into(), x_named, ..Panel::default() };
    let panel = Panel { y: heights(&lines), lines, dots, ..seen };
    Sheet { rows: vec![(1.0, vec![panel])], notes: Vec::new(), shape: Some(SHAPE) }
}

/// A place with the mean there and how far seeds differ from it; none where nothing was measured.
fn found(x: f64, row: &Row, column: usize) -> Option<[f64; 3]> {
    let (mean, spread) = mean_and_spread(row.values.get(column)?);
    mean.is_finite().then_some([x, mean, spread])
}

/// What is seen upwards: all of it with a little room, from 0 where that is not far.
fn heights(lines: &[PanelLine]) -> [f64; 2] {
    let all: Vec<f64> = lines.iter().flat_map(|line| line.points.iter().map(|[_, y]| *y)).collect();
    let Some([low, high]) = super::table::range(&all) else { return [0.0, 1.0] };
    let room = 0.06 * (high - low).max(1e-3 * high.abs().max(1.0));
    let low = if low >= 0.0 && low < 0.5 * high { 0.0 } else { low - room };
    [low, high + room]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(place: Option<f64>, values: &[&[f64]]) -> Row {
        let place = place.map(|place| (place, place.to_string()));
        Row { name: "all".into(), place, values: values.iter().map(|of| of.to_vec()).collect() }
    }

    #[test]
    fn means_lie_in_their_spread_over_places_and_levels_go_all_the_way() {
        let rows = [
            row(Some(10.0), &[&[60.0, 70.0], &[50.0, 50.0]]),
            row(Some(100.0), &[&[30.0, 30.0], &[f64::NAN, 20.0]]),
            row(Some(1000.0), &[&[10.0, 12.0], &[8.0, 8.0]]),
            row(None, &[&[5.0], &[9.0]]),
        ];
        let sheet = curves("Error, %", "labels", &["plain", "tuned"], &rows);
        let panel = sheet.panels().next().unwrap();
        assert_eq!(panel.x, [0.94, 3.06], "steps of a factor are as long as one another");
        assert_eq!(panel.x_named, [(1.0, "10".into()), (2.0, "100".into()), (3.0, "1000".into())]);
        let line = |name: &str| panel.lines.iter().find(|line| line.name == name).unwrap();
        assert_eq!(line("plain").points, [[1.0, 65.0], [2.0, 30.0], [3.0, 11.0]]);
        assert_eq!(line("tuned").points, [[1.0, 50.0], [3.0, 8.0]], "what was not measured is passed over");
        assert_eq!(line("all").points, [[0.94, 5.0], [3.06, 5.0]]);
        assert!(line("all").is_dashed && panel.y[0] == 0.0 && panel.y[1] > 72.0);
        let spread = 50f64.sqrt();
        assert_eq!(panel.lines[0].points, [[1.0, 65.0 - spread], [1.0, 65.0 + spread]]);
    }

    #[test]
    fn few_steps_stand_as_far_apart_as_they_are_and_heights_far_from_zero_leave_it_out() {
        let rows = [row(Some(1.5), &[&[-900.0]]), row(Some(3.0), &[&[-800.0]])];
        let sheet = curves("ln p", "words", &["a"], &rows);
        let panel = sheet.panels().next().unwrap();
        assert_eq!(panel.x_named, [(1.5, "1.5".into()), (3.0, "3".into())]);
        assert!(panel.y[0] < -900.0 && panel.y[1] > -800.0 && panel.y[1] < 0.0);
        // One step, and one value, still have a place.
        let sheet = curves("Error, %", "labels", &["a"], &[row(Some(10.0), &[&[0.0, 0.0]])]);
        let panel = sheet.panels().next().unwrap();
        assert!(panel.x[0] < panel.x[1] && panel.y[0] < panel.y[1], "{:?} {:?}", panel.x, panel.y);
    }
}
