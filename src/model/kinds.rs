//! The models of the lecture by name: each a kind of its own, or an autoencoder with some settings made.
//!
//! The window's list and the command line's `--kind` both read this table.

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
    /// The one of them that marks it: whatever else than the default that says, a model is of this kind. None where
    /// all of them together do.
    pub mark: Option<&'static str>,
    /// The settings of [`super::Section::Kind`] that are its own: in sight, and kept in another kind that has them too.
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
        mark: None,
        own: &[],
    },
    Kind {
        name: "linear",
        base: "ae",
        title: "AE, linear",
        help: "An autoencoder without nonlinearity: it learns the plane of PCA, though turned within it (Baldi and Hornik 1989).",
        formula: "Loss = ‖x − W′(W x + b) − b′‖²",
        settings: &[("hidden", ""), ("activation", "linear"), ("likelihood", "mse")],
        mark: None,
        own: &[],
    },
    Kind {
        name: "ae",
        base: "ae",
        title: "AE, plain",
        help: "Encodes each image as one point and decodes it back; nothing orders the points.",
        formula: "Loss = reconstruction + λ Σ z²",
        settings: &[],
        mark: None,
        own: &["code_l2"],
    },
    Kind {
        name: "deep",
        base: "ae",
        title: "AE, deep",
        help: "784-1000-500-250 and down to the code, as Hinton and Salakhutdinov (2006) built it.",
        formula: "Loss = reconstruction",
        settings: &[("hidden", "1000,500,250"), ("activation", "elu")],
        mark: None,
        own: &[],
    },
    Kind {
        name: "stacked",
        base: "ae",
        title: "AE, stacked",
        help: "Each pair of layers is trained alone, from the image on; then all are fine-tuned together (Bengio 2007).",
        formula: "n→m→n, then m→k→m on the codes, …",
        settings: &[("pretrain", "3"), ("activation", "sigmoid")],
        mark: Some("pretrain"),
        own: &["pretrain"],
    },
    Kind {
        name: "denoising",
        base: "ae",
        title: "AE, denoising",
        help: "Sees a corrupted image and is asked for the clean one, so it must learn what images look like (Vincent 2010).",
        formula: "Loss = reconstruction(x, decoder(encoder(x + noise)))",
        settings: &[("corruption", "masking"), ("latent_dim", "16")],
        mark: Some("corruption"),
        own: &["corruption", "corruption_level"],
    },
    Kind {
        name: "mda",
        base: "mda",
        title: "Denoising, marginalised",
        help: "The best linear denoiser over every corruption at once, found in closed form, and stackable (Chen 2012).",
        formula: "W = E[x x̃ᵀ] E[x̃ x̃ᵀ]⁻¹, h = tanh(W x)",
        settings: &[("latent_dim", "16")],
        mark: None,
        own: &["corruption", "corruption_level"],
    },
    Kind {
        name: "contractive",
        base: "ae",
        title: "AE, contractive",
        help: "Its codes are asked to stand still when the image moves a little (Rifai 2011).",
        formula: "Loss = reconstruction + λ ‖∂z/∂x‖²",
        settings: &[("contractive", "0.1")],
        mark: Some("contractive"),
        own: &["contractive"],
    },
    Kind {
        name: "sparse",
        base: "ae",
        title: "AE, sparse",
        help: "A wide code of which few dimensions are active for any one image (Ng 2011).",
        formula: "Loss = reconstruction + β Σ KL(ρ ‖ ρ̂)",
        settings: &[("code_activation", "sigmoid"), ("sparsity", "1"), ("latent_dim", "64"), ("hidden", "")],
        mark: Some("sparsity"),
        own: &["sparsity", "sparsity_target"],
    },
    Kind {
        name: "vae",
        base: "vae",
        title: "VAE, variational",
        help: "Encodes each image as a small Gaussian and keeps those near N(0, I).",
        formula: "Loss = reconstruction + β · KL",
        settings: &[],
        mark: None,
        own: &["beta"],
    },
    Kind {
        name: "cvae",
        base: "cvae",
        title: "CVAE, told the label",
        help: "As the VAE, but encoder and decoder are told the class: the code holds only what the label leaves open.",
        formula: "Loss = −ln p(x | z, y) + β · KL",
        settings: &[],
        mark: None,
        own: &["beta"],
    },
    Kind {
        name: "gmm",
        base: "gmm",
        title: "Mixture of Gaussians",
        help: "Some Gaussians on the coordinates of a PCA, found by expectation maximisation; sampling chooses one, then a place in it.",
        formula: "Loss = −ln Σ π N(z; μ, Σ) + noise",
        settings: &[],
        mark: None,
        own: &[],
    },
];
