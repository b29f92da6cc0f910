//! A Gaussian over codes as it is seen on a plane: an ellipse.

use super::plane::Plane;
use ndarray::ArrayView2;

/// Where a Gaussian's marginal on a plane has its centre, and how far one standard deviation reaches, in plot
/// coordinates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ellipse {
    /// The mean.
    pub centre: [f32; 2],
    /// The two half axes at 1 σ, at right angles, the longer first.
    pub half_axes: [[f32; 2]; 2],
}

impl Ellipse {
    /// The marginal of N(`mean`, `covariance`) on a plane whose directions are orthonormal; `covariance` is
    /// [latent_dim, latent_dim].
    pub fn of(mean: &[f32], covariance: ArrayView2<f32>, plane: &Plane) -> Self {
        let along = |a: &[f32], b: &[f32]| -> f64 {
            let row = |i: usize| -> f64 {
                b.iter().enumerate().map(|(j, b)| f64::from(covariance[[i, j]]) * f64::from(*b)).sum()
            };
            a.iter().enumerate().filter(|(_, a)| **a != 0.0).map(|(i, a)| f64::from(*a) * row(i)).sum()
        };
        let (xx, xy, yy) = (along(&plane.u, &plane.u), along(&plane.u, &plane.v), along(&plane.v, &plane.v));
        let (middle, half) = ((xx + yy) / 2.0, (xx - yy) / 2.0);
        let reach = half.hypot(xy);
        // The longer axis stands at half the angle of (half, xy).
        let (sin, cos) = (0.5 * xy.atan2(half)).sin_cos();
        let [long, short] = [middle + reach, middle - reach].map(|variance| variance.max(0.0).sqrt());
        let axis = |length: f64, [x, y]: [f64; 2]| [(length * x) as f32, (length * y) as f32];
        Self { centre: plane.plot_from_z(mean), half_axes: [axis(long, [cos, sin]), axis(short, [-sin, cos])] }
    }

    /// The point of the ellipse at `n_sigma` standard deviations, at an angle in radians from the longer
    /// axis.
    pub fn at(&self, n_sigma: f32, angle: f32) -> [f32; 2] {
        let (sin, cos) = angle.sin_cos();
        let [long, short] = self.half_axes;
        [0, 1].map(|i| self.centre[i] + n_sigma * (cos * long[i] + sin * short[i]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn it_is_the_marginal_of_the_drawn_dimensions() {
        // Along the diagonal of dimensions 2 and 0 the variance is 5, across it 1; dimension 1 is not drawn.
        let covariance = array![[3.0f32, 9.0, 2.0], [9.0, 50.0, 9.0], [2.0, 9.0, 3.0]];
        let ellipse = Ellipse::of(&[1.0, 7.0, -2.0], covariance.view(), &Plane::axes(&[0.0; 3], 2, 0));
        assert_eq!(ellipse.centre, [-2.0, 1.0]);
        let [long, short] = ellipse.half_axes.map(|[x, y]| x.hypot(y));
        assert!((long - 5f32.sqrt()).abs() < 1e-5 && (short - 1.0).abs() < 1e-5);
        let [x, y] = ellipse.half_axes[0];
        assert!((x - y).abs() < 1e-5, "the longer axis lies on the diagonal: {x} {y}");
        let far = ellipse.at(2.0, 0.0);
        assert!((far[0] + 2.0 - 2.0 * x).abs() < 1e-5 && (far[1] - 1.0 - 2.0 * y).abs() < 1e-5);
    }

    #[test]
    fn a_ball_is_a_circle() {
        let ellipse =
            Ellipse::of(&[0.0, 0.0], array![[4.0f32, 0.0], [0.0, 4.0]].view(), &Plane::axes(&[0.0; 2], 0, 1));
        for angle in [0.0, 0.7, 2.0, 4.0] {
            let [x, y] = ellipse.at(1.0, angle);
            assert!((x.hypot(y) - 2.0).abs() < 1e-5);
        }
    }
}
