//! The least of many measures, of which only so many are kept.

/// What has the least measures so far, least first; of equal ones what was seen first comes first.
///
/// A measure that is no number is not kept.
#[derive(Clone, Debug)]
pub struct Best<T> {
    found: Vec<(T, f32)>,
    k: usize,
}

impl<T> Best<T> {
    /// Room for `k`.
    pub fn new(k: usize) -> Self {
        // One more than is kept stands here while another takes its place. A caller may ask for more than
        // there are.
        Self { found: Vec::with_capacity(k.min(1024) + 1), k }
    }

    /// What a measure must be below to be kept.
    pub fn limit(&self) -> f32 {
        match self.found.last() {
            _ if self.k == 0 => f32::NEG_INFINITY,
            Some((_, most)) if self.found.len() == self.k => *most,
            _ => f32::INFINITY,
        }
    }

    /// Looks at one more.
    pub fn see(&mut self, what: T, measure: f32) {
        let has_room = self.found.len() < self.k && !measure.is_nan();
        if measure < self.limit() || has_room {
            let place = self.found.partition_point(|(_, other)| *other <= measure);
            self.found.insert(place, (what, measure));
            self.found.truncate(self.k);
        }
    }

    /// What was kept, least first.
    pub fn into_vec(self) -> Vec<(T, f32)> {
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_is_kept_without_room_nor_what_is_no_number() {
        let kept = |k: usize, measures: &[f32]| {
            let mut best = Best::new(k);
            measures.iter().enumerate().for_each(|(i, measure)| best.see(i, *measure));
            best.into_vec()
        };
        assert_eq!(kept(0, &[1.0, f32::NEG_INFINITY]), []);
        assert_eq!(kept(2, &[f32::NAN, 1.0, f32::NAN, 0.5]), [(3, 0.5), (1, 1.0)]);
        assert_eq!(kept(3, &[f32::INFINITY, 2.0]), [(1, 2.0), (0, f32::INFINITY)]);
    }

    proptest! {
        #[test]
        fn it_equals_sorting_them_all(measures in proptest::collection::vec(0u8..20, 0..60), k in 0usize..12) {
            let mut best = Best::new(k);
            let all: Vec<(usize, f32)> = measures.iter().map(|&m| f32::from(m)).enumerate().collect();
            all.iter().for_each(|(i, measure)| best.see(*i, *measure));
            let mut sorted = all;
            sorted.sort_by(|a, b| a.1.total_cmp(&b.1));
            sorted.truncate(k);
            prop_assert_eq!(best.into_vec(), sorted);
        }
    }
}
