//! Geometry of codes: planes and grids in z, statistics of a cloud of codes, picking; and how far densities
//! on a line lie from one another.
//!
//! Everything here is plain arithmetic on codes and plot coordinates: no model, no input or output, no clock.
//! Where a decoder matters it comes as a function.

pub mod contours;
pub mod data_plane;
pub mod densest;
pub mod direction;
pub mod divergence;
pub mod ellipse;
pub mod factors;
pub mod geodesic;
pub mod graph;
pub mod grid;
pub mod heat;
pub mod index;
pub mod knn;
pub mod lanes;
pub mod lattice;
pub mod line_density;
pub mod nearest;
pub mod outline;
pub mod path;
pub mod plane;
pub mod principal;
pub mod procrustes;
pub mod regression;
pub mod stats;

/// Decodes codes [n, latent_dim] to samples [n, features]; none once it is given up.
pub type Decode<'a> = dyn FnMut(ndarray::ArrayView2<f32>) -> Option<ndarray::Array2<f32>> + 'a;
