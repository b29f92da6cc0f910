//! The settings of a classifier.

use crate::data::SampleKind;
use crate::model::conv::{ConvSpec, Edges};
use crate::model::describe::{Body, Describe};
use crate::model::field::{Field, FieldKind, field, main};
use crate::model::info::{Latent, Prior};
use crate::model::net::{LikelihoodName, NetSpec};
use crate::model::plan::Step;
use crate::model::{ModelSpec, Settings, SpecError, ae};
use crate::nn::Activation;
use serde::{Deserialize, Serialize};

/// Settings of a classifier: an encoder with a softmax on top.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassifierSpec {
    /// Length of the code, which is all that the softmax sees.
    pub latent_dim: usize,
    /// Dense, or with convolutional stages; what a decoder would need is of no meaning here.
    #[serde(flatten)]
    pub conv: ConvSpec,
    /// What becomes of a map's edges under a kernel.
    pub edges: Edges,
    /// Widths of the encoder's hidden dense layers.
    pub hidden: Vec<usize>,
    /// Nonlinearity of the hidden layers.
    pub activation: Activation,
    /// Nonlinearity of the code.
    pub code_activation: Activation,
    /// Probability with which a hidden value is dropped in training.
    pub dropout: f64,
    /// Labels that are known; 0 stands for all.
    pub labels: usize,
    /// Whether the encoder learns too.
    pub encoder: EncoderIs,
}

/// What becomes of a classifier's encoder in training.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EncoderIs {
    /// It learns with the softmax layer.
    #[default]
    Trained,
    /// It stays as it was: the softmax layer learns alone.
    Fixed,
}

const ENCODERS: &[(&str, &str)] = &[("trained", "Trained"), ("fixed", "Fixed")];
/// The settings that say which layers an encoder has.
const OF_ENCODER: &[&str] = &[
    "latent_dim",
    "arch",
    "channels",
    "downsampling",
    "kernel",
    "down_kernel",
    "convolution",
    "edges",
    "hidden",
    "activation",
    "code_activation",
];
/// Most labels that the setting can name.
const MAX_LABELS: u64 = 1 << 31;

impl Default for ClassifierSpec {
    fn default() -> Self {
        let net = NetSpec::default();
        Self {
            latent_dim: net.latent_dim,
            conv: net.conv,
            edges: Edges::default(),
            hidden: net.hidden,
            activation: net.activation,
            code_activation: Activation::Linear,
            dropout: net.dropout,
            labels: 0,
            encoder: EncoderIs::default(),
        }
    }
}

impl ClassifierSpec {
    /// The encoder up to its code as the autoencoders have it.
    fn net(&self, input: &SampleKind) -> NetSpec {
        NetSpec {
            latent_dim: self.latent_dim,
            conv: ConvSpec { edges: self.edges, ..self.conv.clone() },
            hidden: self.hidden.clone(),
            activation: self.activation,
            dropout: self.dropout,
            // The likelihood that makes an encoder read ln(1 + counts).
            likelihood: match input.counts_words() {
                true => LikelihoodName::Multinomial,
                false => LikelihoodName::Bernoulli,
            },
            ..NetSpec::default()
        }
    }

    /// The layers before the code.
    pub(super) fn trunk(&self, input: &SampleKind) -> Vec<Step> {
        self.net(input).encoder(input, 0)
    }

    /// Width of what the code is made of.
    pub(super) fn trunk_width(&self, input: &SampleKind) -> usize {
        self.net(input).trunk_width(input, 0)
    }

    /// Whether the encoder stays as it was.
    pub(super) fn is_fixed(&self) -> bool {
        self.encoder == EncoderIs::Fixed
    }

    /// The settings `usual` of a classifier with the layers of the encoder of `model`, of samples of kind
    /// `input`; none where that is no network with such layers.
    pub fn on_encoder_of(usual: &ModelSpec, model: &ModelSpec, input: &SampleKind) -> Option<ModelSpec> {
        let theirs = match model.described().body(input.n_features()) {
            // Counts are read as ln(1 + count) where the likelihood says that they are counts, and else as
            // they are.
            Some(Body { net, .. }) if input.counts_words() != (net.likelihood == LikelihoodName::Multinomial) => {
                return None;
            }
            Some(Body { net, code, .. }) => {
                let mut values = serde_json::to_value(net).ok()?;
                values.as_object_mut()?.insert("code_activation".into(), serde_json::to_value(code).ok()?);
                values
            }
            None => model.values(),
        };
        theirs.get("hidden")?;
        let mut values = usual.values();
        for path in OF_ENCODER {
            let own = values.get_mut(path)?;
            *own = match theirs.get(path) {
                Some(value) => value.clone(),
                None if *path == "edges" => serde_json::to_value(Edges::default()).ok()?,
                None => serde_json::to_value(Activation::Linear).ok()?,
            };
        }
        serde_json::from_value(values).ok()
    }
}

impl Describe for ClassifierSpec {
    fn fields(&self) -> Vec<Field> {
        let mut fields = vec![
            Field {
                help: "Length of the code z in front of the softmax, which sees nothing else. With two, the plane shows all by \
                       which samples are told apart; more tell them apart better.",
                formula: "p(class | x) = softmax(W z + b)",
                ..NetSpec::latent_dim_field()
            },
            main(field(
                "labels",
                "Known labels",
                FieldKind::Int { min: 0, max: MAX_LABELS, step: 1 },
                "How many samples have a label that is known, as many of each class, chosen by the seed whatever the model; the \
                 others are not learned from. 0: all.",
                "",
            )),
            main(field(
                "encoder",
                "Encoder",
                FieldKind::Choice(ENCODERS),
                "Trained, with the softmax layer from its first weights on; or fixed, so that the softmax layer learns alone.",
                "",
            )),
        ];
        fields.extend(ConvSpec::encoder_fields());
        fields.push(ConvSpec::edges_field());
        let of_net = |path: &str| NetSpec::fields().into_iter().find(|field| field.path == path);
        fields.extend(of_net("hidden").map(|hidden| Field {
            help: "Widths of the dense layers from the image, or its feature maps, to the code.",
            ..hidden
        }));
        fields.push(NetSpec::activation_field());
        fields.push(field(
            "code_activation",
            "Code activation",
            FieldKind::Choice(ae::CODES),
            "Nonlinearity of the code itself; relu makes it a hidden layer like the others.",
            "z = f(W h + b)",
        ));
        // What stands still is not learned under noise.
        fields.extend(
            of_net("dropout").map(|dropout| Field { visible_if: Some(("encoder", "trained")), ..dropout }),
        );
        fields
    }

    fn latent(&self, _n_features: usize) -> Option<Latent> {
        Some(Latent { range: self.code_activation.range(), ..Latent::new(self.latent_dim, Prior::None) })
    }

    fn layers(&self, input: &SampleKind, n_classes: usize) -> Vec<Step> {
        let mut steps = self.trunk(input);
        let (n_in, n_out) = (self.trunk_width(input), self.latent_dim);
        steps.push(Step::Dense { n_in, n_out, activation: self.code_activation });
        steps.push(Step::Dense { n_in: n_out, n_out: n_classes, activation: Activation::Linear });
        steps
    }

    fn takes(&self, input: &SampleKind) -> Result<(), String> {
        if !input.is_dense() {
            return Err("it learns from rows of numbers, which sentences are not".into());
        }
        Ok(())
    }

    fn check(&self, input: &SampleKind) -> Result<(), SpecError> {
        self.net(input).check_encoder(input)
    }

    fn has_gradients(&self) -> bool {
        true
    }

    fn finds_the_label(&self) -> bool {
        true
    }

    fn n_labels(&self) -> Option<usize> {
        Some(self.labels).filter(|n| *n > 0)
    }
}
