//! Does KL(p‖q) cover and KL(q‖p) pick, wherever the descent begins? And how far do the reparameterised
//! gradient and the score function scatter about the same mean? No model is trained: everything is worked
//! out by quadrature.

use super::Findings;
use crate::cli::parse::StudyArgs;
use crate::latent::divergence::descent::{covered, descent};
use crate::latent::divergence::estimators::{Estimator, estimates};
use crate::latent::divergence::{Bump, Divergence, Mixture, Normal};
use serde_json::{Value, json};

/// Draws of which the sampled variances are taken, for each seed.
const DRAWS: usize = 10_000;
/// A Gaussian covers p where this much of p lies within two of its standard deviations.
const COVERS: f64 = 0.9;

/// Where the descents begin.
const STARTS: [Normal; 6] = [
    Normal { mean: -5.0, sigma: 1.0 },
    Normal { mean: -1.0, sigma: 0.4 },
    Normal { mean: 0.0, sigma: 1.0 },
    Normal { mean: 0.0, sigma: 4.0 },
    Normal { mean: 1.0, sigma: 2.0 },
    Normal { mean: 4.0, sigma: 0.3 },
];

/// The bumps: far from one another, and nearer.
fn mixtures() -> [(&'static str, Mixture); 2] {
    let bump = |weight, mean, sigma| Bump { weight, mean, sigma };
    let near = Mixture { bumps: vec![bump(0.6, -2.0, 0.6), bump(0.4, 2.2, 0.9)] };
    [
        ("bumps far apart, .6 N(−2.5, .5²) + .4 N(2.5, .7²)", Mixture::default()),
        ("nearer, .6 N(−2, .6²) + .4 N(2.2, .9²)", near),
    ]
}

/// The ends of the descents, then the variances of the estimators.
pub fn study(args: &StudyArgs) -> Findings {
    let mut all: Vec<Findings> = mixtures().iter().map(|(name, p)| ends(name, p)).collect();
    all.push(spreads(&mixtures()[0].1, u64::from(args.seeds)));
    Findings::together(all)
}

/// Where descents of each divergence end.
fn ends(name: &str, p: &Mixture) -> Findings {
    let mut text = vec![format!("Where q comes to rest: {name}"), String::new()];
    let head = Divergence::ALL.map(|which| format!("{:>34}", which.sign())).join("");
    text.push(format!("  {:<16}{head}", "from N(μ, σ²)"));
    let (mut rows, mut n_covering) = (Vec::new(), [0; 3]);
    for start in STARTS {
        let found = Divergence::ALL.map(|which| {
            let trail = descent(which, p, start, &|| false);
            let end = trail[trail.len() - 1];
            (end, which.of(p, &end), covered(p, &end))
        });
        for (n, (.., share)) in n_covering.iter_mut().zip(&found) {
            *n += usize::from(*share >= COVERS);
        }
        let cells = found.map(|(end, value, share)| {
            let verdict = if share >= COVERS { "covers" } else { "picks" };
            format!("{:>34}", format!("{verdict} {:.2}, σ {:.2}, {value:.3} nats", end.mean, end.sigma))
        });
        text.push(format!("  {:<16}{}", format!("{}, σ {}", start.mean, start.sigma), cells.concat()));
        let of = |(end, value, share): (Normal, f64, f64)| json!({ "mean": end.mean, "sigma": end.sigma, "nats": value, "covered": share });
        let by_name: serde_json::Map<String, Value> =
            Divergence::ALL.iter().zip(found).map(|(which, found)| (which.sign().to_owned(), of(found))).collect();
        rows.push(json!({ "from": [start.mean, start.sigma], "ends": by_name }));
    }
    let n = STARTS.len();
    let [forward, reverse, js] = n_covering;
    let said = format!(
        "So q covers both bumps from {forward} of {n} starts by KL(p‖q), {reverse} by KL(q‖p), {js} by JS."
    );
    Findings::new(text.join("\n"), json!({ "p": name, "rows": rows })).and_so(&said)
}

/// Variances of one estimate, by quadrature and as sampled.
fn spreads(p: &Mixture, seeds: u64) -> Findings {
    let mut text = vec![
        format!(
            "Variance of one estimate of d KL(q‖p)/dμ and d/d ln σ; sampled: {DRAWS} draws, the mean of {seeds} seeds"
        ),
        String::new(),
        format!(
            "  {:<16}{:>10}{:>10}{:>26}{:>26}{:>16}",
            "q = N(μ, σ²)",
            "d/dμ",
            "d/d ln σ",
            "reparameterised (sampled)",
            "score function (sampled)",
            "times, dμ"
        ),
    ];
    let (mut rows, mut ratios) = (Vec::new(), Vec::new());
    for q in STARTS {
        let exact = Divergence::Reverse.with_gradient(p, &q).1;
        let moments = Estimator::ALL.map(|estimator| estimator.moments(p, &q));
        let mut sampled = [[0.0; 2]; 2];
        for seed in 0..seeds {
            let found = estimates(p, &q, DRAWS, seed);
            for (sum, of) in sampled.iter_mut().zip(&found.of) {
                sum.iter_mut().zip(of.variances).for_each(|(sum, variance)| *sum += variance / seeds as f64);
            }
        }
        let ratio =
            moments[1].map(|pair| pair[1]).into_iter().zip(moments[0].map(|pair| pair[1])).map(|(a, b)| a / b);
        let ratio: Vec<f64> = ratio.collect();
        let cell = |which: usize| format!("{:.3} ({:.3})", moments[which][0][1], sampled[which][0]);
        text.push(format!(
            "  {:<16}{:>10.3}{:>10.3}{:>26}{:>26}{:>16.1}",
            format!("{}, σ {}", q.mean, q.sigma),
            exact[0],
            exact[1],
            cell(0),
            cell(1),
            ratio[0]
        ));
        rows.push(json!({
            "q": [q.mean, q.sigma], "gradient": exact,
            "reparameterised": { "variance": moments[0].map(|pair| pair[1]), "sampled": sampled[0] },
            "score": { "variance": moments[1].map(|pair| pair[1]), "sampled": sampled[1] },
        }));
        ratios.extend(ratio);
    }
    let more = ratios.iter().filter(|ratio| **ratio > 1.0).count();
    let said = format!("So the score function scatters more in {more} of {} gradients.", ratios.len());
    Findings::new(text.join("\n"), json!({ "rows": rows })).and_so(&said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_concluded_is_in_the_table() {
        let found = ends("two", &Mixture::default());
        let rows = found.json["rows"].as_array().unwrap();
        assert_eq!(rows.len(), STARTS.len());
        let covering = |sign: &str| {
            rows.iter().filter(|row| row["ends"][sign]["covered"].as_f64().unwrap() >= COVERS).count()
        };
        assert_eq!([covering("KL(p‖q)"), covering("KL(q‖p)")], [6, 0], "{}", found.text);
        assert!(
            found.text.ends_with(&format!(
                "from 6 of 6 starts by KL(p‖q), 0 by KL(q‖p), {} by JS.",
                covering("JS(p, q)")
            ))
        );
        let found = spreads(&Mixture::default(), 1);
        for row in found.json["rows"].as_array().unwrap() {
            for of in ["reparameterised", "score"] {
                let [variance, sampled] = ["variance", "sampled"].map(|what| row[of][what][0].as_f64().unwrap());
                assert!((sampled / variance - 1.0).abs() < 0.5, "{row}");
            }
        }
    }
}
