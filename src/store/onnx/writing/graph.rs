//! The graph of an ONNX file, built operation by operation.

use super::protobuf::Message;
use crate::nn::{
    Activation, Affine, Arithmetic, Convolved, LEAK, MapShape, Op, Param, Repeated, ToldLabel, Window,
};
use std::collections::BTreeSet;

/// How the values of a sample stand beside one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// [batch, features].
    Rows(usize),
    /// [batch, channels, height, width].
    Maps(MapShape),
}

impl Form {
    /// Values of a sample.
    pub fn n_features(&self) -> usize {
        match self {
            Self::Rows(n) => *n,
            Self::Maps(map) => map.n_features(),
        }
    }

    /// Lengths of the axes after the batch.
    fn dims(self) -> Vec<usize> {
        match self {
            Self::Rows(n) => vec![n],
            Self::Maps(MapShape { channels, height, width }) => vec![channels, height, width],
        }
    }
}

/// A value of the graph.
#[derive(Clone, Debug)]
pub struct Tensor {
    name: String,
    /// How it stands.
    pub form: Form,
}

/// A node before it is written.
struct Node {
    op: &'static str,
    inputs: Vec<String>,
    output: String,
    attributes: Vec<Message>,
}

/// A graph in the making.
#[derive(Default)]
pub struct Builder {
    nodes: Vec<Node>,
    initializers: Vec<Message>,
    /// Names of the initializers, of which the halves share some.
    known: BTreeSet<String>,
    inputs: Vec<Message>,
    outputs: Vec<Message>,
    n_classes: usize,
    n_values: usize,
}

/// Numbers of the types that tensors are of.
const FLOAT: i64 = 1;
const INT64: i64 = 7;
/// Name of the input that holds labels.
const LABEL: &str = "label";
/// What the open number of samples is called.
const BATCH: &str = "batch";

impl Builder {
    /// An empty graph of a model that is told one of `n_classes` labels, or of none.
    pub fn new(n_classes: usize) -> Self {
        Self { n_classes, ..Self::default() }
    }

    /// An input of the graph, and the label beside it where the model is told any.
    pub fn input(&mut self, name: &str, form: Form) -> Tensor {
        self.inputs.push(described(name, form));
        if self.n_classes > 0 {
            self.inputs.push(described(LABEL, Form::Rows(self.n_classes)));
        }
        Tensor { name: name.into(), form }
    }

    /// Puts operations behind a value and makes what comes of them an output of the graph, in this form.
    pub fn output(&mut self, name: &str, ops: Vec<Op<'_, f32>>, from: Tensor, form: Form) -> Tensor {
        let value = self.ops(ops, from);
        let value = self.formed(value, form);
        self.node("Identity", &[&value.name], name.into(), Vec::new());
        self.outputs.push(described(name, form));
        Tensor { name: name.into(), form }
    }

    /// Puts operations behind a value.
    pub fn ops(&mut self, ops: Vec<Op<'_, f32>>, from: Tensor) -> Tensor {
        ops.into_iter().fold(from, |value, op| self.op(op, value))
    }

    fn op(&mut self, op: Op<'_, f32>, from: Tensor) -> Tensor {
        match op {
            Op::Dense(affine) => self.affine(affine, true, from),
            Op::Turned(affine) => self.affine(affine, false, from),
            Op::Conv(kernel) => self.convolved("Conv", kernel, from),
            Op::Transposed(kernel) => self.convolved("ConvTranspose", kernel, from),
            Op::MaxPool(input, window) => {
                let from = self.formed(from, Form::Maps(input));
                let attributes = vec![ints("kernel_shape", &window), ints("strides", &window)];
                self.next("MaxPool", &[&from.name], Form::Maps(input.pooled(window)), attributes)
            }
            Op::Repeat(repeated) => self.repeated(repeated, from),
            Op::Activation(activation) => self.activated(activation, from),
            Op::Columns(arithmetic, numbers) => {
                let (from, numbers) = (self.rows(from), self.param(&numbers));
                let op = match arithmetic {
                    Arithmetic::Add => "Add",
                    Arithmetic::Subtract => "Sub",
                    Arithmetic::Multiply => "Mul",
                    Arithmetic::Divide => "Div",
                };
                self.next(op, &[&from.name, &numbers], from.form, Vec::new())
            }
            Op::LogCounts { n_counts, n } => self.log_counts(n_counts, n, from),
            Op::Softmax => {
                let from = self.rows(from);
                self.next("Softmax", &[&from.name], from.form, vec![int("axis", -1)])
            }
            Op::Told(label) => self.told(label, from),
        }
    }

    /// ln(1 + x) of the first columns; the others are as they were.
    fn log_counts(&mut self, n_counts: usize, n: usize, from: Tensor) -> Tensor {
        let from = self.rows(from);
        let one = self.floats("one", &[1.0]);
        let more = self.next("Add", &[&from.name, &one], from.form, Vec::new());
        let logs = self.next("Log", &[&more.name], from.form, Vec::new());
        if n_counts == n {
            return logs;
        }
        let columns = |is_count: bool| -> Vec<f32> {
            (0..n).map(|column| if (column < n_counts) == is_count { 1.0 } else { 0.0 }).collect()
        };
        let (counts, others) = (self.floats("counts", &columns(true)), self.floats("others", &columns(false)));
        let logs = self.next("Mul", &[&logs.name, &counts], from.form, Vec::new());
        let kept = self.next("Mul", &[&from.name, &others], from.form, Vec::new());
        self.next("Add", &[&logs.name, &kept.name], from.form, Vec::new())
    }

    fn affine(&mut self, Affine { weight, bias }: Affine<'_, f32>, is_transposed: bool, from: Tensor) -> Tensor {
        let from = self.rows(from);
        let n_out = weight.shape.get(usize::from(!is_transposed)).copied().unwrap_or_default();
        let names: Vec<String> = [Some(weight), bias].iter().flatten().map(|param| self.param(param)).collect();
        let inputs: Vec<&str> = [from.name.as_str()].into_iter().chain(names.iter().map(String::as_str)).collect();
        self.next("Gemm", &inputs, Form::Rows(n_out), vec![int("transB", i64::from(is_transposed))])
    }

    fn convolved(&mut self, op: &'static str, kernel: Convolved<'_, f32>, from: Tensor) -> Tensor {
        let Convolved { input, output, window: Window { kernel, stride, padding, groups }, weight, bias } = kernel;
        let from = self.formed(from, Form::Maps(input));
        let (weight, bias) = (self.param(&weight), self.param(&bias));
        let [down, across] = padding;
        let mut attributes = vec![
            int("group", groups as i64),
            ints("kernel_shape", &kernel),
            ints("strides", &stride),
            ints("pads", &[down, across, down, across]),
        ];
        if op == "ConvTranspose" {
            // Several sizes come down to one by a stride; this says which of them it was.
            let least = |input: usize, i: usize| (input - 1) * stride[i] + kernel[i] - 2 * padding[i];
            let more = [output.height - least(input.height, 0), output.width - least(input.width, 1)];
            attributes.push(ints("output_padding", &more));
        }
        self.next(op, &[&from.name, &weight, &bias], Form::Maps(output), attributes)
    }

    fn repeated(&mut self, Repeated { input, output, window }: Repeated, from: Tensor) -> Tensor {
        let from = self.formed(from, Form::Maps(input));
        let [down, across] = window;
        let scales = self.floats(&format!("repeat.{down}x{across}"), &[1.0, 1.0, down as f32, across as f32]);
        let filled = MapShape { height: input.height * down, width: input.width * across, ..input };
        let attributes = vec![
            text("mode", "nearest"),
            text("nearest_mode", "floor"),
            text("coordinate_transformation_mode", "asymmetric"),
        ];
        let grown = self.next("Resize", &[&from.name, "", &scales], Form::Maps(filled), attributes);
        let more = [output.height - filled.height, output.width - filled.width];
        if more == [0, 0] {
            return grown;
        }
        let pads = [0, 0, 0, 0, 0, 0, more[0] as i64, more[1] as i64];
        let pads = self.whole_numbers(&format!("pad.{}x{}", more[0], more[1]), &pads);
        self.next("Pad", &[&grown.name, &pads], Form::Maps(output), vec![text("mode", "edge")])
    }

    fn activated(&mut self, activation: Activation, from: Tensor) -> Tensor {
        let (op, attributes) = match activation {
            Activation::Linear => return from,
            Activation::Relu => ("Relu", vec![]),
            Activation::LeakyRelu => ("LeakyRelu", vec![float("alpha", LEAK as f32)]),
            Activation::Elu => ("Elu", vec![float("alpha", 1.0)]),
            Activation::Tanh => ("Tanh", vec![]),
            Activation::Sigmoid => ("Sigmoid", vec![]),
            Activation::Softplus => ("Softplus", vec![]),
        };
        self.next(op, &[&from.name], from.form, attributes)
    }

    /// The label beside rows, or as maps of ones and zeros beside maps.
    fn told(&mut self, ToldLabel { n_classes, times }: ToldLabel, from: Tensor) -> Tensor {
        let label = Tensor { name: LABEL.into(), form: Form::Rows(n_classes) };
        let (from, label, form) = match from.form {
            Form::Maps(map) if times > 1 => {
                let one = MapShape { channels: n_classes, height: 1, width: 1 };
                let label = self.formed(label, Form::Maps(one));
                let shape = [1, n_classes, map.height, map.width].map(|side| side as i64);
                let shape = self.whole_numbers("label.shape", &shape);
                let planes = Form::Maps(MapShape { channels: n_classes, ..map });
                let label = self.next("Expand", &[&label.name, &shape], planes, Vec::new());
                (from, label, Form::Maps(MapShape { channels: map.channels + n_classes, ..map }))
            }
            _ => {
                let from = self.rows(from);
                let form = Form::Rows(from.form.n_features() + n_classes);
                (from, label, form)
            }
        };
        self.next("Concat", &[&from.name, &label.name], form, vec![int("axis", 1)])
    }

    fn rows(&mut self, value: Tensor) -> Tensor {
        let n = value.form.n_features();
        self.formed(value, Form::Rows(n))
    }

    /// The same values in another form.
    fn formed(&mut self, value: Tensor, form: Form) -> Tensor {
        if value.form == form {
            return value;
        }
        let dims: Vec<i64> = [-1].into_iter().chain(form.dims().into_iter().map(|dim| dim as i64)).collect();
        let name = form.dims().iter().map(usize::to_string).collect::<Vec<_>>().join("x");
        let shape = self.whole_numbers(&format!("shape.{name}"), &dims);
        self.next("Reshape", &[&value.name, &shape], form, Vec::new())
    }

    /// A node with an output of a new name.
    fn next(&mut self, op: &'static str, inputs: &[&str], form: Form, attributes: Vec<Message>) -> Tensor {
        let name = format!("value.{}", self.n_values);
        self.n_values += 1;
        self.node(op, inputs, name.clone(), attributes);
        Tensor { name, form }
    }

    fn node(&mut self, op: &'static str, inputs: &[&str], output: String, attributes: Vec<Message>) {
        let inputs = inputs.iter().map(|input| (*input).into()).collect();
        self.nodes.push(Node { op, inputs, output, attributes });
    }

    /// A parameter as an initializer under its own name.
    fn param(&mut self, Param { name, shape, values }: &Param<'_, f32>) -> String {
        self.initializer(name, shape, FLOAT, values.iter().flat_map(|value| value.to_le_bytes()).collect());
        name.clone()
    }

    fn floats(&mut self, name: &str, values: &[f32]) -> String {
        self.param(&Param { name: name.into(), shape: vec![values.len()], values })
    }

    fn whole_numbers(&mut self, name: &str, values: &[i64]) -> String {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.initializer(name, &[values.len()], INT64, bytes);
        name.into()
    }

    fn initializer(&mut self, name: &str, shape: &[usize], kind: i64, bytes: Vec<u8>) {
        if !self.known.insert(name.into()) {
            return;
        }
        let tensor = Message::default().each(shape, |tensor, &dim| tensor.int(1, dim as i64));
        self.initializers.push(tensor.int(2, kind).text(8, name).bytes(9, &bytes));
    }

    /// The graph as a message.
    pub fn finish(self, name: &str) -> Message {
        let node = |graph: Message, (i, node): (usize, Node)| {
            let written = Message::default()
                .each(&node.inputs, |written, input| written.text(1, input))
                .text(2, &node.output)
                .text(3, &format!("{}.{i}", node.op))
                .text(4, node.op)
                .each(&node.attributes, |written, attribute| written.message(5, attribute));
            graph.message(1, &written)
        };
        Message::default()
            .each(self.nodes.into_iter().enumerate(), node)
            .text(2, name)
            .each(&self.initializers, |graph, tensor| graph.message(5, tensor))
            .each(&self.inputs, |graph, input| graph.message(11, input))
            .each(&self.outputs, |graph, output| graph.message(12, output))
    }
}

/// An input or output with its type: floats, any number of samples.
fn described(name: &str, form: Form) -> Message {
    let open = Message::default().text(2, BATCH);
    let shape = Message::default()
        .message(1, &open)
        .each(form.dims(), |shape, dim| shape.message(1, &Message::default().int(1, dim as i64)));
    let tensor = Message::default().int(1, FLOAT).message(2, &shape);
    Message::default().text(1, name).message(2, &Message::default().message(1, &tensor))
}

fn int(name: &str, value: i64) -> Message {
    Message::default().text(1, name).int(3, value).int(20, 2)
}

fn float(name: &str, value: f32) -> Message {
    Message::default().text(1, name).float(2, value).int(20, 1)
}

fn text(name: &str, value: &str) -> Message {
    Message::default().text(1, name).text(4, value).int(20, 3)
}

fn ints(name: &str, values: &[usize]) -> Message {
    Message::default().text(1, name).each(values, |written, &value| written.int(8, value as i64)).int(20, 7)
}
