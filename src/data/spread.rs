//! Some of many, where all would take too long.

/// At most `most` of `n` places, spread evenly over them and in order: what is picked of data that are sorted
/// is of all their parts.
pub fn spread_evenly(n: usize, most: usize) -> impl ExactSizeIterator<Item = usize> {
    let kept = n.min(most);
    // Wide enough for any product of the two.
    (0..kept).map(move |i| (i as u128 * n as u128 / kept as u128) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_spread_from_the_first_on() {
        assert_eq!(spread_evenly(10, 4).collect::<Vec<_>>(), [0, 2, 5, 7]);
        assert_eq!(spread_evenly(3, 9).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!((spread_evenly(0, 9).len(), spread_evenly(9, 0).len()), (0, 0));
    }
}
