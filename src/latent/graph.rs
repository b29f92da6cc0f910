//! The graph that joins each code with its nearest ones, and the shortest ways in it (Dijkstra 1959).
//!
//! A way along it goes from code to code and never where there are none, as those of Isomap do (Tenenbaum, de
//! Silva and Langford 2000). Edges are as long as the codes lie apart; nothing is asked of a decoder.

use super::path::at_even_lengths;
use crate::data::spread_evenly;
use ndarray::{Array2, ArrayView1, ArrayView2, Axis, concatenate};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Codes that a way may go through: of more, some, spread evenly, stand for all.
const MAX_CODES: usize = 4096;
/// Nearest codes that each is joined with, and how many at most where fewer join no way.
const NEAREST: [usize; 4] = [10, 20, 40, 80];

/// The way from one code to another through `codes` [n_codes, latent_dim], as codes that lie evenly along it
/// [`pieces` + 1, latent_dim]; none where no way leads there, or it is given up.
pub fn along_neighbours(
    codes: ArrayView2<f32>,
    [from, to]: [&[f32]; 2],
    pieces: usize,
    is_cancelled: &dyn Fn() -> bool,
) -> Option<Array2<f32>> {
    let rows: Vec<usize> = spread_evenly(codes.nrows(), MAX_CODES).collect();
    let n_used = rows.len();
    let ends = Array2::from_shape_fn((2, codes.ncols()), |(end, d)| [from, to][end][d]);
    let all = concatenate(Axis(0), &[codes.select(Axis(0), &rows).view(), ends.view()]).ok()?;
    let near = nearest_of_each(all.view(), NEAREST[NEAREST.len() - 1], is_cancelled)?;
    let find = |k: usize| NeighbourGraph::joining(&near, k).shortest(n_used, n_used + 1);
    let way = NEAREST.into_iter().take_while(|_| !is_cancelled()).find_map(find)?;
    let way = all.select(Axis(0), &way);
    let mut lengths = vec![0.0f64];
    for pair in way.axis_windows(Axis(0), 2) {
        let step = pair.row(0).iter().zip(pair.row(1)).map(|(a, b)| f64::from(b - a).powi(2)).sum::<f64>().sqrt();
        lengths.push(lengths[lengths.len() - 1] + step);
    }
    Some(at_even_lengths(way.view(), &lengths, pieces))
}

/// Of each row of `codes` [n_codes, latent_dim] its `k` nearest others with the squares of how far they lie,
/// nearest first; none where it is given up. Of codes equally far the first comes first.
fn nearest_of_each(
    codes: ArrayView2<f32>,
    k: usize,
    is_cancelled: &dyn Fn() -> bool,
) -> Option<Vec<Vec<(f32, u32)>>> {
    let by_distance = |a: &(f32, u32), b: &(f32, u32)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
    let mut others: Vec<(f32, u32)> = Vec::with_capacity(codes.nrows());
    let of = |(i, code): (usize, ArrayView1<f32>)| {
        if i % 64 == 0 && is_cancelled() {
            return None;
        }
        let distance =
            |other: ArrayView1<f32>| -> f32 { other.iter().zip(code).map(|(a, b)| (a - b) * (a - b)).sum() };
        others.clear();
        let all = codes.rows().into_iter().enumerate().filter(|(j, _)| *j != i);
        others.extend(all.map(|(j, other)| (distance(other), j as u32)));
        if k < others.len() {
            others.select_nth_unstable_by(k, by_distance);
            others.truncate(k);
        }
        others.sort_unstable_by(by_distance);
        Some(others.clone())
    };
    codes.rows().into_iter().enumerate().map(of).collect()
}

/// Codes joined with their nearest ones, both ways.
#[derive(Clone, Debug, PartialEq)]
struct NeighbourGraph {
    /// Of each code, the others it is joined with and how far they lie.
    edges: Vec<Vec<(u32, f32)>>,
}

impl NeighbourGraph {
    /// Joins each code with the first `k` of those that are `near` it, nearest first.
    fn joining(near: &[Vec<(f32, u32)>], k: usize) -> Self {
        let mut edges: Vec<Vec<(u32, f32)>> = vec![Vec::new(); near.len()];
        for (i, near) in near.iter().enumerate() {
            for &(squared, j) in near.iter().take(k) {
                edges[i].push((j, squared.sqrt()));
                edges[j as usize].push((i as u32, squared.sqrt()));
            }
        }
        Self { edges }
    }

    /// The shortest way from one code to another, as the codes it goes through; none where none leads there.
    fn shortest(&self, from: usize, to: usize) -> Option<Vec<usize>> {
        let n = self.edges.len();
        let mut least = vec![f64::INFINITY; n];
        let mut before = vec![usize::MAX; n];
        let mut next = BinaryHeap::from([(Reverse(Length(0.0)), from)]);
        *least.get_mut(from)? = 0.0;
        while let Some((Reverse(Length(length)), at)) = next.pop() {
            if at == to {
                break;
            }
            if length > least[at] {
                continue;
            }
            for &(other, edge) in &self.edges[at] {
                let (other, longer) = (other as usize, length + f64::from(edge));
                if longer < least[other] {
                    (least[other], before[other]) = (longer, at);
                    next.push((Reverse(Length(longer)), other));
                }
            }
        }
        let mut way = vec![to];
        while *way.last()? != from {
            way.push(before.get(*way.last()?).copied().filter(|code| *code != usize::MAX)?);
        }
        way.reverse();
        Some(way)
    }
}

/// A length, in the order of its size.
#[derive(Clone, Copy, PartialEq)]
struct Length(f64);

impl Eq for Length {}

impl PartialOrd for Length {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Length {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn never() -> bool {
        false
    }

    impl NeighbourGraph {
        /// Joins each row of `codes` [n_codes, latent_dim] with its `k` nearest; none where it is given up.
        fn new(codes: ArrayView2<f32>, k: usize, is_cancelled: &dyn Fn() -> bool) -> Option<Self> {
            nearest_of_each(codes, k, is_cancelled).map(|near| Self::joining(&near, k))
        }
    }

    /// Length of the shortest way, by looking at all codes again and again.
    fn dijkstra(codes: &Array2<f32>, k: usize, from: usize, to: usize) -> f64 {
        let n = codes.nrows();
        let apart = |i: usize, j: usize| {
            let squares =
                codes.row(i).iter().zip(codes.row(j)).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>();
            squares.sqrt()
        };
        let nearest = |i: usize| {
            let mut others: Vec<usize> = (0..n).filter(|j| *j != i).collect();
            others.sort_by(|&a, &b| apart(i, a).total_cmp(&apart(i, b)));
            others.truncate(k);
            others
        };
        let near: Vec<Vec<usize>> = (0..n).map(nearest).collect();
        let (mut least, mut is_done) = (vec![f64::INFINITY; n], vec![false; n]);
        least[from] = 0.0;
        for _ in 0..n {
            let open = (0..n).filter(|i| !is_done[*i]).min_by(|&a, &b| least[a].total_cmp(&least[b])).unwrap();
            is_done[open] = true;
            for other in 0..n {
                if near[open].contains(&other) || near[other].contains(&open) {
                    least[other] = least[other].min(least[open] + apart(open, other));
                }
            }
        }
        least[to]
    }

    fn length(codes: &Array2<f32>, way: &[usize]) -> f64 {
        let step = |pair: &[usize]| {
            let (a, b) = (codes.row(pair[0]), codes.row(pair[1]));
            a.iter().zip(b).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>().sqrt()
        };
        way.windows(2).map(step).sum()
    }

    #[test]
    fn ways_are_as_short_as_those_of_a_plain_dijkstra() {
        // A crescent, so that the straight line leaves the codes.
        let codes = Array2::from_shape_fn((90, 3), |(i, d)| {
            let (angle, off) = (i as f32 * 0.05, ((i * 37) % 11) as f32 * 0.02);
            [angle.cos() * 3.0 + off, angle.sin() * 3.0 - off, off][d]
        });
        for k in [2, 4, 10] {
            let graph = NeighbourGraph::new(codes.view(), k, &never).unwrap();
            for (from, to) in [(0, 89), (3, 40), (70, 12)] {
                let want = dijkstra(&codes, k, from, to);
                match graph.shortest(from, to) {
                    Some(way) => {
                        assert_eq!((way[0], way[way.len() - 1]), (from, to));
                        assert!((length(&codes, &way) - want).abs() < 1e-4, "{k} {from} {to}");
                    }
                    None => assert_eq!(want, f64::INFINITY),
                }
            }
        }
    }

    #[test]
    fn a_way_runs_evenly_along_the_crescent_and_not_across_it() {
        let codes = Array2::from_shape_fn((300, 2), |(i, d)| {
            let angle = i as f32 * std::f32::consts::PI / 299.0;
            2.0 * [angle.cos(), angle.sin()][d]
        });
        let way = along_neighbours(codes.view(), [&[2.1, 0.0], &[-2.1, 0.0]], 48, &never).unwrap();
        assert_eq!((way.row(0).to_vec(), way.row(48).to_vec()), (vec![2.1, 0.0], vec![-2.1, 0.0]));
        assert!(way.rows().into_iter().all(|z| (1.9..2.2).contains(&z[0].hypot(z[1]))), "it stays with the codes");
        let steps: Vec<f64> = (0..48).map(|i| length(&way, &[i, i + 1])).collect();
        let mean = steps.iter().sum::<f64>() / 48.0;
        assert!(steps.iter().all(|step| (step / mean - 1.0).abs() < 0.1), "{steps:?}");
        let same = along_neighbours(codes.view(), [&[2.0, 0.0], &[2.0, 0.0]], 4, &never).unwrap();
        assert!(same.rows().into_iter().all(|z| z[0] == 2.0 && z[1] == 0.0));
        assert!(along_neighbours(codes.view(), [&[2.0, 0.0], &[0.0, 2.0]], 4, &|| true).is_none());
    }

    #[test]
    fn parts_that_nothing_joins_have_no_way_and_a_code_leads_to_itself() {
        let codes = array![[0.0f32, 0.0], [0.1, 0.3], [9.0, 0.0], [9.1, 0.3]];
        let graph = NeighbourGraph::new(codes.view(), 1, &never).unwrap();
        assert_eq!(graph.shortest(0, 1), Some(vec![0, 1]));
        assert_eq!((graph.shortest(0, 2), graph.shortest(2, 2)), (None, Some(vec![2])));
        assert_eq!(NeighbourGraph::new(codes.view(), 9, &never).unwrap().shortest(0, 3), Some(vec![0, 3]));
        assert_eq!(NeighbourGraph::new(codes.view(), 1, &|| true), None);
    }
}
