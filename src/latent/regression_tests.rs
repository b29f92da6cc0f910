use super::*;
use serde_json::Value;

/// What statsmodels found, and the columns it found it of.
fn answers() -> Value {
    serde_json::from_str(include_str!("../../tests/statsmodels/influence.json")).unwrap()
}

fn numbers(of: &Value) -> Vec<f64> {
    of.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

/// An answer with the regressors and y that it is of.
fn shipped(name: &str) -> (Value, Array2<f64>, Vec<f64>) {
    let answer = answers()[name].clone();
    let column = |column: &Value| numbers(&answer["columns"][column.as_str().unwrap()]);
    let y = column(&answer["y"]);
    let columns: Vec<Vec<f64>> = answer["x"].as_array().unwrap().iter().map(column).collect();
    let x = Array2::from_shape_fn((y.len(), columns.len()), |(row, at)| columns[at][row]);
    (answer, x, y)
}

fn near(found: f64, want: f64, within: f64) -> bool {
    (found - want).abs() <= within * want.abs()
}

/// Holds a fit to an answer of statsmodels, and the two forms of the distance to each other.
fn hold(name: &str, answer: &Value, x: &Array2<f64>, y: &[f64]) {
    let found = fit(x.view(), y).unwrap();
    assert!(near(found.s2, answer["s2"].as_f64().unwrap(), 1e-9), "{name}: s2 {}", found.s2);
    let coefficients = [&[found.intercept()], &*found.slopes].concat();
    for (found, want) in coefficients.iter().zip(numbers(&answer["coefficients"])) {
        assert!(near(*found, want, 1e-9), "{name}: {found} {want}");
    }
    for (point, (h, want)) in
        numbers(&answer["leverage"]).into_iter().zip(answer["cook"].as_array().unwrap()).enumerate()
    {
        assert!(near(found.leverage[point], h, 1e-9), "{name}, point {point}: leverage {}", found.leverage[point]);
        let Some(want) = want.as_f64() else {
            assert!(found.is_fixed(point) && found.cook(point).is_none(), "{name}, point {point}");
            continue;
        };
        let distance = found.cook(point).unwrap();
        assert!(near(distance, want, 1e-9), "{name}, point {point}: {distance} {want}");
        let moved = found.moved(x.view(), &without(x.view(), y, point).unwrap()).unwrap();
        assert!(near(moved, want, 1e-8), "{name}, point {point}: {moved} {want}");
    }
}

#[test]
fn leverage_and_cooks_distance_are_those_of_statsmodels() {
    for name in ["stackloss", "longley"] {
        let (answer, x, y) = shipped(name);
        hold(name, &answer, &x, &y);
    }
}

#[test]
fn a_point_that_the_fit_must_go_through_has_no_distance_and_no_column_without_it() {
    // All but one at the same place, as in Anscombe's fourth set.
    let x = Array2::from_shape_fn((7, 1), |(row, _)| if row == 4 { 19.0 } else { 8.0 });
    let y = [6.5, 5.7, 7.7, 8.8, 12.5, 5.2, 7.0];
    let found = fit(x.view(), &y).unwrap();
    assert!(found.is_fixed(4) && found.cook(4).is_none() && found.products(4).is_none());
    assert!(found.residuals[4].abs() < 1e-12);
    assert!((0..7).filter(|&point| point != 4).all(|point| found.cook(point).is_some_and(f64::is_finite)));
    assert_eq!(without(x.view(), &y, 4).unwrap_err(), FitError::NothingVaries);
}

#[test]
fn what_the_others_say_already_is_named_and_left_out() {
    let (_, x, y) = shipped("stackloss");
    let n = y.len();
    let mut more = Array2::zeros((n, 5));
    more.slice_mut(s![.., ..3]).assign(&x);
    for row in 0..n {
        more[[row, 3]] = 7.0;
        more[[row, 4]] = 2.0 * x[[row, 0]] - 0.5 * x[[row, 2]] + 40.0;
    }
    let (found, plain) = (fit(more.view(), &y).unwrap(), fit(x.view(), &y).unwrap());
    assert_eq!((found.n_coefficients, found.dependent.len()), (4, 2));
    assert_eq!(found.dependent[0], Dependent { column: 3, of: vec![] });
    let Dependent { column, of } = &found.dependent[1];
    let mut together = of.clone();
    together.push(*column);
    together.sort_unstable();
    assert_eq!(together, [0, 2, 4], "and nothing of the second column");
    assert_eq!(found.slopes[*column], 0.0);
    for point in 0..n {
        assert!(near(found.cook(point).unwrap(), plain.cook(point).unwrap(), 1e-9), "the fit is the same");
        assert!((found.predict(more.row(point)) - plain.fitted[point]).abs() < 1e-10);
    }
}

#[test]
fn the_products_of_the_two_forms_are_off_and_one_puts_points_into_another_order() {
    let (_, x, y) = shipped("longley");
    let found = fit(x.view(), &y).unwrap();
    let highest = |of: &dyn Fn(usize) -> f64| (0..y.len()).max_by(|&a, &b| of(a).total_cmp(&of(b))).unwrap();
    let products = |point| found.products(point).unwrap();
    assert_eq!(highest(&|point| found.cook(point).unwrap()), 4);
    assert_eq!(highest(&|point| products(point).lifted), 15);
    let (distance, product) = (found.cook(4).unwrap(), products(4));
    assert!(near(product.whole, 0.613_916_838 * 0.613_916_838, 1e-8), "{distance} {product:?}");
    let h = found.leverage[4];
    assert!(near(product.lifted, distance * h / (1.0 - h) / (1.0 - h), 1e-12));
}

#[test]
fn a_contour_holds_the_residuals_of_its_distance() {
    let (_, x, y) = shipped("stackloss");
    let found = fit(x.view(), &y).unwrap();
    for point in 0..y.len() {
        let residual = found.residual_at(found.cook(point).unwrap(), found.leverage[point]);
        assert!(near(residual, found.residuals[point].abs(), 1e-9));
    }
}

#[test]
fn what_cannot_be_fitted_is_refused_and_an_exact_fit_has_no_distances() {
    let x = Array2::from_shape_fn((3, 2), |(row, column)| [[1.0, 2.0, 4.0], [3.0, 1.0, 2.0]][column][row]);
    assert_eq!(fit(x.view(), &[1.0, 2.0, 3.0]).unwrap_err(), FitError::TooFew { points: 3, coefficients: 3 });
    assert_eq!(fit(x.view(), &[1.0, f64::NAN, 3.0]).unwrap_err(), FitError::NotFinite);
    let line = Array2::from_shape_fn((5, 1), |(row, _)| row as f64);
    let exact = fit(line.view(), &[1.0, 3.0, 5.0, 7.0, 9.0]).unwrap();
    assert!(exact.is_exact() && exact.cook(0).is_none() && near(exact.slopes[0], 2.0, 1e-14));
}
