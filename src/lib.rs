//! halfmoon
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
