//! Rankings against a plain loop over all samples.

use super::*;
use crate::data::{Count, Labels, Rows, Values, typed};

/// 60 samples of two classes to train on and 20 to test with.
fn split(kind: SampleKind, values: Values) -> DataSplit {
    let of: Vec<u16> = (0..80).map(|i| (i * 7 % 5 % 2) as u16).collect();
    let labels = Labels { names: ["a", "b"].map(String::from).into(), of: of.into() };
    let all = Dataset::new(kind, values, Some(labels), vec![]).unwrap();
    DataSplit::new("some".into(), all.slice(0..60).unwrap(), all.slice(60..80).unwrap())
}

fn numbers(n: usize) -> Vec<u8> {
    let mix = |i: u64| {
        let x = i.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        ((x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 56) as u8
    };
    (0..n as u64).map(mix).collect()
}

fn pictures() -> DataSplit {
    split(SampleKind::square(1, 4), Values::Bytes(numbers(80 * 16).into()))
}

fn table() -> DataSplit {
    let floats: Vec<f32> = numbers(80 * 5).into_iter().map(|byte| f32::from(byte) * 3.0 - 40.0).collect();
    split(SampleKind::row(5), Values::Floats(floats.into()))
}

fn documents() -> DataSplit {
    let bytes = numbers(80 * 9);
    let row = |row: &[u8]| {
        let counts = (0..)
            .zip(row)
            .map(|(feature, byte)| Count { feature, count: u32::from(byte % 4) + u32::from(feature == 0) });
        counts.filter(|count| count.count > 0).collect::<Vec<_>>()
    };
    let rows: Rows<Count> = bytes.chunks(9).map(row).collect();
    let words = ["moon", "cat", "dog", "sun", "star", "night", "tail", "fur", "sky"].map(String::from);
    split(SampleKind::documents(words), Values::Sparse(rows))
}

fn dense(data: &Dataset) -> Array2<f64> {
    let mut x = Array2::zeros((data.n_samples(), data.n_features()));
    data.gather(&(0..data.n_samples() as u32).collect::<Vec<_>>(), &mut x);
    x.mapv(f64::from)
}

/// All training samples by their distance from a row, worked out plainly.
fn ranked(train: &Array2<f64>, x: ndarray::ArrayView1<f64>, distance: Distance) -> Vec<(u32, f64)> {
    let far = |row: ndarray::ArrayView1<f64>| match distance {
        Distance::Euclid => (&row - &x).mapv(|d| d * d).sum().sqrt(),
        Distance::Cosine => 1.0 - row.dot(&x) / (row.dot(&row) * x.dot(&x)).sqrt(),
    };
    let mut all: Vec<(u32, f64)> = (0..).zip(train.rows().into_iter().map(far)).collect();
    all.sort_by(|a, b| a.1.total_cmp(&b.1));
    all
}

/// Holds a ranking to a loop over all training samples, where these and the test samples are `train` and
/// `test` to it.
fn check(ranking: &Ranking, data: &DataSplit, train: &Array2<f64>, test: &Array2<f64>) {
    let cancel = Cancel::default();
    let known = &data.train.labels().unwrap().of;
    for distance in [Distance::Euclid, Distance::Cosine] {
        let mut wanted = [0.0; KS.len()];
        for query in 0..20 {
            let sample = data.test.slice(query..query + 1).unwrap();
            let found = ranking.nearest((&sample, &[]), distance, 7, &cancel).unwrap();
            let all = ranked(train, test.row(query), distance);
            assert_eq!(found.len(), 7);
            for ((_, found), (_, wanted)) in found.iter().zip(&all) {
                assert!((f64::from(*found) - wanted).abs() < 5e-4, "{distance:?}: {found} for {wanted}");
            }
            let class = data.test.labels().unwrap().of[query];
            for (wanted, k) in wanted.iter_mut().zip(KS) {
                let hits = all[..k].iter().filter(|(sample, _)| known[*sample as usize] == class).count();
                *wanted += hits as f64 / k as f64 / 20.0;
            }
        }
        let queries: Vec<u32> = (0..20).collect();
        let part = |queries: &[u32]| ranking.hits((&data.test, queries), known, distance, &cancel).unwrap();
        let whole = part(&queries);
        let sum = part(&queries[..7]).with(&part(&queries[7..]));
        assert_eq!(sum.n, 20);
        let pairs = sum.precision().into_iter().zip(whole.precision());
        for ((_, sum), (k, whole)) in pairs {
            assert!(
                (sum - whole).abs() < 1e-9,
                "{distance:?}: precision at {k} in two parts is {sum}, not {whole}"
            );
        }
        let found = whole.precision();
        assert_eq!(found.iter().map(|found| found.0).collect::<Vec<_>>(), KS);
        for ((k, found), wanted) in found.into_iter().zip(wanted) {
            // Of two samples that are equally far, in single precision, either may be taken.
            let one = 1.01 / (20 * k) as f64;
            assert!((found - wanted).abs() < one, "{distance:?}: precision at {k} is {found}, not {wanted}");
        }
    }
}

#[test]
fn by_features_equals_a_loop_over_all_samples() {
    let data = pictures();
    let ranking = Ranking::by_features(&data.train, None, &Cancel::default()).unwrap();
    check(&ranking, &data, &dense(&data.train), &dense(&data.test));
    let data = table();
    let scaling = Scaling::fit(crate::data::ScalingRule::Standard, &data.train).unwrap();
    let ranking = Ranking::by_features(&data.train, Some(&scaling), &Cancel::default()).unwrap();
    let [train, test] = [&data.train, &data.test].map(|part| dense(&part.scaled(Some(&scaling))));
    check(&ranking, &data, &train, &test);
}

#[test]
fn documents_are_ranked_by_the_weights_of_their_words() {
    let data = documents();
    let (train, test) = (dense(&data.train), dense(&data.test));
    let weighed = |x: &Array2<f64>| {
        let mut t = x.mapv(|x| if x > 0.0 { 1.0 + x.ln() } else { 0.0 });
        for word in 0..9 {
            let n_with = train.column(word).iter().filter(|x| **x > 0.0).count() as f64;
            let idf = (61.0 / (1.0 + n_with)).ln() + 1.0;
            t.column_mut(word).mapv_inplace(|t| t * idf);
        }
        t.rows_mut().into_iter().for_each(|mut row| {
            let length = row.dot(&row).sqrt();
            row /= length;
        });
        t
    };
    let ranking = Ranking::by_features(&data.train, None, &Cancel::default()).unwrap();
    check(&ranking, &data, &weighed(&train), &weighed(&test));
    // What is typed is a document like any other.
    let sample = typed("a cat, a dog; a cat!", &data.train).unwrap();
    let found = ranking.nearest((&sample, &[]), Distance::Cosine, 3, &Cancel::default()).unwrap();
    let mut counts = Array2::zeros((1, 9));
    (counts[[0, 1]], counts[[0, 2]]) = (2.0, 1.0);
    let wanted = ranked(&weighed(&train), weighed(&counts).row(0), Distance::Cosine);
    assert!(found.iter().zip(&wanted).all(|(found, wanted)| (f64::from(found.1) - wanted.1).abs() < 1e-5));
}

#[test]
fn by_code_and_by_linear_code_equal_a_loop_over_all_codes() {
    for data in [pictures(), table(), documents()] {
        let ranking = Ranking::by_linear(&data, 2, &Cancel::default()).unwrap();
        let By::Codes(model, cloud) = &ranking.by else { panic!("these are codes") };
        let codes = |part: &Dataset| {
            let all: Vec<u32> = (0..part.n_samples() as u32).collect();
            encode(&**model, part, &all, &|| false).unwrap().mu.mapv(f64::from)
        };
        check(&ranking, &data, &codes(&data.train), &codes(&data.test));
        let again = Ranking::by_code(Arc::clone(model), Arc::clone(cloud));
        let (sample, cancel) = (data.test.slice(3..4).unwrap(), Cancel::default());
        let nearest = |ranking: &Ranking| ranking.nearest((&sample, &[]), Distance::Euclid, 5, &cancel);
        assert_eq!(nearest(&again), nearest(&ranking));
        assert!(Ranking::by_linear(&data, 500, &cancel).is_none(), "there are not as many directions");
    }
}

#[test]
fn what_cannot_be_ranked_is_not() {
    let (data, other, cancel) = (pictures(), table(), Cancel::default());
    let ranking = Ranking::by_features(&data.train, None, &cancel).unwrap();
    assert!(ranking.nearest((&other.test, &[]), Distance::Euclid, 5, &cancel).is_none());
    let unlabelled = Dataset::new(data.test.kind().clone(), Values::Bytes(vec![0; 16].into()), None, vec![]);
    assert!(ranking.hits((&unlabelled.unwrap(), &[0]), &[], Distance::Euclid, &cancel).is_none());
    cancel.set();
    assert!(Ranking::by_linear(&data, 2, &cancel).is_none());
    let known = &data.train.labels().unwrap().of;
    assert!(ranking.hits((&data.test, &[0, 1]), known, Distance::Euclid, &cancel).is_none());
}
