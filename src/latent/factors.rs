//! How a dimension of the codes goes with a known factor: correlation, and what one says about the other.
//!
//! Information is estimated from a histogram of 20 bins a side, each of as many samples as the others;
//! values that are equal stay in one bin, so that a factor of few values has a bin for each. The gap is that
//! of Chen et al. 2018, "Isolating sources of disentanglement in variational autoencoders", equation 6.

/// Bins of a histogram.
const BINS: usize = 20;

/// How a dimension goes with a factor.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Association {
    /// Pearson's correlation, −1 to 1; 0 where either does not vary.
    pub pearson: f64,
    /// Spearman's: that of the ranks.
    pub spearman: f64,
    /// Mutual information as a share of the factor's entropy, 0 to 1.
    pub information: f64,
}

/// Values with all that is needed to hold them against others of the same samples.
pub struct Variable {
    values: Vec<f64>,
    ranks: Vec<f64>,
    bins: Vec<u8>,
}

impl Variable {
    /// Of values, one a sample; they must be finite.
    pub fn new(values: &[f32]) -> Self {
        let ranks = ranks(values);
        let bins = bins(&ranks);
        Self { values: values.iter().map(|&value| f64::from(value)).collect(), ranks, bins }
    }

    /// How a dimension goes with this factor, of the same samples.
    pub fn association(&self, dimension: &Self) -> Association {
        let entropy = mutual_information(&self.bins, &self.bins);
        let shared = mutual_information(&self.bins, &dimension.bins);
        Association {
            pearson: correlation(&self.values, &dimension.values),
            spearman: correlation(&self.ranks, &dimension.ranks),
            information: if entropy > 0.0 { (shared / entropy).clamp(0.0, 1.0) } else { 0.0 },
        }
    }
}

/// The mutual information gap of a factor: by how much the dimension that says most about it is ahead of the
/// one that says second most, as a share of the factor's entropy. 1 where one dimension alone holds it.
pub fn information_gap(of: &[Association]) -> f64 {
    let mut all: Vec<f64> = of.iter().map(|association| association.information).collect();
    all.sort_by(|a, b| b.total_cmp(a));
    all.first().copied().unwrap_or(0.0) - all.get(1).copied().unwrap_or(0.0)
}

/// Pearson's correlation of two lists of one length.
fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let n = a.len() as f64;
    let mean = |of: &[f64]| of.iter().sum::<f64>() / n;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(b) {
        let (a, b) = (a - mean_a, b - mean_b);
        ab += a * b;
        aa += a * a;
        bb += b * b;
    }
    if aa > 0.0 && bb > 0.0 { (ab / (aa * bb).sqrt()).clamp(-1.0, 1.0) } else { 0.0 }
}

/// Ranks from 0; equal values share the mean of theirs.
fn ranks(values: &[f32]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut begin = 0;
    for equal in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let rank = begin as f64 + (equal.len() - 1) as f64 / 2.0;
        equal.iter().for_each(|&i| ranks[i] = rank);
        begin += equal.len();
    }
    ranks
}

/// The bin of each rank.
fn bins(ranks: &[f64]) -> Vec<u8> {
    let n = ranks.len().max(1) as f64;
    let mut distinct: Vec<f64> = ranks.to_vec();
    distinct.sort_by(f64::total_cmp);
    distinct.dedup();
    let bin = |rank: f64| match distinct.len() <= BINS {
        true => distinct.partition_point(|&other| other < rank),
        false => (rank / n * BINS as f64) as usize,
    };
    ranks.iter().map(|&rank| bin(rank).min(BINS - 1) as u8).collect()
}

/// Σ p(a, b) ln p(a, b) / (p(a) p(b)), in nats, of two lists of bins; of one list with itself its entropy.
fn mutual_information(a: &[u8], b: &[u8]) -> f64 {
    let mut joint = [[0u32; BINS]; BINS];
    a.iter().zip(b).for_each(|(&a, &b)| joint[usize::from(a)][usize::from(b)] += 1);
    let n = f64::from(a.len().max(1) as u32);
    let of_a = joint.map(|row| f64::from(row.iter().sum::<u32>()) / n);
    let of_b: Vec<f64> = (0..BINS).map(|b| f64::from(joint.iter().map(|row| row[b]).sum::<u32>()) / n).collect();
    let mut sum = 0.0;
    for (row, p_a) in joint.iter().zip(of_a) {
        for (&count, p_b) in row.iter().zip(&of_b).filter(|(count, _)| **count > 0) {
            let p = f64::from(count) / n;
            sum += p * (p / (p_a * p_b)).ln();
        }
    }
    sum.max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Normal draws by a sum of twelve uniform ones.
    fn normal(n: usize, seed: u64) -> Vec<f32> {
        let mut state = seed;
        let mut uniform = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as f32 / (1u64 << 31) as f32
        };
        (0..n).map(|_| (0..12).map(|_| uniform()).sum::<f32>() - 6.0).collect()
    }

    fn of(factor: &[f32], dimension: &[f32]) -> Association {
        Variable::new(factor).association(&Variable::new(dimension))
    }

    #[test]
    fn correlations_equal_their_formulas_by_hand() {
        // Ranks 0, 1.5, 1.5, 3 against 0, 1, 2, 3.
        let found = of(&[1.0, 2.0, 2.0, 10.0], &[1.0, 2.0, 3.0, 4.0]);
        assert!((found.spearman - 4.5 / (4.5f64 * 5.0).sqrt()).abs() < 1e-12, "{found:?}");
        // Σ xy = 13.5 where Σ x² = 52.75 and Σ y² = 5, around the means 3.75 and 2.5.
        assert!((found.pearson - 13.5 / (52.75f64 * 5.0).sqrt()).abs() < 1e-12, "{found:?}");
        let turned = of(&[1.0, 2.0, 3.0], &[9.0, 4.0, 1.0]);
        assert!(turned.spearman == -1.0 && turned.pearson > -1.0 && turned.pearson < -0.98);
        assert_eq!(of(&[1.0, 1.0, 1.0], &[1.0, 2.0, 3.0]), Association::default(), "what does not vary");
    }

    #[test]
    fn information_is_all_of_a_copy_and_none_of_what_is_apart() {
        let (a, b) = (normal(20_000, 1), normal(20_000, 2));
        assert_eq!(of(&a, &a).information, 1.0);
        let cubed: Vec<f32> = a.iter().map(|x| -x * x * x).collect();
        assert_eq!((of(&a, &cubed).information, of(&a, &cubed).spearman), (1.0, -1.0), "a matter of order alone");
        // The bias of the estimate is 19² / 2n nats of ln 20.
        let apart = of(&a, &b).information;
        assert!((apart - 361.0 / 40_000.0 / 20f64.ln()).abs() < 2e-3, "{apart}");
        let square: Vec<f32> = a.iter().map(|x| x * x).collect();
        let found = of(&a, &square);
        assert!(
            found.pearson.abs() < 0.05 && found.information > 0.6,
            "seen where correlation is blind: {found:?}"
        );
    }

    #[test]
    fn information_of_normal_variables_is_that_of_the_closed_form() {
        let (a, noise) = (normal(200_000, 3), normal(200_000, 4));
        let rho = 0.8f32;
        let b: Vec<f32> = a.iter().zip(&noise).map(|(a, e)| rho * a + (1.0 - rho * rho).sqrt() * e).collect();
        let found = of(&a, &b);
        assert!((found.pearson - 0.8).abs() < 5e-3, "{found:?}");
        // 6/π asin(ρ/2).
        let spearman = 6.0 / std::f64::consts::PI * (0.4f64).asin();
        assert!((found.spearman - spearman).abs() < 5e-3, "{found:?} {spearman}");
        // −½ ln(1 − ρ²) nats; bins lose a few hundredths.
        let nats = found.information * 20f64.ln();
        assert!((nats - 0.5108).abs() < 0.04, "{nats}");
    }

    #[test]
    fn a_factor_of_few_values_has_a_bin_for_each() {
        let factor = [0.0, 0.0, 0.0, 1.0, 1.0, 5.0];
        assert_eq!(bins(&ranks(&factor)), [0, 0, 0, 1, 1, 2]);
        let entropy = mutual_information(&bins(&ranks(&factor)), &bins(&ranks(&factor)));
        let expected =
            -(0.5f64 * 0.5f64.ln() + (1.0 / 3.0) * (1.0f64 / 3.0).ln() + (1.0 / 6.0) * (1.0f64 / 6.0).ln());
        assert!((entropy - expected).abs() < 1e-12);
    }

    #[test]
    fn the_gap_is_between_the_two_that_say_most() {
        let says = |information| Association { information, ..Association::default() };
        assert!((information_gap(&[says(0.1), says(0.7), says(0.4)]) - 0.3).abs() < 1e-12);
        assert_eq!(information_gap(&[says(0.7)]), 0.7, "no other dimension says anything");
        assert_eq!(information_gap(&[]), 0.0);
    }
}
