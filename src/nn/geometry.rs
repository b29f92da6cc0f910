//! Where a convolution reads and writes: every kernel, stride and padding as sums of shifted runs.
//!
//! A convolution ties a *large* map to a *small* one: small[o](h, w) = Σ_c,i,j weight[o, c, i, j] ·
//! large[c](h·s + i − p, w·s + j − p). Read from large to small it is `conv2d`; its gradient, from small to
//! large, is the transposed convolution; and the gradient of the weights sums products of the two maps. The
//! large map is laid out zero-padded and, for a stride s, cut into s × s phases (every s-th row and column;
//! height and width may have strides of their own), so that under each tap of the kernel lies one contiguous
//! run. The small map is laid out with rows as wide as a phase's, zeros between them. Then all three are
//! [`Runs`] and [`Dots`] without copying a patch.

use super::Scalar;
use super::pool::{self, Pool};
use super::simd::{Dots, LANES, Runs};

/// Shape of one sample's feature maps, ordered channel, row, column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MapShape {
    /// Feature maps.
    pub channels: usize,
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
}

impl MapShape {
    /// Number of features.
    pub fn n_features(&self) -> usize {
        self.channels * self.height * self.width
    }

    /// The same maps, pooled; last rows and columns that fill no window fall away.
    pub fn pooled(&self, [height, width]: Pool) -> Self {
        Self { channels: self.channels, height: self.height / height, width: self.width / width }
    }
}

/// A kernel and how it moves; each pair is [height, width].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Sides of the kernel.
    pub kernel: [usize; 2],
    /// Rows and columns from one place to the next.
    pub stride: [usize; 2],
    /// Zeros around the large map: rows above and below, columns left and right.
    pub padding: [usize; 2],
    /// Parts that the channels fall into, each convolved by itself; as many as channels is depthwise.
    pub groups: usize,
}

impl Window {
    /// A square kernel, the same both ways, that sees all channels.
    pub fn square(kernel: usize, stride: usize, padding: usize) -> Self {
        Self { kernel: [kernel; 2], stride: [stride; 2], padding: [padding; 2], groups: 1 }
    }

    /// Values of the kernel for one map.
    pub fn n_taps(&self) -> usize {
        self.kernel[0] * self.kernel[1]
    }

    /// What a convolution of `large` to `channels` maps gives.
    pub fn small(&self, large: MapShape, channels: usize) -> MapShape {
        let side = |large: usize, i: usize| (large + 2 * self.padding[i] - self.kernel[i]) / self.stride[i] + 1;
        MapShape { channels, height: side(large.height, 0), width: side(large.width, 1) }
    }
}

/// A large and a small map and the runs that tie them.
#[derive(Clone, Debug)]
pub struct Geometry {
    /// What a convolution reads and a transposed one gives.
    pub large: MapShape,
    /// What a convolution gives and a transposed one reads.
    pub small: MapShape,
    /// How the one becomes the other.
    pub window: Window,
    /// Width of a phase of the padded large map, and so of a small map's rows with their gaps.
    phase_width: usize,
    phase_len: usize,
    /// Zeros before a laid-out small map, so that runs may begin before it.
    lead: usize,
    /// From one laid-out small map to the next.
    small_row: usize,
    /// Length of a run that yields a small map.
    down_len: usize,
    /// Where in a phase the runs that yield it begin, and their length.
    up_start: usize,
    up_len: usize,
    /// Begin of each term's run in the large map, for one group: terms are [channel, i, j] as in the weight.
    down_offsets: Vec<usize>,
    /// The same in the small map, a phase at a time.
    phases: Vec<Phase>,
}

/// The taps of the kernel that meet one phase of the large map.
#[derive(Clone, Debug)]
struct Phase {
    /// Taps by their place in the kernel.
    taps: Vec<usize>,
    /// Begin of each term's run in the small map, for one group: terms are [small channel, tap].
    offsets: Vec<usize>,
}

impl Geometry {
    /// The runs that tie `large` to `small`, whose sizes fit the window.
    pub fn new(large: MapShape, small: MapShape, window: Window) -> Self {
        let Window { kernel, stride, padding, groups } = window;
        let reach = |axis: usize| (kernel[axis] - 1) / stride[axis];
        let side = |large: usize, small: usize, axis: usize| {
            (small + reach(axis)).max((large - 1 + padding[axis]) / stride[axis] + 1)
        };
        let phase_width = side(large.width, small.width, 1);
        let phase_len = phase_width * side(large.height, small.height, 0);
        let lead = reach(0) * phase_width + reach(1);
        let down_len = ((small.height - 1) * phase_width + small.width).next_multiple_of(LANES);
        let first_row = padding[0] / stride[0];
        let n_rows = (large.height - 1 + padding[0]) / stride[0] - first_row + 1;
        let (up_start, up_len) = (first_row * phase_width, (n_rows * phase_width).next_multiple_of(LANES));
        let small_row = lead + down_len.max(up_start + up_len);

        let n_phases = stride[0] * stride[1];
        let shift = |i: usize, j: usize| (i / stride[0]) * phase_width + j / stride[1];
        let phase_of = |i: usize, j: usize| (i % stride[0]) * stride[1] + j % stride[1];
        let taps = || (0..window.n_taps()).map(|tap| (tap, tap / kernel[1], tap % kernel[1]));
        let down_offsets = (0..large.channels / groups)
            .flat_map(|c| taps().map(move |(_, i, j)| (c * n_phases + phase_of(i, j)) * phase_len + shift(i, j)))
            .collect();
        let phase = |number: usize| {
            let met: Vec<_> = taps().filter(|&(_, i, j)| phase_of(i, j) == number).collect();
            let offsets = (0..small.channels / groups)
                .flat_map(|o| met.iter().map(move |&(_, i, j)| o * small_row + lead + up_start - shift(i, j)))
                .collect();
            Phase { taps: met.iter().map(|met| met.0).collect(), offsets }
        };
        let phases = (0..n_phases).map(phase).collect();
        Self {
            large,
            small,
            window,
            phase_width,
            phase_len,
            lead,
            small_row,
            down_len,
            up_start,
            up_len,
            down_offsets,
            phases,
        }
    }

    /// Axes of the weight: [small channels, large channels of a group, kernel's height, kernel's width].
    pub fn weight_shape(&self) -> [usize; 4] {
        let Window { kernel, groups, .. } = self.window;
        [self.small.channels, self.large.channels / groups, kernel[0], kernel[1]]
    }

    /// Numbers that a laid-out large map takes; runs may end a little past it.
    pub fn large_len(&self) -> usize {
        self.large.channels * self.phases.len() * self.phase_len + LANES
    }

    /// Numbers that a laid-out small map takes.
    pub fn small_len(&self) -> usize {
        self.small.channels * self.small_row
    }

    /// Numbers that [`Self::down`] yields.
    pub fn down_len(&self) -> usize {
        self.small.channels * self.down_len
    }

    /// Numbers that [`Self::up`] yields.
    pub fn up_len(&self) -> usize {
        self.large.channels * self.phases.len() * self.up_len
    }

    /// Lays `x` out as a large map in `laid`, which is zero between its rows.
    pub fn lay_large<S: Scalar>(&self, x: &[S], laid: &mut [S]) {
        self.for_rows(|features, channel, phase, from, step| {
            let start = (channel * self.phases.len() + phase) * self.phase_len + from;
            let x = &x[features];
            if step == 1 {
                laid[start..start + x.len()].copy_from_slice(x);
            } else {
                laid[start..].iter_mut().zip(x.iter().step_by(step)).for_each(|(laid, &x)| *laid = x);
            }
        });
    }

    /// Takes a large map out of what [`Self::up`] yielded.
    pub fn take_large<S: Scalar>(&self, wide: &[S], y: &mut [S]) {
        self.for_rows(|features, channel, phase, from, step| {
            let start = (phase * self.large.channels + channel) * self.up_len + from - self.up_start;
            let y = &mut y[features];
            if step == 1 {
                y.copy_from_slice(&wide[start..start + y.len()]);
            } else {
                y.iter_mut().step_by(step).zip(&wide[start..]).for_each(|(y, &wide)| *y = wide);
            }
        });
    }

    /// Calls `work` for each part of a large map's rows that lies in one phase: its features, channel, phase,
    /// place in the phase, and step from one feature to the next.
    fn for_rows(&self, mut work: impl FnMut(std::ops::Range<usize>, usize, usize, usize, usize)) {
        let (Window { stride, padding, .. }, large) = (self.window, self.large);
        for (row, start) in (0..large.channels * large.height).zip((0..).step_by(large.width)) {
            let (channel, y) = (row / large.height, row % large.height + padding[0]);
            for first in 0..stride[1].min(large.width) {
                let x = first + padding[1];
                let phase = (y % stride[0]) * stride[1] + x % stride[1];
                let from = (y / stride[0]) * self.phase_width + x / stride[1];
                work(start + first..start + large.width, channel, phase, from, stride[1]);
            }
        }
    }

    /// Lays `x` out as a small map in `laid`, which is zero between its rows.
    pub fn lay_small<S: Scalar>(&self, x: &[S], laid: &mut [S]) {
        for (channel, x) in x.chunks_exact(self.small.height * self.small.width).enumerate() {
            let rows = laid[channel * self.small_row + self.lead..].chunks_mut(self.phase_width);
            rows.zip(x.chunks_exact(self.small.width)).for_each(|(laid, x)| laid[..x.len()].copy_from_slice(x));
        }
    }

    /// Lays out the gradient `dy` of a small map's maxima: each at the place where its maximum was, zeros at
    /// the others.
    pub fn lay_small_at_places<S: Scalar>(&self, dy: &[S], places: &[u8], pool: Pool, laid: &mut [S]) {
        let pooled = self.small.pooled(pool);
        for (row, (dy, places)) in dy.chunks_exact(pooled.width).zip(places.chunks_exact(pooled.width)).enumerate()
        {
            let (channel, y) = (row / pooled.height, row % pooled.height);
            let start = channel * self.small_row + self.lead + pool[0] * y * self.phase_width;
            pool::put_back(dy, places, pool, &mut laid[start..], self.phase_width);
        }
    }

    /// Takes a small map out of what [`Self::down`] yielded.
    pub fn take_small<S: Scalar>(&self, wide: &[S], y: &mut [S]) {
        let maps = y.chunks_exact_mut(self.small.height * self.small.width);
        for (y, wide) in maps.zip(wide.chunks_exact(self.down_len)) {
            let rows = y.chunks_exact_mut(self.small.width).zip(wide.chunks(self.phase_width));
            rows.for_each(|(y, wide)| y.copy_from_slice(&wide[..y.len()]));
        }
    }

    /// As [`Self::take_small`], but only the largest value of each window of a pooling, with its place.
    pub fn take_small_maxima<S: Scalar>(&self, wide: &[S], pool: Pool, y: &mut [S], places: &mut [u8]) {
        let pooled = self.small.pooled(pool);
        let rows = y.chunks_exact_mut(pooled.width).zip(places.chunks_exact_mut(pooled.width));
        for (row, (y, places)) in rows.enumerate() {
            let (channel, row) = (row / pooled.height, row % pooled.height);
            let start = channel * self.down_len + pool[0] * row * self.phase_width;
            pool::max_pool(&wide[start..], self.phase_width, pool, y, places);
        }
    }

    /// Large map, laid out, to small map: `wide` is taken out by [`Self::take_small`]. `bias` has one value a
    /// channel.
    pub fn down<S: Scalar>(&self, weight: &[S], bias: &[S], large: &[S], wide: &mut [S]) {
        let groups = self.window.groups;
        let large_group = self.large.channels / groups * self.phases.len() * self.phase_len;
        let (rows, n_weights) = (self.small.channels / groups, weight.len() / groups);
        for (group, out) in wide.chunks_exact_mut(rows * self.down_len).enumerate() {
            S::runs(Runs {
                weight: &weight[group * n_weights..][..n_weights],
                start: &bias[group * rows..][..rows],
                offsets: &self.down_offsets,
                x: &large[group * large_group..],
                len: self.down_len,
                out,
            });
        }
    }

    /// The weights in the order that [`Self::up`] reads them: [phase, group, large channel, small channel,
    /// tap].
    pub fn turn_weights<S: Scalar>(&self, weight: &[S], turned: &mut [S]) {
        let [n_small, n_large, ..] = self.weight_shape();
        let (groups, n_taps) = (self.window.groups, self.window.n_taps());
        let n_small = n_small / groups;
        let mut turned = turned.iter_mut();
        for phase in &self.phases {
            for (group, c, o) in (0..groups)
                .flat_map(|group| (0..n_large).flat_map(move |c| (0..n_small).map(move |o| (group, c, o))))
            {
                let start = ((group * n_small + o) * n_large + c) * n_taps;
                // The slice of taps comes first, so that no turned weight is drawn and lost when it ends.
                phase.taps.iter().zip(turned.by_ref()).for_each(|(tap, turned)| *turned = weight[start + tap]);
            }
        }
    }

    /// Small map, laid out, to large map: `wide` is taken out by [`Self::take_large`]. `bias` has one value a
    /// channel.
    pub fn up<S: Scalar>(&self, turned: &[S], bias: &[S], small: &[S], wide: &mut [S]) {
        let groups = self.window.groups;
        let rows = self.large.channels / groups;
        let mut weights = turned;
        for (phase, wide) in self.phases.iter().zip(wide.chunks_exact_mut(self.large.channels * self.up_len)) {
            for (group, out) in wide.chunks_exact_mut(rows * self.up_len).enumerate() {
                let (weight, rest) = weights.split_at(rows * phase.offsets.len());
                weights = rest;
                S::runs(Runs {
                    weight,
                    start: &bias[group * rows..][..rows],
                    offsets: &phase.offsets,
                    x: &small[group * self.small.channels / groups * self.small_row..],
                    len: self.up_len,
                    out,
                });
            }
        }
    }

    /// Sets `grads`, shaped as the weight, to the sum over samples of the products of small and large maps,
    /// laid out one sample after another.
    pub fn weight_grads<S: Scalar>(&self, small: &[S], large: &[S], n_samples: usize, grads: &mut [S]) {
        let groups = self.window.groups;
        let large_group = self.large.channels / groups * self.phases.len() * self.phase_len;
        let small_group = self.small.channels / groups * self.small_row;
        let n_weights = grads.len() / groups;
        for (group, out) in grads.chunks_exact_mut(n_weights).enumerate() {
            S::dots(Dots {
                y: &small[group * small_group + self.lead..],
                y_row: self.small_row,
                y_sample: self.small_len(),
                x: &large[group * large_group..],
                x_sample: self.large_len(),
                offsets: &self.down_offsets,
                n_samples,
                len: self.down_len,
                out,
            });
        }
    }
}
