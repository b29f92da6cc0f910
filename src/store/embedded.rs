//! The trained model inside the program, which the window opens on.

use super::{ModelFileError, from_bytes};
use crate::train::Checkpoint;

/// Name by which commands know the embedded model.
pub const EMBEDDED_MODEL: &str = "mnist-vae";

/// The embedded model: a VAE with two latent dimensions, trained on the complete MNIST.
pub fn embedded_model() -> Result<Checkpoint, ModelFileError> {
    from_bytes("the embedded model", include_bytes!("../../models/mnist-vae.safetensors"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_and_is_slim() {
        let checkpoint = embedded_model().unwrap();
        assert!(checkpoint.optim.is_none());
        assert_eq!(checkpoint.trained.model.spec().latent_dim(), 2);
        assert!(checkpoint.trained.test_curve.len() > 5);
    }
}
