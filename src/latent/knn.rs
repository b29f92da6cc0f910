//! How well codes alone tell the classes apart: the vote of the nearest ones.

use ndarray::ArrayView2;
use rayon::prelude::*;

/// The share of `codes` [n, d] whose class in `of` is the vote of the `k` nearest `references` [m, d], of
/// classes `known`.
///
/// Distances are Euclidean; the nearest decides a tie. Runs on the surrounding pool.
pub fn knn_accuracy(
    references: ArrayView2<f32>,
    known: &[u16],
    codes: ArrayView2<f32>,
    of: &[u16],
    k: usize,
) -> f64 {
    let is_right = |(code, &class): (ndarray::ArrayView1<f32>, &u16)| {
        let mut best: Vec<(f32, u16)> = Vec::with_capacity(k + 1);
        for (reference, &class) in references.rows().into_iter().zip(known) {
            let distance: f32 = reference.iter().zip(code).map(|(a, b)| (a - b) * (a - b)).sum();
            if best.len() == k && best[k - 1].0 <= distance {
                continue;
            }
            let place = best.partition_point(|other| other.0 <= distance);
            best.insert(place, (distance, class));
            best.truncate(k);
        }
        vote(best.iter().map(|&(_, class)| class)) == Some(class)
    };
    let rows: Vec<_> = codes.rows().into_iter().zip(of).collect();
    let n_right = rows.into_par_iter().filter(|&(code, class)| is_right((code, class))).count();
    n_right as f64 / of.len().max(1) as f64
}

/// What most say; of classes with as many votes the one that comes first.
pub fn vote(votes: impl Iterator<Item = u16> + Clone) -> Option<u16> {
    let count = |class: u16| votes.clone().filter(|&vote| vote == class).count();
    let most = votes.clone().map(count).max()?;
    votes.clone().find(|&class| count(class) == most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn neighbours_vote_and_the_nearest_decides_a_tie() {
        assert_eq!(vote([3, 5, 5, 3, 5].into_iter()), Some(5));
        assert_eq!(vote([3, 5, 5, 3, 1].into_iter()), Some(3));
        assert_eq!(vote(std::iter::empty()), None);
        let references = array![[0.0f32, 0.0], [0.1, 0.0], [5.0, 5.0], [5.1, 5.0], [0.0, 0.2]];
        let codes = array![[0.0f32, 0.05], [5.0, 5.2], [2.0, 2.0]];
        let known = [7, 7, 2, 2, 2];
        assert_eq!(knn_accuracy(references.view(), &known, codes.view(), &[7, 2, 7], 3), 1.0);
        assert_eq!(knn_accuracy(references.view(), &known, codes.view(), &[7, 2, 2], 3), 2.0 / 3.0);
    }

    #[test]
    fn of_references_equally_far_the_first_ones_vote() {
        let references = array![[0.0f32, 1.0], [0.0, -1.0], [1.0, 0.0], [-1.0, 0.0]];
        let codes = array![[0.0f32, 0.0]];
        for (k, class) in [(1, 7), (2, 7), (3, 2)] {
            let accuracy = knn_accuracy(references.view(), &[7, 2, 2, 5], codes.view(), &[class], k);
            assert_eq!(accuracy, 1.0, "{k} neighbours");
        }
    }
}
