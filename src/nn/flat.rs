//! Arrays as plain runs of numbers, row after row. An array that does not lie so is a bug of its maker and
//! asserts.

use ndarray::{Array2, ArrayRef, ArrayView2, ArrayViewMut2, Dimension};

/// The numbers of `array`, row after row. Panics where they do not lie so, and names shape and strides.
#[track_caller]
pub fn flat<A, D: Dimension>(array: &ArrayRef<A, D>) -> &[A] {
    let Some(values) = array.as_slice() else { panic!("{}", of_another_layout(array)) };
    values
}

/// As [`flat`], to write to.
#[track_caller]
pub fn flat_mut<A, D: Dimension>(array: &mut ArrayRef<A, D>) -> &mut [A] {
    assert!(array.is_standard_layout(), "{}", of_another_layout(array));
    array.as_slice_mut().unwrap_or_default()
}

fn of_another_layout<A, D: Dimension>(array: &ArrayRef<A, D>) -> String {
    let (shape, strides) = (array.shape(), array.strides());
    format!("an array of shape {shape:?} and strides {strides:?} where rows must lie one after another")
}

/// The array [rows, cols] of `values`. Panics where there are not as many.
#[track_caller]
pub fn shaped<A>((rows, cols): (usize, usize), values: Vec<A>) -> Array2<A> {
    assert_fills((rows, cols), values.len());
    Array2::from_shape_vec((rows, cols), values).unwrap_or_else(|_| unreachable!("as many values were counted"))
}

/// `values` as an array [rows, cols]. Panics where there are not as many.
#[track_caller]
pub fn shaped_view<A>((rows, cols): (usize, usize), values: &[A]) -> ArrayView2<'_, A> {
    assert_fills((rows, cols), values.len());
    ArrayView2::from_shape((rows, cols), values).unwrap_or_else(|_| unreachable!("as many values were counted"))
}

/// As [`shaped_view`], to write to.
#[track_caller]
pub fn shaped_mut<A>((rows, cols): (usize, usize), values: &mut [A]) -> ArrayViewMut2<'_, A> {
    assert_fills((rows, cols), values.len());
    ArrayViewMut2::from_shape((rows, cols), values).unwrap_or_else(|_| unreachable!("as many values were counted"))
}

#[track_caller]
fn assert_fills((rows, cols): (usize, usize), n: usize) {
    assert_eq!(n, rows * cols, "{n} values where an array of shape [{rows}, {cols}] must be filled");
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn rows_lie_one_after_another() {
        let mut plain = array![[1.0, 2.0], [3.0, 4.0]];
        assert_eq!(flat(&plain), [1.0, 2.0, 3.0, 4.0]);
        flat_mut(&mut plain.view_mut())[3] = 5.0;
        assert_eq!(plain[[1, 1]], 5.0);
        assert_eq!(shaped((2, 2), vec![1, 2, 3, 4]), array![[1, 2], [3, 4]]);
        shaped_mut((1, 2), &mut [0.0f32; 2]).fill(1.0);
    }

    #[test]
    #[should_panic(expected = "an array of shape [3, 2] and strides [1, 3] where rows must lie one after another")]
    fn another_layout_is_told_by_its_shape() {
        flat(&Array2::<f32>::zeros((2, 3)).t());
    }

    #[test]
    #[should_panic(expected = "an array of shape [3, 2]")]
    fn another_layout_is_not_written_to() {
        flat_mut(&mut Array2::<f32>::zeros((2, 3)).reversed_axes());
    }

    #[test]
    #[should_panic(expected = "3 values where an array of shape [2, 2] must be filled")]
    fn values_must_fill_their_shape() {
        shaped((2, 2), vec![0.0; 3]);
    }
}
