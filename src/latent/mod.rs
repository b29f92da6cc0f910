//! Geometry of codes: planes and grids in z, statistics of a cloud of codes, picking.
//!
//! Everything here is plain arithmetic on codes and plot coordinates: no model, no input or output, no clock.

pub mod densest;
pub mod ellipse;
pub mod grid;
pub mod index;
pub mod knn;
pub mod lanes;
pub mod outline;
pub mod path;
pub mod plane;
pub mod principal;
pub mod stats;
