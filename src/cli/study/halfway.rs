//! What lies halfway between a full and a half moon? The lecture's question, put to AE and VAE.

use super::{Findings, mean_and_spread};
use crate::cli::parse::StudyArgs;
use crate::data::{Cancel, DataChoice, DataSplit, Dataset, MOON_KIND, Reading, Values, draw_moon, load, nearest};
use crate::latent::path::{PathSpec, Walk};
use crate::model::{FrozenModel, ModelSpec, Settings};
use crate::nn::Scratch;
use crate::train::{Run, TrainSpec, encode};
use crate::worker::pool::{Priority, available_threads, compute_pool};
use anyhow::{Result, anyhow};
use ndarray::ArrayView2;
use rayon::prelude::*;
use serde_json::json;

/// Pairs of a full and a half moon that no model was trained on.
const N_PAIRS: usize = 300;
/// Settings of the networks; those of the trained moons that come with the program.
const HIDDEN: &str = "128,64";
const EPOCHS: u64 = 60;
/// Phases of the moons between half and full.
const BETWEEN: std::ops::Range<f32> = 0.54..0.96;

/// Means over the pairs of one model.
struct Row {
    /// Distance of the halfway decode from the nearest true moon.
    halfway: f64,
    /// The same of a test moon's own reconstruction: what the network blurs anyway.
    reconstructed: f64,
    /// Share of halfway decodes whose nearest true moon lies between half and full, percent.
    between: f64,
}

/// Trains AE and VAE with each seed on each variant of the moons and measures what they decode halfway.
pub fn study(args: &StudyArgs) -> Result<Findings> {
    let threads = available_threads();
    let pool = compute_pool("study", threads, Priority::Normal)?;
    let moons = TrueMoons::new()?;
    let mut lines = vec![format!(
        "Distance to the nearest true moon, √Σ(x̂ − x)², means over {N_PAIRS} pairs of unseen moons ± spread over {} seeds",
        args.seeds
    )];
    let mut figures = Vec::new();
    for choice in [DataChoice::Moons, DataChoice::FullHalf] {
        let data = load(&choice, &Reading::default())?;
        let pairs = pairs(&data)?;
        let blend = pool.install(|| blended(&data, &pairs, &moons));
        lines.push(format!("\n{} (the mean of both pictures lies {blend:.2} away)", data.name));
        for kind in ["ae", "vae"] {
            let rows: Result<Vec<Row>> = (0..u64::from(args.seeds))
                .map(|seed| {
                    eprintln!("{choice}: {kind}, seed {seed}");
                    pool.install(|| {
                        let model = train(&data, kind, seed, threads)?;
                        measure(&*model, &data, &pairs, &moons)
                    })
                })
                .collect();
            let rows = rows?;
            let of = |part: fn(&Row) -> f64| mean_and_spread(&rows.iter().map(part).collect::<Vec<_>>());
            let (halfway, reconstructed, between) =
                (of(|row| row.halfway), of(|row| row.reconstructed), of(|row| row.between));
            lines.push(format!(
                "  {:3}  halfway {:.2} ± {:.2}   its own moons {:.2} ± {:.2}   between half and full {:.0} ± {:.0} %",
                kind.to_uppercase(),
                halfway.0,
                halfway.1,
                reconstructed.0,
                reconstructed.1,
                between.0,
                between.1
            ));
            figures.push(json!({
                "data": choice.to_string(), "kind": kind, "seeds": args.seeds, "pairs": N_PAIRS, "blend": blend,
                "halfway": [halfway.0, halfway.1], "reconstructed": [reconstructed.0, reconstructed.1],
                "between_percent": [between.0, between.1],
            }));
        }
    }
    Ok(Findings::new(lines.join("\n"), json!(figures)))
}

/// Pairs of test samples, a full moon and a half one, each moon in several of them.
fn pairs(data: &DataSplit) -> Result<Vec<[u32; 2]>> {
    let labels = data.test.labels().ok_or_else(|| anyhow!("the moons have classes"))?;
    let of = |name: &str| -> Vec<u32> {
        let class = labels.names.iter().position(|class| class == name);
        (0..labels.of.len()).filter(|&i| Some(usize::from(labels.of[i])) == class).map(|i| i as u32).collect()
    };
    let (full, half) = (of("full"), of("half"));
    // Another partner each time round, so that no pair comes twice.
    Ok((0..N_PAIRS).map(|i| [full[i % full.len()], half[(i + i / half.len() * 7) % half.len()]]).collect())
}

fn train(data: &DataSplit, kind: &str, seed: u64, threads: usize) -> Result<std::sync::Arc<dyn FrozenModel>> {
    let spec = ModelSpec::of_kind(kind)?.with("hidden", HIDDEN)?.check(data.train.kind(), data.train.classes())?;
    let train = TrainSpec { epochs: EPOCHS, seed, ..TrainSpec::default() };
    let mut run = Run::new(&spec, &train, data, None, threads)?;
    while run.step() < run.last_step() {
        run.advance(&Cancel::default())?;
    }
    Ok(run.trained()?.model)
}

fn measure(model: &dyn FrozenModel, data: &DataSplit, pairs: &[[u32; 2]], moons: &TrueMoons) -> Result<Row> {
    let all: Vec<u32> = (0..data.test.n_samples() as u32).collect();
    let codes = encode(model, &data.test, &all, &|| false).ok_or_else(|| anyhow!("the model has no encoder"))?.mu;
    let decoder = model.decoder().ok_or_else(|| anyhow!("the model has no decoder"))?;
    let decode = |z: &[f32]| -> Vec<f32> {
        let z = ArrayView2::from_shape((1, z.len()), z);
        z.map_or_else(|_| Vec::new(), |z| decoder.decode(z, &[], &mut Scratch::default()).into_iter().collect())
    };
    let code = |idx: u32| codes.row(idx as usize).to_vec();
    let of_pair = |pair: &[u32; 2]| {
        let path = PathSpec { from: code(pair[0]), to: code(pair[1]), steps: 3, walk: Walk::Linear, way: None };
        let (distance, phase) = moons.nearest(&decode(&path.at(0.5)));
        let own = pair.map(|idx| f64::from(moons.nearest(&decode(&code(idx))).0));
        (f64::from(distance), (own[0] + own[1]) / 2.0, BETWEEN.contains(&phase))
    };
    let found: Vec<(f64, f64, bool)> = pairs.par_iter().map(of_pair).collect();
    let n = found.len() as f64;
    Ok(Row {
        halfway: found.iter().map(|found| found.0).sum::<f64>() / n,
        reconstructed: found.iter().map(|found| found.1).sum::<f64>() / n,
        between: 100.0 * found.iter().filter(|found| found.2).count() as f64 / n,
    })
}

/// Mean distance of the pairs' blends, half of one picture and half of the other, from the nearest true moon.
fn blended(data: &DataSplit, pairs: &[[u32; 2]], moons: &TrueMoons) -> f64 {
    let blend = |pair: &[u32; 2]| {
        let [a, b] = pair.map(|idx| data.test.image(idx as usize).unwrap_or_default());
        let mean: Vec<f32> = a.iter().zip(b).map(|(&a, &b)| (f32::from(a) + f32::from(b)) / 510.0).collect();
        f64::from(moons.nearest(&mean).0)
    };
    pairs.par_iter().map(blend).sum::<f64>() / pairs.len() as f64
}

/// Every moon that the program draws: a coarse set of them, and finer ones around the best.
struct TrueMoons {
    coarse: Dataset,
    factors: Vec<[f32; 3]>,
}

/// Phase, tilt and size of the drawn moons, and the coarse steps between them.
const RANGES: [(f32, f32, usize); 3] = [(0.0, 1.0, 40), (-30.0, 30.0, 12), (8.0, 12.0, 8)];

impl TrueMoons {
    fn new() -> Result<Self> {
        let value = |axis: usize, i: usize| {
            let (low, high, n) = RANGES[axis];
            low + (high - low) * i as f32 / n as f32
        };
        let (mut bytes, mut factors) = (Vec::new(), Vec::new());
        for p in 0..=RANGES[0].2 {
            for t in 0..=RANGES[1].2 {
                for s in 0..=RANGES[2].2 {
                    let moon = [value(0, p), value(1, t), value(2, s)];
                    bytes.extend_from_slice(&draw_moon(moon[0], moon[1], moon[2]));
                    factors.push(moon);
                }
            }
        }
        Ok(Self { coarse: Dataset::new(MOON_KIND, Values::Bytes(bytes.into()), None, Vec::new())?, factors })
    }

    /// Distance of a picture from the nearest true moon, and that moon's phase.
    fn nearest(&self, x: &[f32]) -> (f32, f32) {
        let distance = |moon: [f32; 3]| {
            let drawn = draw_moon(moon[0], moon[1], moon[2]);
            drawn.iter().zip(x).map(|(&b, x)| (f32::from(b) / 255.0 - x).powi(2)).sum::<f32>().sqrt()
        };
        // Several starts: neighbouring valleys may be deeper than the one that looks best from afar.
        let starts = nearest(&self.coarse, x, 3, &Cancel::default()).unwrap_or_default();
        let mut best = (f32::INFINITY, [0.0; 3]);
        for (start, so_far) in starts {
            let mut at = (so_far, self.factors[start as usize]);
            let mut share = 0.5;
            for _ in 0..6 {
                for axis in 0..3 {
                    let (low, high, n) = RANGES[axis];
                    for sign in [-1.0, 1.0] {
                        let mut moved = at.1;
                        let step = (high - low) / n as f32 * share;
                        moved[axis] = (moved[axis] + sign * step).clamp(low, high);
                        let there = distance(moved);
                        if there < at.0 {
                            at = (there, moved);
                        }
                    }
                }
                share *= 0.6;
            }
            if at.0 < best.0 {
                best = at;
            }
        }
        (best.0, best.1[0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_true_moon_is_found_and_half_a_blend_is_none() {
        let moons = TrueMoons::new().unwrap();
        let floats = |moon: &[u8]| -> Vec<f32> { moon.iter().map(|&b| f32::from(b) / 255.0).collect() };
        let (distance, phase) = moons.nearest(&floats(&draw_moon(0.713, 11.0, 9.3)));
        assert!(distance < 0.5 && (phase - 0.713).abs() < 0.03, "{distance} {phase}");
        let (full, half) = (floats(&draw_moon(1.0, 0.0, 10.0)), floats(&draw_moon(0.5, 0.0, 10.0)));
        let blend: Vec<f32> = full.iter().zip(&half).map(|(a, b)| (a + b) / 2.0).collect();
        assert!(moons.nearest(&blend).0 > 2.0);
    }
}
