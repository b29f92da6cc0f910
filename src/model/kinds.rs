//! The models of the lecture by name: each a kind of its own, or an autoencoder with some settings made.
//!
//! The window's list and the command line's `--kind` both read this table.

use super::{Field, ModelSpec, Section, Settings, SpecError};
use crate::data::SampleKind;
use std::sync::LazyLock;

/// One entry: a kind of model, with the settings that make it what its name says.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// Name in commands.
    pub name: &'static str,
    /// The kind that files know: a variant of [`super::ModelSpec`].
    pub base: &'static str,
    /// Title in the window.
    pub title: &'static str,
    /// One sentence of help.
    pub help: &'static str,
    /// Its formula.
    pub formula: &'static str,
    /// Settings made on top of the defaults.
    pub settings: &'static [(&'static str, &'static str)],
    /// The settings of [`Section::Kind`] that are its own: in sight, and kept in another kind that has them
    /// too. One that is made as well marks it: whatever else than the default it says, a model is of this
    /// kind.
    pub own: &'static [&'static str],
}

/// Every kind, in the order of the lecture.
pub const KINDS: &[Kind] = &[
    Kind {
        name: "pca",
        base: "pca",
        title: "PCA, principal components",
        help: "The best linear code there is, found exactly and at once: the directions of largest variance (Pearson 1901).",
        formula: "z = Wᵀ(x − x̄), x̂ = x̄ + W z",
        settings: &[],
        own: &[],
    },
    Kind {
        name: "linear",
        base: "ae",
        title: "AE, linear",
        help: "An autoencoder without nonlinearity: it learns the plane of PCA, though turned within it (Baldi and Hornik 1989).",
        formula: "Loss = ‖x − W′(W x + b) − b′‖²",
        settings: &[("hidden", ""), ("activation", "linear"), ("likelihood", "mse")],
        own: &[],
    },
    Kind {
        name: "ae",
        base: "ae",
        title: "AE, plain",
        help: "Encodes each image as one point and decodes it back; nothing orders the points.",
        formula: "Loss = reconstruction + λ Σ z²",
        settings: &[],
        own: &["code_l2"],
    },
    Kind {
        name: "deep",
        base: "ae",
        title: "AE, deep",
        help: "784-1000-500-250 and down to the code, as Hinton and Salakhutdinov (2006) built it.",
        formula: "Loss = reconstruction",
        settings: &[("hidden", "1000,500,250"), ("activation", "elu")],
        own: &[],
    },
    Kind {
        name: "stacked",
        base: "ae",
        title: "AE, stacked",
        help: "Each pair of layers is trained alone, from the image on; then all are fine-tuned together (Bengio 2007).",
        formula: "n→m→n, then m→k→m on the codes, …",
        settings: &[("pretrain", "3"), ("activation", "sigmoid")],
        own: &["pretrain", "pretrain_by"],
    },
    Kind {
        name: "denoising",
        base: "ae",
        title: "AE, denoising",
        help: "Sees a corrupted image and is asked for the clean one, so it must learn what images look like (Vincent 2010).",
        formula: "Loss = reconstruction(x, decoder(encoder(x + noise)))",
        settings: &[("corruption", "masking"), ("latent_dim", "16")],
        own: &["corruption", "corruption_level"],
    },
    Kind {
        name: "mda",
        base: "mda",
        title: "Denoising, marginalised",
        help: "The best linear denoiser over every corruption at once, found in closed form, and stackable (Chen 2012).",
        formula: "W = E[x x̃ᵀ] E[x̃ x̃ᵀ]⁻¹, h = tanh(W x)",
        settings: &[("latent_dim", "16")],
        own: &["corruption", "corruption_level"],
    },
    Kind {
        name: "contractive",
        base: "ae",
        title: "AE, contractive",
        help: "Its codes are asked to stand still when the image moves a little (Rifai 2011).",
        formula: "Loss = reconstruction + λ ‖∂z/∂x‖²",
        settings: &[("contractive", "0.1")],
        own: &["contractive"],
    },
    Kind {
        name: "sparse",
        base: "ae",
        title: "AE, sparse",
        help: "A wide code of which few dimensions are active for any one image (Ng 2011).",
        formula: "Loss = reconstruction + β Σ KL(ρ ‖ ρ̂)",
        settings: &[("code_activation", "sigmoid"), ("sparsity", "1"), ("latent_dim", "64"), ("hidden", "")],
        own: &["sparsity", "sparsity_target"],
    },
    Kind {
        name: "vae",
        base: "vae",
        title: "VAE, variational",
        help: "Encodes each image as a small Gaussian and keeps those near N(0, I).",
        formula: "Loss = reconstruction + β · KL",
        settings: &[],
        own: &["beta"],
    },
    Kind {
        name: "cvae",
        base: "cvae",
        title: "CVAE, told the label",
        help: "As the VAE, but encoder and decoder are told the class: the code holds only what the label leaves open.",
        formula: "Loss = −ln p(x | z, y) + β · KL",
        settings: &[],
        own: &["beta"],
    },
    Kind {
        name: "classifier",
        base: "classifier",
        title: "Classifier",
        help: "An encoder with a softmax on top that tells the class; some labels may be known alone, and its first weights another model's.",
        formula: "Loss = −ln p(class | x), p = softmax(W z + b)",
        settings: &[],
        own: &[],
    },
    Kind {
        name: "lenet",
        base: "classifier",
        title: "Classifier, LeNet-5",
        help: "6 and 16 maps of 5 × 5 with pooling, then 120 and 84 values: told apart as LeCun et al. (1998) did, with ReLU.",
        formula: "28² → 6 · 12² → 16 · 4² → 120 → 84 → classes",
        settings: &[
            ("arch", "conv"),
            ("channels", "6,16"),
            ("kernel", "5"),
            ("edges", "inside"),
            ("hidden", "120"),
            ("latent_dim", "84"),
            ("code_activation", "relu"),
        ],
        own: &[],
    },
    Kind {
        name: "gmm",
        base: "gmm",
        title: "Mixture of Gaussians",
        help: "Some Gaussians on the coordinates of a PCA, found by expectation maximisation; sampling chooses one, then a place in it.",
        formula: "Loss = −ln Σ π N(z; μ, Σ) + noise",
        settings: &[],
        own: &[],
    },
    Kind {
        name: "gan",
        base: "gan",
        title: "GAN, adversarial",
        help: "A generator makes samples of noise, a discriminator tells them from the data, and each learns against the other (Goodfellow 2014).",
        formula: "min max E ln D(x) + E ln(1 − D(G(z)))",
        settings: &[],
        own: &[],
    },
    Kind {
        name: "made",
        base: "made",
        title: "MADE, pixel by pixel",
        help: "Gives every pixel's probability from the pixels before it, all at once through masked layers (Germain 2015): ln p(x) is exact.",
        formula: "Loss = −Σ ln p(xᵢ | x before i)",
        settings: &[],
        own: &[],
    },
    Kind {
        name: "pixel-rnn",
        base: "pixel_rnn",
        title: "GRU over pixels",
        help: "Reads a picture as one reads a text, and at each pixel says how probable every colour is (van den Oord 2016).",
        formula: "p(xᵢ | x before i) = softmax(W hᵢ + b)",
        settings: &[],
        own: &[],
    },
    Kind {
        name: "rbm",
        base: "rbm",
        title: "RBM, Boltzmann machine",
        help: "Binary units in two layers that hold one another up: trained by a short Gibbs chain, it dreams of samples (Hinton 2002).",
        formula: "p(v, h) = exp(v·b + h·c + hᵀ W v) / Z",
        settings: &[("latent_dim", "64"), ("binarise", "dynamic")],
        own: &[],
    },
    Kind {
        name: "lsa",
        base: "lsa",
        title: "LSA, latent semantic analysis",
        help: "For documents: the directions in which weighed counts of words are largest, found exactly and at once (Deerwester 1990).",
        formula: "z = Vᵀ t, t = (1 + ln x) · idf / ‖·‖",
        settings: &[],
        own: &[],
    },
    Kind {
        name: "sentence-ae",
        base: "sentence_ae",
        title: "Sentences, AE",
        help: "Reads a sentence word by word into one point, and writes it back word by word.",
        formula: "Loss = −Σ ln p(wₜ | w₁ … wₜ₋₁, z)",
        settings: &[],
        own: &[],
    },
    Kind {
        name: "sentence-vae",
        base: "sentence_vae",
        title: "Sentences, VAE",
        help: "The same with a small Gaussian a sentence, so that one can walk from sentence to sentence (Bowman 2015).",
        formula: "Loss = −Σ ln p(wₜ | w₁ … wₜ₋₁, z) + β · KL",
        settings: &[],
        own: &["beta"],
    },
    Kind {
        name: "dcnn",
        base: "dcnn",
        title: "Sentences, convolutional",
        help: "Convolutions along the sentence to one point and back to all words at once, so that none waits for the one before (Zhang 2017).",
        formula: "p(w) = softmax cos(y, e_w)/τ",
        settings: &[],
        own: &[],
    },
];

impl Kind {
    /// The entry of this name, as commands write it or as files do.
    fn named(name: &str) -> Result<&'static Self, SpecError> {
        let written = name.replace('_', "-");
        KINDS.iter().find(|kind| kind.name == written).ok_or_else(|| SpecError::Kind { name: name.into() })
    }

    /// Whether it is for samples of kind `input`, as it usually is; the error is a sentence for the user.
    pub fn takes(&self, input: &SampleKind) -> Result<(), String> {
        // The window asks often.
        static USUAL: LazyLock<Vec<Option<ModelSpec>>> =
            LazyLock::new(|| KINDS.iter().map(|kind| ModelSpec::of_kind(kind.name).ok()).collect());
        let usual = KINDS.iter().zip(&*USUAL).find(|(kind, _)| kind.name == self.name);
        usual.and_then(|(_, spec)| spec.as_ref()).map_or(Ok(()), |spec| spec.suits(input))
    }

    /// The kind that is solved at once and stands beside any other of such samples: PCA, and of documents
    /// LSA; none of sentences.
    pub fn solved_for(input: &SampleKind) -> Option<&'static str> {
        let is_for = |name: &&str| Self::named(name).is_ok_and(|kind| kind.takes(input).is_ok());
        ["lsa", "pca"].into_iter().find(is_for)
    }

    /// The setting that marks it; none where all that are made together do.
    fn mark(&self) -> Option<&'static str> {
        self.settings.iter().map(|(path, _)| *path).find(|path| self.own.contains(path))
    }
}

impl ModelSpec {
    /// The settings that a name of [`KINDS`] stands for.
    pub fn of_kind(name: &str) -> Result<Self, SpecError> {
        let kind = Kind::named(name)?;
        let base = Self::of_base(kind.base).ok_or_else(|| SpecError::Kind { name: name.into() })?;
        base.with_all(kind.settings)
    }

    /// The entry of [`KINDS`] that says most about these settings.
    pub fn entry(&self) -> &'static Kind {
        let says_most = self.entries().into_iter().max_by_key(|kind| kind.settings.len());
        says_most.or(KINDS.iter().find(|kind| kind.base == self.kind())).unwrap_or(&KINDS[0])
    }

    /// Every entry of [`KINDS`] that these settings are of.
    fn entries(&self) -> Vec<&'static Kind> {
        // Settings are turned into values once: the window asks often.
        let (values, fields) = (self.values(), self.visible_fields());
        let usual = Self::of_base(self.kind()).map(|usual| usual.values());
        let is_made = |(path, text): &(&str, &str)| {
            let made = fields.iter().find(|field| field.path == *path).and_then(|field| field.parse(text).ok());
            made.as_ref() == values.get(*path)
        };
        let is_marked = |mark: &str| {
            let usual = usual.as_ref().and_then(|usual| usual.get(mark));
            fields.iter().any(|field| field.path == mark) && values.get(mark) != usual
        };
        let holds = |kind: &&Kind| match kind.mark() {
            _ if kind.base != self.kind() => false,
            Some(mark) => is_marked(mark),
            None => kind.settings.iter().all(is_made),
        };
        KINDS.iter().filter(holds).collect()
    }

    /// Another kind with the settings that both share kept, but for those that made this one what it is, or
    /// would make that one something else.
    pub fn to_kind(&self, name: &str) -> Result<Self, SpecError> {
        let (kind, other) = (Kind::named(name)?, Self::of_kind(name)?);
        let (mine, mut values) = (self.values(), other.values());
        let (all, mine_is) = (self.entries(), self.entry());
        let by_kinds = || all.iter().chain([&mine_is, &kind]).flat_map(|kind| kind.settings);
        let made = |path: &str| by_kinds().any(|(set, _)| *set == path);
        let stays = |field: &&Field| {
            let path = field.path;
            let is_shared = kind.own.contains(&path) && mine_is.own.contains(&path);
            !made(path) && (field.section != Section::Kind || is_shared)
        };
        for field in other.fields().iter().filter(stays) {
            if let (Some(value), Some(slot)) = (mine.get(field.path), values.get_mut(field.path)) {
                *slot = value.clone();
            }
        }
        serde_json::from_value(values)
            .map_err(|e| SpecError::Setting { path: "kind".into(), problem: e.to_string() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choosing_a_kind_gives_that_kind_whatever_it_was_before() {
        for from in KINDS {
            let mut by_hand = ModelSpec::of_kind(from.name).unwrap();
            // Whatever can make a kind of it, made by hand on top.
            for (path, text) in [("corruption", "gaussian"), ("contractive", "2"), ("code_l1", "1"), ("beta", "4")]
            {
                by_hand = by_hand.with(path, text).unwrap_or(by_hand);
            }
            for to in KINDS {
                let chosen = by_hand.to_kind(to.name).unwrap();
                assert_eq!(chosen.entry().name, to.name, "from {}", from.name);
                let usual = ModelSpec::of_kind(to.name).unwrap();
                for field in chosen.fields().iter().filter(|field| field.section == Section::Kind) {
                    let is_shared = to.own.contains(&field.path) && by_hand.entry().own.contains(&field.path);
                    let (text, usual) = (chosen.text(field.path), usual.text(field.path));
                    assert!(is_shared || text == usual, "{} to {}: {} is {text}", from.name, to.name, field.path);
                }
            }
        }
        let told = ModelSpec::of_kind("vae").unwrap().with("beta", "4").unwrap().to_kind("cvae").unwrap();
        assert_eq!(told.text("beta"), "4", "what both are made of stays");
    }

    #[test]
    fn a_kind_is_told_by_its_mark_whatever_its_strength() {
        let named = |kind: &str, settings: &[(&str, &str)]| {
            ModelSpec::of_kind(kind).unwrap().with_all(settings).unwrap().entry().name
        };
        assert_eq!(named("ae", &[("corruption", "salt_pepper")]), "denoising");
        assert_eq!(named("ae", &[("contractive", "3")]), "contractive");
        assert_eq!(named("sparse", &[("latent_dim", "20"), ("sparsity", "4")]), "sparse");
        assert_eq!(named("sparse", &[("code_activation", "linear")]), "ae", "nothing is sparse without a sigmoid");
        assert_eq!(named("mda", &[("corruption", "gaussian"), ("latent_dim", "3")]), "mda");
        assert_eq!(named("stacked", &[("pretrain", "0"), ("activation", "relu")]), "ae");
    }
}
