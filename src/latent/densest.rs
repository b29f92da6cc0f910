//! Where the points of each class crowd, which is where its name is read best.

/// Most classes that are named; more names would hide the points.
const MAX_NAMED: usize = 30;
/// Points of a class that are looked at for the densest place.
const MAX_LOOKED_AT: usize = 4096;
/// Places along each axis between which the densest is chosen.
const CELLS: usize = 24;

/// The densest place of each of `n_classes` classes; none for a class without points, and no places at all
/// for more classes than can be named.
///
/// `class_of` says the class of a point by its number, if it has one.
pub fn densest(
    points: &[[f32; 2]],
    class_of: impl Fn(usize) -> Option<u16>,
    n_classes: usize,
) -> Vec<Option<[f32; 2]>> {
    if n_classes > MAX_NAMED {
        return Vec::new();
    }
    let mut of_class: Vec<Vec<[f32; 2]>> = vec![Vec::new(); n_classes];
    for (i, point) in points.iter().enumerate() {
        if let Some(list) = class_of(i).and_then(|class| of_class.get_mut(usize::from(class)))
            && list.len() < MAX_LOOKED_AT
        {
            list.push(*point);
        }
    }
    of_class.iter().map(|points| densest_place(points)).collect()
}

/// The mean of the points in the fullest of some cells, which overlap by half so that no border cuts a crowd
/// in two.
fn densest_place(points: &[[f32; 2]]) -> Option<[f32; 2]> {
    let first = *points.first()?;
    let (mut low, mut high) = (first, first);
    for point in points {
        for axis in 0..2 {
            low[axis] = low[axis].min(point[axis]);
            high[axis] = high[axis].max(point[axis]);
        }
    }
    let cell = |point: &[f32; 2], axis: usize| {
        let share = (point[axis] - low[axis]) / (high[axis] - low[axis]).max(1e-9);
        ((share * CELLS as f32) as usize).min(CELLS - 1)
    };
    let mut counts = vec![0u32; CELLS * CELLS];
    for point in points {
        counts[cell(point, 1) * CELLS + cell(point, 0)] += 1;
    }
    let at = |x: usize, y: usize| counts[y.min(CELLS - 1) * CELLS + x.min(CELLS - 1)];
    let around = |x: usize, y: usize| {
        let near = |at: usize| at.saturating_sub(1)..=(at + 1).min(CELLS - 1);
        near(y).flat_map(|y| near(x).map(move |x| (x, y))).map(|(x, y)| at(x, y)).sum::<u32>()
    };
    let places = (0..CELLS).flat_map(|y| (0..CELLS).map(move |x| (x, y)));
    let (x, y) = places.max_by_key(|&(x, y)| around(x, y))?;
    let is_near = |point: &&[f32; 2]| cell(point, 0).abs_diff(x) <= 1 && cell(point, 1).abs_diff(y) <= 1;
    let (mut sum, mut n) = ([0.0; 2], 0.0);
    for point in points.iter().filter(is_near) {
        sum = [sum[0] + point[0], sum[1] + point[1]];
        n += 1.0;
    }
    (n > 0.0).then(|| [sum[0] / n, sum[1] / n])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crowd_gets_the_name_not_the_stragglers() {
        let crowd = (0..60).map(|i| [2.0 + 0.01 * (i % 8) as f32, -1.0 + 0.01 * (i / 8) as f32]);
        let stragglers = (0..40).map(|i| [-4.0 + 0.2 * i as f32, 3.0 - 0.15 * i as f32]);
        let points: Vec<[f32; 2]> = crowd.chain(stragglers).collect();
        let [x, y] = densest_place(&points).unwrap();
        assert!((x - 2.0).abs() < 0.4 && (y + 1.0).abs() < 0.4, "{x} {y}");
        assert_eq!(densest_place(&[]), None);
        assert_eq!(densest_place(&[[1.0, 2.0]]), Some([1.0, 2.0]));
    }

    #[test]
    fn each_class_has_its_own_place() {
        let points = [[0.0, 0.0], [5.0, 5.0], [0.0, 0.0], [9.0, 9.0]];
        let classes = [Some(0), Some(2), Some(0), None];
        assert_eq!(densest(&points, |i| classes[i], 3), [Some([0.0, 0.0]), None, Some([5.0, 5.0])]);
        assert!(densest(&points, |i| classes[i], MAX_NAMED + 1).is_empty());
    }
}
