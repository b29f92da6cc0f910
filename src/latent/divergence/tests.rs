use super::descent::{covered, descent, optima, step};
use super::*;

fn normal(mean: f64, sigma: f64) -> Normal {
    Normal { mean, sigma }
}

fn bumps() -> Mixture {
    Mixture::default()
}

/// ln (σ_b/σ_a) + (σ_a² + (μ_a − μ_b)²) / (2 σ_b²) − ½.
fn between(a: Normal, b: Normal) -> f64 {
    (b.sigma / a.sigma).ln() + (a.sigma.powi(2) + (a.mean - b.mean).powi(2)) / (2.0 * b.sigma.powi(2)) - 0.5
}

/// The trapezoidal rule on a fine even grid, which converges faster than any power for what fades at both
/// ends: densities in the plain, divergences as they are defined.
fn by_trapezoids(which: Divergence, p: &dyn Fn(f64) -> f64, q: &dyn Fn(f64) -> f64) -> f64 {
    let (n, low, high) = (8_000, -40.0, 40.0);
    let step = (high - low) / f64::from(n);
    let part = |a: f64, b: f64| if a > 0.0 && b > 0.0 { a * (a / b).ln() } else { 0.0 };
    let at = |x: f64| {
        let (p, q) = (p(x), q(x));
        match which {
            Divergence::Forward => part(p, q),
            Divergence::Reverse => part(q, p),
            Divergence::JensenShannon => 0.5 * (part(p, 0.5 * (p + q)) + part(q, 0.5 * (p + q))),
        }
    };
    (0..=n).map(|i| at(low + f64::from(i) * step)).sum::<f64>() * step
}

#[test]
fn divergences_of_two_gaussians_are_the_closed_form() {
    for (a, b) in [
        (normal(0.0, 1.0), normal(0.0, 1.0)),
        (normal(0.3, 0.8), normal(-1.1, 1.7)),
        (normal(4.0, 0.3), normal(-3.0, 2.0)),
        (normal(-2.0, 2.5), normal(1.0, 0.4)),
        (normal(0.0, 0.05), normal(0.1, 6.0)),
        (normal(6.0, 0.2), normal(-6.0, 0.2)),
    ] {
        for (found, exact) in
            [(Divergence::Forward.of(&a, &b), between(a, b)), (Divergence::Reverse.of(&a, &b), between(b, a))]
        {
            assert!((found - exact).abs() < 1e-10 * exact.max(1.0), "{a:?} {b:?}: {found} is not {exact}");
        }
    }
    let far = Divergence::JensenShannon.of(&normal(-30.0, 0.5), &normal(30.0, 1.0));
    assert!((far - std::f64::consts::LN_2).abs() < 1e-12, "{far}");
    assert!(Divergence::JensenShannon.of(&normal(1.0, 0.7), &normal(1.0, 0.7)).abs() < 1e-14);
}

#[test]
fn divergences_from_a_mixture_are_those_of_an_independent_quadrature() {
    let gauss = |x: f64, mean: f64, sigma: f64| {
        (-(x - mean).powi(2) / (2.0 * sigma * sigma)).exp() / (sigma * (2.0 * std::f64::consts::PI).sqrt())
    };
    let plain_p = |x: f64| 0.6 * gauss(x, -2.5, 0.5) + 0.4 * gauss(x, 2.5, 0.7);
    for q in [normal(0.0, 1.5), normal(-1.0, 2.2), normal(2.0, 1.1)] {
        let plain_q = |x: f64| gauss(x, q.mean, q.sigma);
        for which in Divergence::ALL {
            let (found, other) = (which.of(&bumps(), &q), by_trapezoids(which, &plain_p, &plain_q));
            assert!((found - other).abs() < 1e-10, "{which:?} {q:?}: {found} against {other}");
        }
    }
    // Shares count as parts of their sum.
    let mut heavier = bumps();
    heavier.bumps.iter_mut().for_each(|bump| bump.weight *= 5.0);
    let q = normal(0.0, 1.5);
    assert!((Divergence::Reverse.of(&heavier, &q) - Divergence::Reverse.of(&bumps(), &q)).abs() < 1e-13);
}

#[test]
fn gradients_are_those_of_differences() {
    let (p, h) = (bumps(), 1e-5);
    for q in [normal(0.4, 1.3), normal(-2.5, 0.5), normal(3.0, 3.0)] {
        for which in Divergence::ALL {
            let (value, [mean, log_sigma]) = which.with_gradient(&p, &q);
            assert!((value - which.of(&p, &q)).abs() < 1e-12);
            let by = |of: &dyn Fn(f64) -> Normal| (which.of(&p, &of(h)) - which.of(&p, &of(-h))) / (2.0 * h);
            let of_mean = by(&|h| normal(q.mean + h, q.sigma));
            let of_sigma = by(&|h: f64| normal(q.mean, q.sigma * h.exp()));
            for (exact, other) in [(mean, of_mean), (log_sigma, of_sigma)] {
                assert!((exact - other).abs() < 1e-7 * (1.0 + other.abs()), "{which:?} {q:?}: {exact} {other}");
            }
        }
    }
}

#[test]
fn one_descent_covers_and_the_other_picks() {
    let (p, start) = (bumps(), normal(0.8, 1.0));
    let ends = [Divergence::Forward, Divergence::Reverse].map(|which| {
        let trail = descent(which, &p, start, &|| false);
        let values: Vec<f64> = trail.iter().map(|q| which.of(&p, q)).collect();
        assert!(values.windows(2).all(|pair| pair[1] < pair[0]), "{which:?} never goes uphill");
        let end = trail[trail.len() - 1];
        assert!(step(which, &p, end).is_none() && trail.len() > 10, "{which:?} comes to rest by itself");
        end
    });
    let [mean, variance] = p.moments();
    assert!((ends[0].mean - mean).abs() < 1e-5 && (ends[0].sigma - variance.sqrt()).abs() < 1e-5, "{ends:?}");
    assert!((ends[1].mean - 2.5).abs() < 0.01 && (ends[1].sigma - 0.7).abs() < 0.01, "{ends:?}");
    assert!(covered(&p, &ends[0]) > 0.95 && (covered(&p, &ends[1]) - 0.4).abs() < 0.03, "{ends:?}");
}

#[test]
fn every_descent_comes_to_rest_where_the_gradient_is_none() {
    for which in Divergence::ALL {
        let trail = descent(which, &bumps(), normal(0.8, 1.0), &|| false);
        let end = trail[trail.len() - 1];
        let (_, gradient) = which.with_gradient(&bumps(), &end);
        assert!(trail.len() > 10 && gradient.iter().all(|part| part.abs() < 1e-5), "{which:?}: {gradient:?}");
        // Steps of JS, which curves a quarter as much, are four times as long, so that none takes for ever.
        assert!(trail.len() < 200, "{which:?}: {} steps", trail.len());
    }
}

#[test]
fn optima_are_the_moments_and_the_bumps() {
    let p = bumps();
    let [covering] = optima(Divergence::Forward, &p, &|| false)[..] else {
        panic!("one Gaussian has p's moments")
    };
    assert_eq!(
        [covering.mean, covering.sigma.powi(2)].map(|x| (1e9 * x).round()),
        p.moments().map(|x| (1e9 * x).round())
    );
    let picked = optima(Divergence::Reverse, &p, &|| false);
    assert_eq!(picked.len(), 2, "{picked:?}");
    assert!((picked[0].mean + 2.5).abs() < 0.01 && (picked[1].mean - 2.5).abs() < 0.01, "{picked:?}");
    // −ln of the share of the bump, nearly.
    assert!((Divergence::Reverse.of(&p, &picked[0]) + 0.6f64.ln()).abs() < 0.02);
    // Bumps that lie nearer to one another leave a place between where q rests over both.
    let bump = |weight, mean, sigma| Bump { weight, mean, sigma };
    let near = Mixture { bumps: vec![bump(0.6, -2.0, 0.6), bump(0.4, 2.2, 0.9)] };
    let rests = optima(Divergence::Reverse, &near, &|| false);
    assert_eq!(rests.len(), 3, "{rests:?}");
    assert!(rests.iter().any(|q| covered(&near, q) > 0.95), "{rests:?}");
    let one = Mixture { bumps: vec![Bump { weight: 2.0, mean: 1.0, sigma: 0.5 }] };
    for which in Divergence::ALL {
        let [only] = optima(which, &one, &|| false)[..] else { panic!("{which:?}") };
        assert!((only.mean - 1.0).abs() < 1e-4 && (only.sigma - 0.5).abs() < 1e-4, "{which:?}: {only:?}");
    }
}

#[test]
fn the_integrand_adds_up_to_the_divergence() {
    let (p, q) = (bumps(), normal(0.0, 1.5));
    for which in Divergence::ALL {
        let sum: f64 = (-2000..=2000).map(|i| which.integrand(&p, &q, f64::from(i) * 0.01) * 0.01).sum();
        assert!((sum - which.of(&p, &q)).abs() < 1e-9, "{which:?}");
    }
}

#[test]
fn moments_and_slope_are_those_of_the_density() {
    let p = bumps();
    let mut breaks = Vec::new();
    p.breaks(&mut breaks);
    let [whole, mean, square] = integrate(&breaks, |x| {
        let density = p.density(x);
        [density, density * x, density * x * x]
    });
    assert!((whole - 1.0).abs() < 1e-13);
    assert!((mean - p.moments()[0]).abs() < 1e-12 && (square - mean * mean - p.moments()[1]).abs() < 1e-11);
    let h = 1e-6;
    for x in [-4.0, -2.0, 0.1, 3.0] {
        let slope = (p.log_density(x + h) - p.log_density(x - h)) / (2.0 * h);
        assert!((p.slope(x) - slope).abs() < 1e-7);
    }
}
