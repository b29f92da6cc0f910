//! Max pooling of rows and its reverse: the largest value of each window, and where in the window it was.
//!
//! A place counts the window's values row by row from 0, so that a window has at most 256. Windows of 2 × 2,
//! the usual ones, go through kernels of their own.

use super::Scalar;

/// Height and width of a pooling's windows, which lie edge to edge.
pub type Pool = [usize; 2];

/// The windows that have kernels of their own.
const USUAL: Pool = [2, 2];

/// Sets one row `y` and its `places` from as many rows of `row_len` values as the windows are high.
pub fn max_pool<S: Scalar>(rows: &[S], row_len: usize, pool: Pool, y: &mut [S], places: &mut [u8]) {
    if pool == USUAL {
        let (upper, lower) = rows.split_at(row_len);
        return S::max_pool(upper, lower, y, places);
    }
    for (column, (y, place)) in y.iter_mut().zip(places).enumerate() {
        let start = column * pool[1];
        (*y, *place) = (rows[start], 0);
        for at in 1..pool[0] * pool[1] {
            let x = rows[at / pool[1] * row_len + start + at % pool[1]];
            // The second condition lets NaN through, as in the kernel.
            if x > *y || x.is_nan() {
                (*y, *place) = (x, at as u8);
            }
        }
    }
}

/// Sets as many rows of `row_len` values as the windows are high: each value of one row `y` at its place,
/// zeros elsewhere in its window. What lies beyond the last window stays.
pub fn put_back<S: Scalar>(y: &[S], places: &[u8], pool: Pool, rows: &mut [S], row_len: usize) {
    if pool == USUAL {
        let (upper, lower) = rows.split_at_mut(row_len);
        return S::put_back(y, places, upper, lower);
    }
    for i in 0..pool[0] {
        rows[i * row_len..][..y.len() * pool[1]].fill(S::zero());
    }
    for (column, (&y, &place)) in y.iter().zip(places).enumerate() {
        rows[index_of(place, column, pool, row_len)] = y;
    }
}

/// Where in rows of `row_len` values the place of a window lies.
pub fn index_of(place: u8, column: usize, pool: Pool, row_len: usize) -> usize {
    let place = usize::from(place);
    place / pool[1] * row_len + column * pool[1] + place % pool[1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_of_each_window_and_back() {
        // Two windows of each shape, and a column left over.
        for (pool, want_y, want_places) in
            [([2, 2], [8.0, 7.0], [3, 2]), ([1, 2], [4.0, 5.0], [1, 1]), ([3, 1], [9.0, 8.0], [2, 1])]
        {
            let rows = [[1.0, 4.0, 2.0, 5.0, 0.0], [6.0, 8.0, 7.0, 3.0, 0.0], [9.0, 1.0, 2.0, 3.0, 0.0]];
            let (rows, mut y, mut places) = (rows.as_flattened(), [f64::NAN; 2], [9u8; 2]);
            max_pool(rows, 5, pool, &mut y, &mut places);
            assert_eq!((y, places), (want_y, want_places), "{pool:?}");
            let mut back = [f64::NAN; 15];
            put_back(&y, &places, pool, &mut back, 5);
            for (column, (&y, &place)) in y.iter().zip(&places).enumerate() {
                let at = index_of(place, column, pool, 5);
                assert_eq!((rows[at], back[at]), (y, y), "{pool:?}");
            }
            let n_zeros = back.iter().filter(|&&x| x == 0.0).count();
            assert_eq!(n_zeros, 2 * pool[0] * pool[1] - 2, "zeros elsewhere in the windows of {pool:?}");
        }
    }

    #[test]
    fn nan_shows() {
        let (mut y, mut places) = ([0.0f32], [0]);
        for pool in [[2, 2], [1, 3]] {
            max_pool(&[1.0, f32::NAN, 2.0, 3.0], 2, pool, &mut y, &mut places);
            // The last of several stays; what counts is that one does.
            assert!(y[0].is_nan() || y[0] >= 2.0);
        }
    }
}
