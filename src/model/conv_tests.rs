use super::*;
use crate::model::{ModelSpec, Settings};

const DIGIT: SampleKind = SampleKind::Image { channels: 1, height: 28, width: 28 };

fn conv(channels: &str) -> ModelSpec {
    ModelSpec::default().with("arch", "conv").unwrap().with("channels", channels).unwrap()
}

#[test]
fn what_cannot_be_convolved_is_refused_with_a_remedy() {
    let refused = |spec: ModelSpec, input: &SampleKind| spec.check(input, &[]).unwrap_err().to_string();
    let numbers = SampleKind::table(["age", "height"]);
    assert!(refused(conv("8"), &numbers).contains("use dense"));
    assert!(refused(conv("8,8,8,8,8"), &DIGIT).contains("name at most 4 stages"));
    let wide = SampleKind::Image { channels: 3, height: 512, width: 512 };
    assert!(refused(conv("1024").with("hidden", "").unwrap(), &wide).contains("use fewer feature maps"));
    assert!(conv("8").with("kernel", "4").is_err() && conv("8").with("up_kernel", "1").is_err());
    let strided = conv("8,8,8").with("downsampling", "stride").unwrap();
    assert!(refused(strided.with("upsampling", "places").unwrap(), &DIGIT).contains("remember no places"));
    // 28 → 14 → 7 → 4, of which an even kernel makes 8.
    let odd = strided.with("down_kernel", "3").unwrap();
    assert!(refused(odd.clone(), &DIGIT).contains("maps of 4 × 4 are not made 7 × 7 again"));
    assert!(refused(odd.with("upsampling", "repeat").unwrap(), &DIGIT).contains("not made 7 × 7"));
    assert!(odd.with("up_kernel", "3").unwrap().check(&DIGIT, &[]).is_ok());
    assert!(
        conv("").fitted_to(&numbers).check(&numbers, &[]).is_ok(),
        "without stages there is nothing to convolve"
    );
}

#[test]
fn only_what_is_used_is_shown() {
    let shown = |spec: &ModelSpec| spec.visible_fields().iter().map(|field| field.path).collect::<Vec<_>>();
    let dense = shown(&ModelSpec::default());
    assert!(dense.contains(&"arch") && !dense.contains(&"channels") && !dense.contains(&"up_kernel"));
    assert!(shown(&conv("8")).contains(&"up_kernel"));
    assert!(!shown(&conv("8").with("upsampling", "repeat").unwrap()).contains(&"up_kernel"));
}

#[test]
fn counted_parameters_are_built() {
    for (path, text) in
        [("convolution", "separable"), ("upsampling", "repeat"), ("kernel", "5"), ("downsampling", "stride")]
    {
        let valid = conv("4,6,5").with(path, text).unwrap().check(&DIGIT, &[]).unwrap();
        assert_eq!(valid.n_params(), valid.build::<f32>(0).unwrap().n_params() as u128, "{path}={text}");
    }
}
