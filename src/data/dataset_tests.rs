//! What a data set promises, for every way in which values are stored.

use super::*;
use crate::data::Rows;
use ndarray::array;
use proptest::prelude::*;

const PIXELS: SampleKind = SampleKind::Image { channels: 1, height: 1, width: 2 };

fn labels(of: &[u16]) -> Option<Labels> {
    let n = of.iter().max().map_or(0, |&class| usize::from(class) + 1);
    Some(Labels { names: (0..n).map(|class| class.to_string()).collect(), of: of.into() })
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

fn bag() -> SampleKind {
    SampleKind::Bag { vocabulary: names(&["cat", "dog", "sun"]).into() }
}

fn sentences() -> SampleKind {
    SampleKind::Tokens { vocabulary: names(&["", "the", "cat", "sat"]).into(), max_len: 3 }
}

fn counts(rows: &[&[(u32, u32)]]) -> Values {
    let row = |row: &&[(u32, u32)]| row.iter().map(|&(feature, count)| Count { feature, count }).collect();
    Values::Sparse(rows.iter().map(row).collect())
}

fn tokens(rows: &[&[u32]]) -> Values {
    Values::Tokens(rows.iter().map(|row| row.to_vec()).collect())
}

fn fails(kind: SampleKind, values: Values) -> String {
    Dataset::new(kind, values, None, vec![]).expect_err("it was taken").to_string()
}

#[test]
fn parts_must_agree() {
    let values = || Values::Bytes([0, 255, 51, 102].as_slice().into());
    assert!(Dataset::new(PIXELS, values(), labels(&[0, 1]), vec![]).is_ok());
    assert!(Dataset::new(PIXELS, values(), labels(&[0]), vec![]).is_err());
    assert!(Dataset::new(PIXELS, Values::Bytes([1, 2, 3].as_slice().into()), None, vec![]).is_err());
    assert!(Dataset::new(PIXELS, Values::Bytes([].as_slice().into()), None, vec![]).is_err());
    let beyond = Some(Labels { names: ["a".to_string()].into(), of: [0, 1].as_slice().into() });
    assert!(Dataset::new(PIXELS, values(), beyond, vec![]).is_err());
    let column = Column { name: "tilt".into(), unit: String::new(), values: [1.0].as_slice().into() };
    assert!(Dataset::new(PIXELS, values(), None, vec![column]).is_err());
    let data = Dataset::new(PIXELS, values(), None, vec![]).unwrap();
    assert!(data.with_captions(names(&["one"])).unwrap_err().to_string().contains("1 names for 2 samples"));
}

#[test]
fn what_is_not_finite_is_refused_at_its_place() {
    let kind = || SampleKind::Vector { names: names(&["age", "height"]).into() };
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let error = fails(kind(), Values::Floats([1.0, 2.0, 3.0, bad].as_slice().into()));
        assert!(error.contains("row 2, column \"height\"") && error.contains("leave the row out"), "{error}");
    }
    let pixels = fails(PIXELS, Values::Floats([f32::NAN, 0.0].as_slice().into()));
    assert!(pixels.contains("row 1, column \"1\""), "{pixels}");
    let column = Column { name: "tilt".into(), unit: String::new(), values: [1.0, f32::NAN].as_slice().into() };
    let error = Dataset::new(PIXELS, Values::Bytes([0; 4].as_slice().into()), None, vec![column]).unwrap_err();
    assert!(error.to_string().contains("row 2, column \"tilt\""), "{error}");
}

#[test]
fn counts_and_tokens_are_checked() {
    assert!(Dataset::new(bag(), counts(&[&[(0, 1), (2, 3)], &[]]), None, vec![]).is_ok());
    assert!(fails(bag(), counts(&[&[], &[(3, 1)]])).contains("row 2: feature 3"));
    assert!(fails(bag(), counts(&[&[(1, 0)]])).contains("occurs 0 times"));
    assert!(fails(bag(), counts(&[&[(1, (1 << 24) + 1)]])).contains("16777217 times"));
    for unordered in [[(1, 1), (0, 1)], [(1, 1), (1, 1)]] {
        assert!(fails(bag(), counts(&[&unordered])).contains("ascend"));
    }
    assert!(fails(bag(), counts(&[])).contains("no samples"));
    assert!(Dataset::new(sentences(), tokens(&[&[1, 2, 3], &[]]), None, vec![]).is_ok());
    assert!(fails(sentences(), tokens(&[&[1, 2, 3, 1]])).contains("4 tokens"));
    for bad in [0, 4] {
        assert!(fails(sentences(), tokens(&[&[1], &[2, bad]])).contains(&format!("row 2: token {bad}")));
    }
    assert!(fails(bag(), tokens(&[&[1]])).contains("stored"));
    assert!(fails(PIXELS, counts(&[&[(0, 1)]])).contains("stored"));
    let unpadded = SampleKind::Tokens { vocabulary: names(&["the", "cat"]).into(), max_len: 3 };
    assert!(fails(unpadded, tokens(&[&[1]])).contains("stored"));
}

#[test]
fn gather_scales_and_slice_keeps_everything_together() {
    let values = Values::Bytes([0, 255, 51, 102].as_slice().into());
    let column = Column { name: "tilt".into(), unit: "degrees".into(), values: [1.0, 2.0].as_slice().into() };
    let data = Dataset::new(PIXELS, values, labels(&[1, 0]), vec![column]).unwrap();
    let data = data.with_captions(names(&["one", "two"])).unwrap();
    let mut out = Array2::zeros((2, 2));
    data.gather(&[1, 0], &mut out);
    assert_eq!(out, array![[0.2, 0.4], [0.0, 1.0]]);
    for second in [data.slice(1..2).unwrap(), data.select(&[1]).unwrap()] {
        assert_eq!(second.image(0), Some([51, 102].as_slice()));
        assert_eq!((second.n_samples(), &*second.labels().unwrap().of), (1, &[0][..]));
        assert_eq!(*second.columns()[0].values, [2.0]);
        assert_eq!((second.caption(0), second.caption(1)), (Some("two"), None));
        assert_ne!(second.fingerprint(), data.fingerprint());
    }
    assert_eq!(data.slice(1..2).unwrap().heap(), data.heap(), "cut, not copied");
    assert!(data.slice(2..5).is_err() && data.select(&[]).is_err() && data.select(&[2]).is_err());
}

#[test]
fn the_fingerprint_is_of_what_a_model_learns_from() {
    let of = |values: Values, labels| Dataset::new(bag(), values, labels, vec![]).unwrap();
    let data = of(counts(&[&[(0, 1)], &[(2, 1)]]), labels(&[0, 1]));
    let same = of(counts(&[&[(0, 1)], &[(2, 1)]]), labels(&[0, 1])).with_captions(names(&["a", "b"])).unwrap();
    assert_eq!(same.fingerprint(), data.fingerprint());
    for other in [
        of(counts(&[&[(0, 1)], &[(2, 1)]]), labels(&[1, 0])),
        of(counts(&[&[(0, 1)], &[(2, 1)]]), None),
        of(counts(&[&[(0, 2)], &[(2, 1)]]), labels(&[0, 1])),
        of(counts(&[&[(0, 1), (2, 1)], &[]]), labels(&[0, 1])),
    ] {
        assert_ne!(other.fingerprint(), data.fingerprint());
    }
}

#[test]
fn a_bag_is_gathered_dense_and_a_sentence_filled_up() {
    let data = Dataset::new(bag(), counts(&[&[(0, 1), (2, 3)], &[], &[(1, 2)]]), None, vec![]).unwrap();
    let mut out = Array2::from_elem((3, 3), 9.0);
    data.gather(&[2, 0, 1], &mut out);
    assert_eq!(out, array![[0.0, 2.0, 0.0], [1.0, 0.0, 3.0], [0.0, 0.0, 0.0]]);
    let data = Dataset::new(sentences(), tokens(&[&[1, 2], &[3]]), None, vec![]).unwrap();
    let mut out = Array2::from_elem((2, 3), 9.0);
    data.gather(&[1, 0], &mut out);
    assert_eq!(out, array![[3.0, 0.0, 0.0], [1.0, 2.0, 0.0]]);
}

proptest! {
    #[test]
    fn gathering_a_part_is_gathering_from_the_whole(
        dense in proptest::collection::vec(0u32..4, 3 * 12), cut in 0usize..12, picks in proptest::collection::vec(0u32..12, 1..9)
    ) {
        let rows = |row: &[u32]| -> Vec<Count> {
            let present = row.iter().enumerate().filter(|(_, count)| **count > 0);
            present.map(|(feature, &count)| Count { feature: feature as u32, count }).collect()
        };
        let sparse: Rows<Count> = dense.chunks(3).map(rows).collect();
        let floats = Values::Floats(dense.iter().map(|&count| count as f32).collect());
        for values in [Values::Sparse(sparse), floats] {
            let data = Dataset::new(bag(), values, None, vec![]).unwrap();
            let mut whole = Array2::from_elem((picks.len(), 3), -1.0);
            data.gather(&picks, &mut whole);
            for (row, &pick) in whole.rows().into_iter().zip(&picks) {
                let want: Vec<f32> = dense[pick as usize * 3..][..3].iter().map(|&count| count as f32).collect();
                prop_assert_eq!(row.to_vec(), want);
            }
            let mut part = Array2::zeros((picks.len(), 3));
            let all: Vec<u32> = (0..picks.len() as u32).collect();
            data.select(&picks).unwrap().gather(&all, &mut part);
            prop_assert_eq!(&part, &whole);
            let tail = data.slice(cut..12).unwrap();
            let (mut a, mut b) = (Array2::zeros((1, 3)), Array2::zeros((1, 3)));
            tail.gather(&[(12 - cut) as u32 - 1], &mut a);
            data.gather(&[11], &mut b);
            prop_assert_eq!(a, b);
        }
    }
}
