//! The part of MNIST that travels inside the program: its first 10 000 training and 2 000 test images.
//!
//! MNIST is by Y. LeCun, C. Cortes and C. Burges; see `assets/mnist/CREDIT.md`.

use super::{DataError, DataSplit, Limits, idx};

/// The embedded digits.
pub fn mnist() -> Result<DataSplit, DataError> {
    let split = |name: &str, images: &[u8], labels: &[u8]| {
        let file = |part: &str| format!("embedded MNIST {name} {part}");
        let limits = Limits::default();
        let images = idx::decompress(&file("images"), images, &limits)?;
        let labels = idx::decompress(&file("labels"), labels, &limits)?;
        idx::assemble(&file("images"), images, Some((&file("labels"), labels)))
    };
    Ok(DataSplit {
        name: "MNIST digits".into(),
        train: split(
            "train",
            include_bytes!("../../assets/mnist/train-images-idx3-ubyte.gz"),
            include_bytes!("../../assets/mnist/train-labels-idx1-ubyte.gz"),
        )?,
        test: split(
            "test",
            include_bytes!("../../assets/mnist/t10k-images-idx3-ubyte.gz"),
            include_bytes!("../../assets/mnist/t10k-labels-idx1-ubyte.gz"),
        )?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_ten_classes_of_digits() {
        let mnist = mnist().unwrap();
        assert_eq!((mnist.train.n_samples(), mnist.test.n_samples()), (10_000, 2_000));
        assert_eq!(mnist.train.labels().unwrap().names.len(), 10);
        assert_eq!(mnist.train.labels().unwrap().of[..5], [5, 0, 4, 1, 9]);
        let mean = (0..10_000).flat_map(|i| mnist.train.image(i).unwrap()).map(|&b| f64::from(b)).sum::<f64>();
        assert!((mean / 255.0 / 7_840_000.0 - 0.1307).abs() < 0.002);
    }
}
