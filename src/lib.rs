//! halfmoon: see and feel what an autoencoder has learned.
//!
//! The program trains or loads an autoencoder (AE), a variational one (VAE) or one that is told the label
//! (CVAE), or solves for PCA, in the background, plots its codes by class, and decodes whatever the hand
//! does: sliders, the pointer on the latent plane, a path from one point to another, a rectangle dragged open
//! into a grid of images. Everything serves one of two journeys, and neither waits for the other:
//!
//! ```text
//! train:  data -> batches -> learner -> snapshot (model + codes) -> plane, loss chart
//! drag:   pointer or slider -> code z -> decoder of the newest snapshot -> pixels -> one texture
//! ```
//!
//! # The rooms, lowest first
//!
//! | room | holds |
//! |---|---|
//! | [`nn`] | scalars, dense and convolutional layers, losses, optimizers, the matrix product, eigenvectors |
//! | [`data`] | samples of every kind, batches, scaling, loaders, the drawn moons, the embedded sets |
//! | [`model`] | one file a model or a variant's part; the spec that describes and builds it; the list of kinds |
//! | [`latent`] | geometry of codes: planes, paths, grids, statistics, picking, neighbours |
//! | [`picture`] | what samples look like, without a window: `Shown`, palette, mosaics, rasteriser, figures |
//! | [`train`] | the loop that knows no model, its settings, noise and measurements, ln p(x) among them |
//! | [`store`] | bytes on disk: model files, trained models, exports, atomic writes |
//! | [`worker`] | the only threads: train, decode, a lane for files, a lane for what is worked out beside |
//! | [`session`] | the document: actions in, effects out; what may be shown; slots, undo, recipes, its file |
//! | [`cli`] and `ui` | the subcommands; the window (feature `gui`) |
//!
//! # Invariants
//!
//! - A room may use any room above it in this table, but [`nn`] and [`data`] use none, [`cli`] and `ui` never
//!   each other, and `ui` never [`nn`], [`train`] or [`store`]. `tests/layers.rs` holds every path to this.
//! - [`nn`], [`model`], [`latent`] and [`picture`] do no input or output and know no thread, clock or screen.
//! - Losses are summed over features and averaged over the batch, in nats.
//! - The same seed gives the same bits on any number of threads, on one kind of processor: nothing is random
//!   but streams that follow from seed, purpose and step, and a batch is always cut into the same shards.
//! - No lock is held across compute, and the window never waits for a worker.
//! - Every file read is hostile until checked; every write is whole or does not happen.
//! - The rest of the program asks what a model can do, never what it is; only `model/spec.rs` knows the
//!   kinds.

pub mod cli;
pub mod data;
pub mod latent;
pub mod model;
pub mod nn;
pub mod picture;
pub mod session;
pub mod store;
pub mod train;
#[cfg(feature = "gui")]
pub mod ui;
pub mod worker;
