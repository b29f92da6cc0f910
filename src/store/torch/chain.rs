//! Layers put in the order in which an autoencoder runs through them.
//!
//! Files say no order, only names. Each order that names suggest is tried until in one of them every layer
//! reads what the one before it gives: from samples through a trunk to the code, or to two heads of one shape
//! beside one another, and from there back to samples.

use super::layers::{ELSEWHERE, Layer, Part, words};

/// An autoencoder, its layers in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    /// The encoder's layers before its heads.
    pub trunk: Vec<Layer>,
    /// The code.
    pub heads: Heads,
    /// The decoder's layers.
    pub decoder: Vec<Layer>,
    /// Labels that both halves are told.
    pub n_classes: usize,
}

/// What gives a code.
#[derive(Clone, Debug, PartialEq)]
pub enum Heads {
    /// One layer.
    Code(Layer),
    /// Two side by side, the likelier mean first.
    Pair(Layer, Layer),
    /// One whose outputs are the mean and then the spread.
    Halves(Layer),
}

impl Chain {
    /// Length of a code.
    pub fn latent_dim(&self) -> usize {
        match &self.heads {
            Heads::Code(layer) | Heads::Pair(layer, _) => layer.n_out(),
            Heads::Halves(layer) => layer.n_out() / 2,
        }
    }

    /// The encoder's convolutions.
    pub fn convolutions(&self) -> &[Layer] {
        let n = self.trunk.iter().take_while(|layer| !layer.is_dense()).count();
        &self.trunk[..n]
    }

    /// The decoder's convolutions.
    pub fn enlarging(&self) -> &[Layer] {
        let n = self.decoder.iter().take_while(|layer| layer.is_dense()).count();
        &self.decoder[n..]
    }

    /// What follows a layer in its `torch.nn.Sequential`: the number of modules between it and the next layer
    /// with weights; none where names do not say.
    pub fn n_between(&self, before: &Layer, after: &Layer) -> Option<usize> {
        let ((of, n), (of_next, next)) = (before.number()?, after.number()?);
        (of == of_next).then(|| next.checked_sub(n + 1 + usize::from(before.norm.is_some())))?
    }
}

/// Puts the layers in order. The error is part of a sentence that names the first layer that does not fit.
pub fn chained(layers: &[Layer]) -> Result<Chain, String> {
    let parts: Vec<Option<Part>> = layers.iter().map(Layer::part).collect();
    let is_decoder = |part: &Option<Part>| *part == Some(Part::Decoder);
    let whole = "an autoencoder needs an encoder and a decoder in one file";
    if layers.len() < 2 {
        return Err(format!("it holds {} layers with weights; {whole}", layers.len()));
    }
    if parts.iter().all(is_decoder) {
        return Err(format!("it holds a decoder alone; {whole}"));
    }
    if parts.iter().all(|part| part.is_some_and(|part| part != Part::Decoder)) {
        return Err(format!("it holds an encoder alone; {whole}"));
    }
    let mut first_error = None;
    for order in orders(layers, &parts) {
        match parsed(order) {
            Ok(chain) => return Ok(chain),
            Err(e) => first_error = first_error.or(Some(e)),
        }
    }
    Err(first_error.unwrap_or_default())
}

/// The orders that names suggest, the likeliest first.
fn orders(layers: &[Layer], parts: &[Option<Part>]) -> Vec<Vec<Layer>> {
    let sorted_by = |key: &dyn Fn(&Layer) -> Vec<(u64, String)>| {
        let mut sorted: Vec<usize> = (0..layers.len()).collect();
        sorted.sort_by_key(|&at| key(&layers[at]));
        sorted
    };
    // `layer10` after `layer9`, and `fc21` before `fc3`.
    let by_number = |layer: &Layer| {
        words(&layer.name)
            .into_iter()
            .map(|word| word.parse().map_or((u64::MAX, word), |n| (n, String::new())))
            .collect()
    };
    let by_letter = |layer: &Layer| vec![(0, layer.name.clone())];
    let mut bases = [(0..layers.len()).collect(), sorted_by(&by_number), sorted_by(&by_letter)];
    let parents: Vec<_> = layers.iter().map(|layer| layer.number().map(|(parent, _)| parent)).collect();
    if parents.iter().all(|parent| parent.is_some() && *parent == parents[0]) {
        // The numbers of one Sequential say all.
        bases.swap(0, 1);
    }
    let mut all = Vec::new();
    // Where the layers go whose names say nothing: where they stand, before the heads, behind them, or last.
    for unnamed in [None, Some(1), Some(5), Some(9)] {
        for base in &bases {
            let mut order = base.clone();
            if let Some(unnamed) = unnamed {
                let rank = |at: &usize| {
                    let rank = match parts[*at] {
                        Some(Part::Encoder) => 0,
                        Some(Part::Mean) => 2,
                        Some(Part::Spread) => 3,
                        Some(Part::Decoder) => 7,
                        None => unnamed,
                    };
                    // Dense layers stand nearer to the code than convolutions.
                    (rank, layers[*at].is_dense() == (rank < 4))
                };
                order.sort_by_key(rank);
            }
            all.push(order);
        }
    }
    // An autoencoder begins where it is widest; any other place of its circle would do as well.
    let mut firsts: Vec<usize> = (0..layers.len()).filter(|_| layers.len() <= MAX_FOLLOWED).collect();
    firsts.sort_by_key(|first| std::cmp::Reverse(layers[*first].n_in()));
    let by_shape = firsts.into_iter().filter_map(|first| followed(layers, first));
    all.into_iter().chain(by_shape).map(|order| order.iter().map(|at| layers[*at].clone()).collect()).collect()
}

/// Most layers of which an order by shapes alone is looked for.
const MAX_FOLLOWED: usize = 64;

/// The order in which dense layers follow each other by their shapes, from the `first` on; none where that
/// leaves some over.
fn followed(layers: &[Layer], first: usize) -> Option<Vec<usize>> {
    if !layers.iter().all(Layer::is_dense) {
        return None;
    }
    let (mut order, mut rest) = (vec![first], (0..layers.len()).filter(|at| *at != first).collect::<Vec<_>>());
    while !rest.is_empty() {
        let last = &layers[*order.last()?];
        let twin = |at: &usize| layers[*at].shape == last.shape && last.n_in() != last.n_out();
        let next = |at: &usize| layers[*at].n_in() == last.n_out();
        let found = rest.iter().position(twin).or_else(|| rest.iter().position(next))?;
        order.push(rest.remove(found));
    }
    Some(order)
}

fn misfit(layer: &Layer, why: &str) -> String {
    format!("its layer {}, {}, {why}; {ELSEWHERE}", layer.name, layer.what())
}

/// Reads an order of layers as an autoencoder.
fn parsed(mut layers: Vec<Layer>) -> Result<Chain, String> {
    // Where the last layer gives what the first reads, the circle could be cut anywhere; names say where not.
    let is_decoders = |layer: &&Layer| layer.part() == Some(Part::Decoder);
    let is_encoders = |layer: &Layer| layer.part().is_some_and(|part| part != Part::Decoder);
    let first_of_decoder = layers.iter().position(|layer| is_decoders(&layer)).unwrap_or(layers.len());
    if let Some(late) = layers[first_of_decoder..].iter().find(|layer| is_encoders(layer)) {
        return Err(misfit(late, "stands behind the decoder"));
    }
    let n_before = layers.iter().take_while(|layer| !layer.is_dense()).count();
    let n_after = layers.iter().rev().take_while(|layer| !layer.is_dense()).count();
    if n_before == layers.len() {
        return Err(misfit(&layers[0], "is one of convolutions alone, without a dense layer that gives a code"));
    }
    if let Some(between) = layers[n_before..layers.len() - n_after].iter().find(|layer| !layer.is_dense()) {
        return Err(misfit(between, "stands between dense layers"));
    }
    let mut after = layers.split_off(layers.len() - n_after);
    let middle = layers.split_off(n_before);
    let n_classes = match (layers.first(), after.is_empty()) {
        (None, true) => classes_of_dense(&middle)?,
        (Some(_), false) => classes_of_maps(&layers, &mut after)?,
        (None, false) => return Err(misfit(&after[0], "enlarges pictures that no convolution made small")),
        (Some(first), true) => return Err(misfit(first, "makes pictures small that no layer enlarges again")),
    };
    let (trunk, heads, decoder) = coded(middle, n_classes)?;
    Ok(Chain {
        trunk: layers.into_iter().chain(trunk).collect(),
        heads,
        decoder: decoder.into_iter().chain(after).collect(),
        n_classes,
    })
}

/// Most classes that a network is taken to be told.
const MAX_TOLD: usize = 1000;

fn classes_of_dense(layers: &[Layer]) -> Result<usize, String> {
    let (first, last) = (&layers[0], &layers[layers.len() - 1]);
    let told = first.n_in().checked_sub(last.n_out());
    told.filter(|told| *told <= MAX_TOLD && *told < last.n_out()).ok_or_else(|| {
        let why = format!(
            "gives {} numbers, where {} takes {}, so it is no autoencoder",
            last.n_out(),
            first.name,
            first.n_in()
        );
        misfit(last, &why)
    })
}

/// Checks that convolutions chain, down and up again, and finds which are transposed.
fn classes_of_maps(down: &[Layer], up: &mut [Layer]) -> Result<usize, String> {
    for pair in down.windows(2) {
        if pair[1].n_in() != pair[0].n_out() {
            return Err(misfit(&pair[1], &format!("reads other maps than the {} before it", pair[0].n_out())));
        }
    }
    let mut n_maps = down[down.len() - 1].n_out();
    // A weight of as many maps in as out looks alike both ways; then the others say.
    let is_clear = |layer: &Layer| layer.shape[0] != layer.shape[1];
    let clear = up.iter().find(|layer| is_clear(layer)).map(|layer| layer.name.clone());
    let mut transposed = up.last().is_none_or(|layer| layer.shape[2] % 2 == 0);
    for layer in up.iter_mut() {
        if is_clear(layer) {
            layer.is_transposed = layer.shape[0] == n_maps;
            if Some(&layer.name) == clear.as_ref() {
                transposed = layer.is_transposed;
            }
        }
        if layer.n_in() != n_maps && is_clear(layer) {
            return Err(misfit(layer, &format!("reads other maps than the {n_maps} before it")));
        }
        n_maps = if is_clear(layer) { layer.n_out() } else { layer.shape[0] };
    }
    up.iter_mut().filter(|layer| !is_clear(layer)).for_each(|layer| layer.is_transposed = transposed);
    let first = &down[0];
    first
        .n_in()
        .checked_sub(n_maps)
        .ok_or_else(|| misfit(first, &format!("reads {} maps, where the last layer gives {n_maps}", first.n_in())))
}

/// Trunk, heads and decoder of dense layers.
type Coded = (Vec<Layer>, Heads, Vec<Layer>);

/// Finds where among dense layers the code is.
fn coded(mut layers: Vec<Layer>, n_classes: usize) -> Result<Coded, String> {
    let mut width = layers[0].n_in();
    for at in 0..layers.len() {
        let layer = &layers[at];
        if layer.n_in() != width {
            let why = if n_classes > 0 && layer.n_in() == width + n_classes {
                format!(
                    "seems to be told {n_classes} classes behind a code without two heads, mean and log-variance"
                )
            } else {
                format!("does not read the {width} numbers before it")
            };
            return Err(misfit(layer, &why));
        }
        let next = layers.get(at + 1);
        if let Some(other) = next.filter(|other| are_heads(layer, other, layers.get(at + 2), n_classes)) {
            let heads = if is_swapped(layer, other) {
                Heads::Pair(other.clone(), layer.clone())
            } else {
                Heads::Pair(layer.clone(), other.clone())
            };
            let (width, decoder) = (layer.n_out() + n_classes, layers.split_off(at + 2));
            layers.truncate(at);
            follow(&decoder, width)?;
            return Ok((layers, heads, decoder));
        }
        let is_halves = |next: &&Layer| {
            next.n_in() != layer.n_out()
                && next.n_in() >= n_classes
                && layer.n_out() == 2 * (next.n_in() - n_classes)
        };
        if next.is_some_and(|next| is_halves(&next)) {
            let (width, decoder) = (layer.n_out() / 2 + n_classes, layers.split_off(at + 1));
            let heads = layers.split_off(at).into_iter().next().map(Heads::Halves);
            follow(&decoder, width)?;
            return heads.map(|heads| (layers, heads, decoder)).ok_or_else(String::new);
        }
        width = layer.n_out();
    }
    if n_classes > 0 {
        return Err(misfit(
            &layers[0],
            &format!("seems to be told {n_classes} classes, of which the decoder is not told"),
        ));
    }
    let n = layers.len();
    if n < 2 {
        return Err(misfit(&layers[0], "stands alone, where a code needs a layer before and one behind it"));
    }
    // Where the encoder's names end, else the narrowest place.
    let is_encoders = |layer: &Layer| layer.part().is_some_and(|part| part != Part::Decoder);
    let named = layers.iter().rposition(is_encoders).filter(|at| *at + 1 < n);
    let at = named.or_else(|| (0..n - 1).min_by_key(|at| layers[*at].n_out())).unwrap_or(0);
    let decoder = layers.split_off(at + 1);
    let code = layers.split_off(at).into_iter().next().map(Heads::Code);
    code.map(|code| (layers, code, decoder)).ok_or_else(String::new)
}

/// Whether each layer reads what the one before it gives, the first `width` numbers.
fn follow(layers: &[Layer], width: usize) -> Result<(), String> {
    layers.iter().try_fold(width, |width, layer| {
        if layer.n_in() == width {
            Ok(layer.n_out())
        } else {
            Err(misfit(layer, &format!("does not read the {width} numbers before it")))
        }
    })?;
    Ok(())
}

/// Whether two layers are heads beside one another, and not one behind the other.
fn are_heads(one: &Layer, other: &Layer, next: Option<&Layer>, n_classes: usize) -> bool {
    let named = |layer: &Layer| matches!(layer.part(), Some(Part::Mean | Part::Spread));
    let is_chain = one.n_out() == other.n_in() && !(named(one) && named(other));
    one.shape == other.shape && !is_chain && next.is_some_and(|next| next.n_in() == one.n_out() + n_classes)
}

/// Whether names say that the second of two heads is the mean.
fn is_swapped(one: &Layer, other: &Layer) -> bool {
    let part = |layer: &Layer, wanted: Part| layer.part() == Some(wanted);
    part(one, Part::Spread) && !part(other, Part::Spread) || part(other, Part::Mean) && !part(one, Part::Mean)
}
