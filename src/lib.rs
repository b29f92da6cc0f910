//! halfmoon
pub mod data;
pub mod latent;
pub mod model;
pub mod nn;
pub mod picture;
pub mod store;
pub mod train;
