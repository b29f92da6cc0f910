//! The settings of a masked autoencoder of pixels.

use super::masks::pixels;
use crate::data::SampleKind;
use crate::model::describe::Describe;
use crate::model::field::{Field, FieldKind, field, in_training, main};
use crate::model::net::NetSpec;
use crate::model::noise::{BINARISATIONS, Binarise, NoiseSpec};
use crate::nn::Activation;
use serde::{Deserialize, Serialize};

/// Settings of a masked autoencoder of pixels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MadeSpec {
    /// Widths of the hidden layers.
    pub hidden: Vec<usize>,
    /// Nonlinearity after each.
    pub activation: Activation,
    /// In which order the pixels come.
    pub order: Order,
    /// Seed of a random order.
    pub order_seed: u64,
    /// How many pixels each hidden unit knows.
    pub degrees: Degrees,
    /// Seed of random numbers of those.
    pub mask_seed: u64,
    /// How grey pixels become black or white.
    pub pixels: Binarise,
}

/// In which order pixels come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Row after row, as one reads.
    #[default]
    Natural,
    /// Any, drawn once.
    Random,
}

/// How the hidden units share the pixels out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Degrees {
    /// One after the other: as many know the first pixel alone as know all but the last.
    #[default]
    Even,
    /// Drawn once, as the paper does.
    Random,
}

impl Default for MadeSpec {
    fn default() -> Self {
        Self {
            hidden: vec![500],
            activation: Activation::Relu,
            order: Order::Natural,
            order_seed: 0,
            degrees: Degrees::Even,
            mask_seed: 0,
            pixels: Binarise::Threshold,
        }
    }
}

const ORDERS: &[(&str, &str)] = &[("natural", "Natural"), ("random", "Random")];
const DEGREES: &[(&str, &str)] = &[("even", "Even"), ("random", "Random")];
/// Most hidden layers, and the widest.
const MAX_LAYERS: usize = 8;
const MAX_WIDTH: u64 = 8192;
/// Largest seed of a mask or an order.
const MAX_SEED: u64 = 1_000_000;

/// Pictures alone: their values are probabilities of white, and their places have an order.
pub fn takes_pictures(input: &SampleKind) -> Result<(), String> {
    match input {
        SampleKind::Image { .. } => Ok(()),
        other => Err(format!("it learns pictures pixel by pixel, which {} are not", other.nouns())),
    }
}

impl Describe for MadeSpec {
    fn fields(&self) -> Vec<Field> {
        let seed = FieldKind::Int { min: 0, max: MAX_SEED, step: 1 };
        vec![
            main(field(
                "hidden",
                "Hidden layers",
                FieldKind::List { max_len: MAX_LAYERS, max: MAX_WIDTH },
                "Widths of the masked layers between the pixels and their probabilities.",
                "",
            )),
            NetSpec::activation_field(),
            field(
                "order",
                "Order of the pixels",
                FieldKind::Choice(ORDERS),
                "Each pixel is told those before it: row after row, or in an order that is drawn once.",
                "ln p(x) = Σ ln p(xᵢ | x before i)",
            ),
            Field {
                visible_if: Some(("order", "random")),
                ..field("order_seed", "Seed of the order", seed, "Which of the orders is drawn.", "")
            },
            field(
                "degrees",
                "Degrees of the units",
                FieldKind::Choice(DEGREES),
                "How many of the first pixels a hidden unit may know: spread evenly over the units, or drawn (Germain 2015).",
                "W ⊙ M, M = 1 where m(unit) ≥ m(input)",
            ),
            Field {
                visible_if: Some(("degrees", "random")),
                ..field("mask_seed", "Seed of the degrees", seed, "Which degrees are drawn.", "")
            },
            in_training(field(
                "pixels",
                "Black and white",
                // All that make pixels black or white.
                FieldKind::Choice(BINARISATIONS.split_at(1).1),
                "A pixel is white from ½ on, or drawn with its grey level as the probability: once (static) or at each step (dynamic).",
                "P(x = 1) = grey level",
            )),
        ]
    }

    fn samples(&self) -> NoiseSpec {
        NoiseSpec { binarise: self.pixels, ..NoiseSpec::default() }
    }

    fn step_products(&self, input: &SampleKind) -> f64 {
        let n = pixels(input).into_iter().product::<usize>();
        let widths: Vec<f64> = [n].iter().chain(&self.hidden).chain(&[n]).map(|&width| width as f64).collect();
        let products = || widths.windows(2).map(|pair| pair[0] * pair[1]);
        // Masked weights are multiplied like the others; nothing goes on below the first layer.
        3.0 * products().sum::<f64>() - products().next().unwrap_or(0.0)
    }

    fn n_params(&self, input: &SampleKind) -> u128 {
        let n = pixels(input).into_iter().product::<usize>();
        let widths: Vec<u128> = [n].iter().chain(&self.hidden).chain(&[n]).map(|&width| width as u128).collect();
        widths.windows(2).map(|pair| (pair[0] + 1) * pair[1]).sum()
    }

    fn takes(&self, input: &SampleKind) -> Result<(), String> {
        takes_pictures(input)
    }

    fn has_gradients(&self) -> bool {
        true
    }

    fn uses_training(&self, path: &str) -> bool {
        path != "scaling"
    }
}
