//! What a sample of a model from elsewhere may be: a picture of some size, or a row of numbers.

use super::chain::Chain;
use super::layers::Layer;
use crate::data::{Dataset, SampleKind};
use crate::store::brought::dense_candidates;

/// Sides that pictures often have, the commonest first.
const USUAL_SIDES: [usize; 9] = [28, 32, 64, 128, 96, 48, 224, 256, 16];
/// Most shapes that are offered.
const MAX_OFFERED: usize = 6;

/// The kinds of sample that a model may be for, the likeliest first: those of the open data, pictures of
/// usual sizes, numbers.
pub fn candidates(chain: &Chain, halving: Halving, data: Option<&Dataset>) -> Vec<SampleKind> {
    let all = match chain.convolutions().len() {
        0 => dense_candidates(n_features(chain), data),
        _ => {
            let channels = chain.enlarging().last().map_or(0, |layer| layer.n_out());
            let others = 1..=1024;
            let sides = USUAL_SIDES.into_iter().chain(others);
            let squares = sides.map(|side| SampleKind::square(channels, side));
            data.map(|data| data.kind().clone()).into_iter().chain(squares).collect()
        }
    };
    let mut fitting: Vec<SampleKind> = Vec::new();
    for kind in all {
        if fits(chain, halving, &kind) && fitting.iter().all(|other| other.written() != kind.written()) {
            fitting.push(kind);
        }
        if fitting.len() == MAX_OFFERED {
            break;
        }
    }
    fitting
}

/// Numbers of a sample of a dense model.
fn n_features(chain: &Chain) -> usize {
    chain.decoder.last().map_or(0, |layer| layer.n_out())
}

/// How a chain's convolutions halve the sides of maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Halving {
    /// By pooling, or there are none.
    Pool,
    /// By strides of two pixels.
    Stride,
}

/// Whether a model may be for such samples, as far as its layers say.
pub fn fits(chain: &Chain, halving: Halving, kind: &SampleKind) -> bool {
    let stages = chain.convolutions();
    let Some(last) = stages.last() else { return kind.is_dense() && kind.n_features() == n_features(chain) };
    let Some([channels, height, width]) = kind.sides() else { return false };
    // Half a side is rounded up by kernels of an odd side, down by those of an even one and by pooling.
    let rounds_up = |layer: &Layer| layer.shape[2] % 2 == 1;
    let halved = |side: usize| {
        stages.iter().zip(chain.enlarging().iter().rev()).try_fold(side, |side, (down, up)| {
            let half = |up: bool| if up { side.div_ceil(2) } else { side / 2 };
            let down = half(halving == Halving::Stride && rounds_up(down));
            // What the decoder makes of it must be as large as it was.
            (side > 1 && half(up.is_transposed && rounds_up(up)) == down).then_some(down)
        })
    };
    let cells = halved(height).zip(halved(width)).map_or(0, |(height, width)| height * width);
    let reads = chain.trunk.get(stages.len()).map_or_else(|| chain.heads.first().n_in(), |layer| layer.n_in());
    cells > 0
        && reads == last.n_out() * cells
        && chain.enlarging().last().is_some_and(|layer| layer.n_out() == channels)
}
