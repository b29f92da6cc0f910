//! A reader of what the tests look at in ONNX files, and a plain run of its graph, written from the format's
//! own description and nothing of ours.

use std::collections::BTreeMap;

/// A field of a message.
#[derive(Clone, Copy, Debug)]
pub enum Field<'a> {
    Whole(u64),
    Bytes(&'a [u8]),
    Float(f32),
}

/// The fields of a message with their numbers.
pub fn fields(mut bytes: &[u8]) -> Vec<(u64, Field<'_>)> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes);
        let value = match key & 7 {
            0 => Field::Whole(varint(&mut bytes)),
            2 => {
                let len = varint(&mut bytes) as usize;
                Field::Bytes(take(&mut bytes, len))
            }
            5 => Field::Float(f32::from_le_bytes(take(&mut bytes, 4).try_into().unwrap())),
            how => panic!("written in the way {how}"),
        };
        found.push((key >> 3, value));
    }
    found
}

fn take<'a>(bytes: &mut &'a [u8], len: usize) -> &'a [u8] {
    let (taken, rest) = bytes.split_at(len);
    *bytes = rest;
    taken
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let mut value = 0;
    for shift in (0..).step_by(7) {
        let byte = take(bytes, 1)[0];
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return value;
        }
    }
    unreachable!()
}

fn all<'a>(message: &'a [u8], number: u64) -> Vec<&'a [u8]> {
    let bytes = |(of, field): (u64, Field<'a>)| match field {
        Field::Bytes(bytes) if of == number => Some(bytes),
        _ => None,
    };
    fields(message).into_iter().filter_map(bytes).collect()
}

fn whole(message: &[u8], number: u64) -> Vec<i64> {
    let whole = |(of, field): (u64, Field<'_>)| match field {
        Field::Whole(value) if of == number => Some(value as i64),
        _ => None,
    };
    fields(message).into_iter().filter_map(whole).collect()
}

fn text(message: &[u8], number: u64) -> String {
    all(message, number).first().map(|bytes| std::str::from_utf8(bytes).unwrap().into()).unwrap_or_default()
}

/// A tensor: lengths of its axes, and its values.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    pub dims: Vec<usize>,
    pub values: Vec<f32>,
}

#[derive(Debug)]
struct Node {
    op: String,
    inputs: Vec<String>,
    outputs: Vec<String>,
    ints: BTreeMap<String, Vec<i64>>,
    alpha: Option<f32>,
}

/// What an ONNX file holds.
#[derive(Debug)]
pub struct File {
    pub opset: i64,
    nodes: Vec<Node>,
    /// The tensors of floats by name; those of whole numbers apart.
    pub floats: BTreeMap<String, Array>,
    wholes: BTreeMap<String, Vec<i64>>,
    /// Names and axes of inputs and outputs; an open axis by its name.
    pub inputs: Vec<(String, Vec<String>)>,
    pub outputs: Vec<(String, Vec<String>)>,
    pub facts: BTreeMap<String, String>,
}

impl File {
    pub fn read(bytes: &[u8]) -> Self {
        let graph = all(bytes, 7)[0];
        let mut file = Self {
            opset: whole(all(bytes, 8)[0], 2)[0],
            nodes: all(graph, 1).into_iter().map(node).collect(),
            floats: BTreeMap::new(),
            wholes: BTreeMap::new(),
            inputs: all(graph, 11).into_iter().map(described).collect(),
            outputs: all(graph, 12).into_iter().map(described).collect(),
            facts: all(bytes, 14).into_iter().map(|fact| (text(fact, 1), text(fact, 2))).collect(),
        };
        for tensor in all(graph, 5) {
            let dims = whole(tensor, 1).into_iter().map(|dim| dim as usize).collect::<Vec<_>>();
            let (name, raw) = (text(tensor, 8), all(tensor, 9)[0]);
            let n: usize = dims.iter().product();
            if whole(tensor, 2) == [1] {
                let values: Vec<f32> =
                    raw.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
                assert_eq!((values.len(), raw.len()), (n, 4 * n), "{name}");
                assert!(file.floats.insert(name, Array { dims, values }).is_none());
            } else {
                assert_eq!(whole(tensor, 2), [7]);
                let values: Vec<i64> =
                    raw.as_chunks::<8>().0.iter().map(|bytes| i64::from_le_bytes(*bytes)).collect();
                assert_eq!(values.len(), n, "{name}");
                file.wholes.insert(name, values);
            }
        }
        file
    }

    /// Runs the graph on inputs and returns the outputs by name.
    pub fn run(&self, inputs: &[(&str, Array)]) -> BTreeMap<String, Array> {
        let mut known = self.floats.clone();
        for (name, array) in inputs {
            known.insert((*name).into(), array.clone());
        }
        for node in &self.nodes {
            let made = self.work(node, &known);
            assert!(known.insert(node.outputs[0].clone(), made).is_none(), "a value is made once");
        }
        self.outputs.iter().map(|(name, _)| (name.clone(), known[name].clone())).collect()
    }

    fn work(&self, node: &Node, known: &BTreeMap<String, Array>) -> Array {
        let x = &known[&node.inputs[0]];
        let whole = |i: usize| &self.wholes[&node.inputs[i]];
        let float = |i: usize| node.inputs.get(i).filter(|name| !name.is_empty()).map(|name| &known[name]);
        let each =
            |f: &dyn Fn(f32) -> f32| Array { values: x.values.iter().map(|x| f(*x)).collect(), ..x.clone() };
        let columns = |f: &dyn Fn(f32, f32) -> f32| {
            let by = &float(1).unwrap().values;
            let values = x.values.iter().enumerate().map(|(i, x)| f(*x, by[i % by.len()])).collect();
            Array { values, ..x.clone() }
        };
        match node.op.as_str() {
            "Identity" => x.clone(),
            "Relu" => each(&|x| x.max(0.0)),
            "LeakyRelu" => each(&|x| if x < 0.0 { x * node.alpha.unwrap() } else { x }),
            "Elu" => each(&|x| if x < 0.0 { node.alpha.unwrap() * x.exp_m1() } else { x }),
            "Tanh" => each(&f32::tanh),
            "Sigmoid" => each(&|x| 1.0 / (1.0 + (-x).exp())),
            "Softplus" => each(&|x| x.max(0.0) + (-x.abs()).exp().ln_1p()),
            "Add" => columns(&|x, by| x + by),
            "Sub" => columns(&|x, by| x - by),
            "Mul" => columns(&|x, by| x * by),
            "Div" => columns(&|x, by| x / by),
            "Reshape" => {
                let n: i64 = whole(1)[1..].iter().product();
                let mut dims: Vec<usize> = whole(1)[1..].iter().map(|dim| *dim as usize).collect();
                assert_eq!(whole(1)[0], -1);
                dims.insert(0, x.values.len() / n as usize);
                Array { dims, values: x.values.clone() }
            }
            "Expand" => {
                let repeats = (whole(1)[2] * whole(1)[3]) as usize;
                let dims = [x.dims[0], x.dims[1], whole(1)[2] as usize, whole(1)[3] as usize].to_vec();
                Array { dims, values: x.values.iter().flat_map(|x| vec![*x; repeats]).collect() }
            }
            "Concat" => {
                assert_eq!(node.ints["axis"], [1]);
                let (y, mut dims) = (float(1).unwrap(), x.dims.clone());
                assert_eq!(x.dims[2..], y.dims[2..]);
                dims[1] += y.dims[1];
                let [a, b] = [x, y].map(|part| part.values.chunks(part.values.len() / part.dims[0]));
                Array { dims, values: a.zip(b).flat_map(|(a, b)| [a, b].concat()).collect() }
            }
            "Gemm" => gemm(x, float(1).unwrap(), float(2), node.ints["transB"] == [1]),
            "Conv" => conv(node, x, float(1).unwrap(), float(2).unwrap()),
            "ConvTranspose" => conv_transpose(node, x, float(1).unwrap(), float(2).unwrap()),
            "MaxPool" => max_pool(node, x),
            "Resize" => {
                let scales: Vec<usize> = float(2).unwrap().values.iter().map(|scale| *scale as usize).collect();
                let to = [x.dims[2] * scales[2], x.dims[3] * scales[3]];
                maps(x, x.dims[1], to, |n, c, h, w| at(x, n, c, h / scales[2], w / scales[3]))
            }
            "Pad" => {
                let pads = whole(1);
                assert_eq!(pads[..6], [0; 6]);
                let to = [x.dims[2] + pads[6] as usize, x.dims[3] + pads[7] as usize];
                maps(x, x.dims[1], to, |n, c, h, w| at(x, n, c, h.min(x.dims[2] - 1), w.min(x.dims[3] - 1)))
            }
            "Log" => Array { values: x.values.iter().map(|x| x.ln()).collect(), ..x.clone() },
            "Softmax" => {
                let shares = |row: &[f32]| {
                    let e: Vec<f32> = row.iter().map(|x| x.exp()).collect();
                    let sum: f32 = e.iter().sum();
                    e.into_iter().map(|e| e / sum).collect::<Vec<f32>>()
                };
                Array { values: x.values.chunks(x.dims[1]).flat_map(shares).collect(), ..x.clone() }
            }
            op => panic!("{op} is not known"),
        }
    }
}

fn node(message: &[u8]) -> Node {
    let names =
        |number| all(message, number).into_iter().map(|name| std::str::from_utf8(name).unwrap().into()).collect();
    let (mut ints, mut alpha) = (BTreeMap::new(), None);
    for attribute in all(message, 5) {
        let name = text(attribute, 1);
        match whole(attribute, 20)[0] {
            1 => {
                alpha = fields(attribute).into_iter().find_map(|(_, field)| match field {
                    Field::Float(value) => Some(value),
                    _ => None,
                });
            }
            2 => drop(ints.insert(name, whole(attribute, 3))),
            7 => drop(ints.insert(name, whole(attribute, 8))),
            3 => assert!(["nearest", "floor", "asymmetric", "edge"].contains(&text(attribute, 4).as_str())),
            kind => panic!("an attribute of the type {kind}"),
        }
    }
    Node { op: text(message, 4), inputs: names(1), outputs: names(2), ints, alpha }
}

fn described(message: &[u8]) -> (String, Vec<String>) {
    let tensor = all(all(message, 2)[0], 1)[0];
    assert_eq!(whole(tensor, 1), [1], "floats");
    let dim = |dim: &[u8]| whole(dim, 1).first().map_or_else(|| text(dim, 2), i64::to_string);
    (text(message, 1), all(all(tensor, 2)[0], 1).into_iter().map(dim).collect())
}

fn at(x: &Array, n: usize, c: usize, h: usize, w: usize) -> f32 {
    x.values[((n * x.dims[1] + c) * x.dims[2] + h) * x.dims[3] + w]
}

/// Maps of a new shape, each value by its place.
fn maps(
    x: &Array,
    channels: usize,
    [height, width]: [usize; 2],
    of: impl Fn(usize, usize, usize, usize) -> f32,
) -> Array {
    let dims = vec![x.dims[0], channels, height, width];
    let n: usize = dims.iter().product();
    let place = |i: usize| {
        of(i / (channels * height * width), i / (height * width) % channels, i / width % height, i % width)
    };
    Array { dims, values: (0..n).map(place).collect() }
}

fn gemm(x: &Array, w: &Array, bias: Option<&Array>, is_transposed: bool) -> Array {
    let [n_in, n_out] = if is_transposed { [w.dims[1], w.dims[0]] } else { [w.dims[0], w.dims[1]] };
    assert_eq!(x.dims[1], n_in);
    let weight = |i: usize, o: usize| w.values[if is_transposed { o * n_in + i } else { i * n_out + o }];
    let of = |row: &[f32], o: usize| {
        let sum: f64 = (0..n_in).map(|i| f64::from(row[i]) * f64::from(weight(i, o))).sum();
        sum as f32 + bias.map_or(0.0, |bias| bias.values[o])
    };
    let rows = x.values.chunks(n_in);
    Array {
        dims: vec![x.dims[0], n_out],
        values: rows.flat_map(|row| (0..n_out).map(move |o| of(row, o))).collect(),
    }
}

fn pair(node: &Node, name: &str) -> [usize; 2] {
    [node.ints[name][0] as usize, node.ints[name][1] as usize]
}

/// Where a tap of a kernel reads, if it is inside.
fn under(place: usize, stride: usize, tap: usize, pad: usize, len: usize) -> Option<usize> {
    (place * stride + tap).checked_sub(pad).filter(|at| *at < len)
}

fn conv(node: &Node, x: &Array, w: &Array, bias: &Array) -> Array {
    let ([kh, kw], [sh, sw], pads) = (pair(node, "kernel_shape"), pair(node, "strides"), pair(node, "pads"));
    assert_eq!(w.dims[2..], [kh, kw]);
    let (groups, per_group) = (node.ints["group"][0] as usize, w.dims[1]);
    let side = |len: usize, pad: usize, kernel: usize, stride: usize| (len + 2 * pad - kernel) / stride + 1;
    let to = [side(x.dims[2], pads[0], kh, sh), side(x.dims[3], pads[1], kw, sw)];
    maps(x, w.dims[0], to, |n, o, h, col| {
        let mut sum = f64::from(bias.values[o]);
        for (c, i, j) in taps(per_group, kh, kw) {
            let from = (under(h, sh, i, pads[0], x.dims[2]), under(col, sw, j, pads[1], x.dims[3]));
            if let (Some(row), Some(column)) = from {
                let channel = o / (w.dims[0] / groups) * per_group + c;
                sum += f64::from(at(w, o, c, i, j)) * f64::from(at(x, n, channel, row, column));
            }
        }
        sum as f32
    })
}

fn taps(channels: usize, height: usize, width: usize) -> impl Iterator<Item = (usize, usize, usize)> {
    (0..channels * height * width).map(move |i| (i / (height * width), i / width % height, i % width))
}

fn conv_transpose(node: &Node, x: &Array, w: &Array, bias: &Array) -> Array {
    let ([kh, kw], [sh, sw], pads) = (pair(node, "kernel_shape"), pair(node, "strides"), pair(node, "pads"));
    let more = pair(node, "output_padding");
    assert_eq!(node.ints["group"], [1]);
    let side = |len: usize, pad: usize, kernel: usize, stride: usize, more: usize| {
        (len - 1) * stride + kernel + more - 2 * pad
    };
    let to = [side(x.dims[2], pads[0], kh, sh, more[0]), side(x.dims[3], pads[1], kw, sw, more[1])];
    let mut y = maps(x, w.dims[1], to, |_, o, _, _| bias.values[o]);
    // Each value lays its multiple of the kernel down.
    for (n, c) in (0..x.dims[0]).flat_map(|n| (0..x.dims[1]).map(move |c| (n, c))) {
        for (h, col) in (0..x.dims[2]).flat_map(|h| (0..x.dims[3]).map(move |col| (h, col))) {
            for (o, i, j) in taps(w.dims[1], kh, kw) {
                let to = (under(h, sh, i, pads[0], to[0]), under(col, sw, j, pads[1], to[1]));
                if let (Some(row), Some(column)) = to {
                    let place = ((n * y.dims[1] + o) * y.dims[2] + row) * y.dims[3] + column;
                    y.values[place] += at(x, n, c, h, col) * at(w, c, o, i, j);
                }
            }
        }
    }
    y
}

fn max_pool(node: &Node, x: &Array) -> Array {
    let [kh, kw] = pair(node, "kernel_shape");
    assert_eq!(pair(node, "strides"), [kh, kw]);
    maps(x, x.dims[1], [x.dims[2] / kh, x.dims[3] / kw], |n, c, h, w| {
        taps(1, kh, kw).map(|(_, i, j)| at(x, n, c, h * kh + i, w * kw + j)).fold(f32::NEG_INFINITY, f32::max)
    })
}
