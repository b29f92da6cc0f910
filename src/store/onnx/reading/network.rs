//! A network of an ONNX file: checked before it is loaded, and run by `rten`.

use super::checked::Checked;
use rten::{
    DataType, Dimension, Model, ModelOptions, NodeId, OpRegistry, ValueOrView, ValueType, ValueView, op_registry,
};
use rten_tensor::Layout;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Where a network takes or gives numbers.
#[derive(Clone, Debug)]
pub struct Port {
    /// Its name in the file.
    pub name: String,
    /// Its axes, the first of them counting samples; none where the file leaves one open.
    pub axes: Vec<Option<usize>>,
    /// Whether it holds floating-point numbers.
    pub is_float: bool,
}

/// A network, ready to be run.
pub struct Network {
    model: Model,
    /// What it is given.
    pub inputs: Vec<Port>,
    /// What it gives.
    pub outputs: Vec<Port>,
    /// Everything that is worked out on the way, by name, in order.
    pub inner: Vec<String>,
    /// Facts that its writer left, by their names.
    pub facts: Vec<(String, String)>,
    /// Number of weights.
    pub n_params: usize,
}

/// A value that a network was given or gave: its axes and its numbers.
pub type Tensor = (Vec<usize>, Vec<f32>);

impl Network {
    /// Loads the network of a file that was looked at; of one that `is_closed`, values on the way may be
    /// worked away for speed. The error is part of a sentence.
    pub fn load(checked: &Checked, is_closed: bool) -> Result<Self, String> {
        let mut options = ModelOptions::with_ops(operators());
        options.enable_optimization(is_closed).prepack_weights(true);
        for (name, bytes) in &checked.weights {
            options.external_data(name, bytes.clone());
        }
        let (inner, facts) = (checked.inner.clone(), checked.facts.clone());
        let model = guarded(|| options.load(checked.bytes.clone()).map_err(|e| e.to_string()))
            .map_err(|e| format!("its network cannot be run: {e}"))?;
        let ports = |ids: &[NodeId]| ids.iter().map(|id| port(&model, *id)).collect::<Vec<_>>();
        let (inputs, outputs) = (ports(model.input_ids()), ports(model.output_ids()));
        if inputs.is_empty() || outputs.is_empty() {
            return Err("its network takes nothing, or gives nothing; export it with inputs and outputs".into());
        }
        let n_params = model.total_params();
        Ok(Self { model, inputs, outputs, inner, facts, n_params })
    }

    /// A fact that its writer left.
    pub fn fact(&self, name: &str) -> Option<&str> {
        self.facts.iter().find(|fact| fact.0 == name).map(|fact| fact.1.as_str())
    }

    /// Works out the values named `wanted` from those `given`; none for one that is of no floating-point
    /// numbers. The error is part of a sentence.
    pub fn run(&self, given: &[(&str, Given<'_>)], wanted: &[&str]) -> Result<Vec<Option<Tensor>>, String> {
        let id =
            |name: &str| self.model.find_node(name).ok_or_else(|| format!("there is no value {name:?} in it"));
        let mut inputs: Vec<(NodeId, ValueOrView<'_>)> = Vec::new();
        for (name, given) in given {
            let wrong = |e: String| format!("{name} cannot be given: {e}");
            let view = match given {
                Given::Floats(axes, values) => {
                    ValueView::from_shape(axes, values).map_err(|e| wrong(e.to_string()))?
                }
                Given::Wholes(values) => {
                    ValueView::from_shape([values.len()], values).map_err(|e| wrong(e.to_string()))?
                }
            };
            inputs.push((id(name)?, view.into()));
        }
        let wanted = wanted.iter().map(|name| id(name)).collect::<Result<Vec<_>, _>>()?;
        let values = guarded(|| self.model.run(inputs, &wanted, None).map_err(|e| e.to_string()))?;
        let floats = |value: rten::Value| {
            let tensor = value.into_tensor::<f32>()?;
            Some((tensor.shape().to_vec(), tensor.into_data()))
        };
        Ok(values.into_iter().map(floats).collect())
    }
}

/// What a network is given under a name.
pub enum Given<'a> {
    /// Floating-point numbers along some axes.
    Floats(Vec<usize>, &'a [f32]),
    /// Whole numbers, one a sample.
    Wholes(&'a [i32]),
}

fn port(model: &Model, id: NodeId) -> Port {
    let info = model.node_info(id);
    let axis = |axis: Dimension| match axis {
        Dimension::Fixed(n) => Some(n),
        Dimension::Symbolic(_) => None,
    };
    let axes = info.as_ref().and_then(|info| info.shape()).unwrap_or_default();
    Port {
        name: info.as_ref().and_then(|info| info.name()).unwrap_or_default().to_owned(),
        axes: axes.into_iter().map(axis).collect(),
        is_float: info.and_then(|info| info.dtype()).is_none_or(|of| of == ValueType::Tensor(DataType::Float)),
    }
}

/// Runs what may panic on input that nobody thought of.
///
/// What it was looking at is only read, so that nothing half done is seen afterwards.
fn guarded<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err("its numbers do not go together".to_owned()))
}

/// What networks may be made of: no loops, no branches, and nothing whose time depends on its numbers.
fn operators() -> OpRegistry {
    op_registry!(
        Abs,
        Acos,
        Add,
        And,
        ArgMax,
        ArgMin,
        Asin,
        Atan,
        AveragePool,
        BatchNormalization,
        Cast,
        CastLike,
        Ceil,
        Clip,
        Concat,
        Conv,
        ConstantOfShape,
        ConvTranspose,
        Cos,
        CumSum,
        DepthToSpace,
        Div,
        Dropout,
        Einsum,
        Elu,
        Equal,
        Erf,
        Exp,
        Expand,
        EyeLike,
        Flatten,
        Floor,
        Gather,
        GatherElements,
        GatherND,
        Gelu,
        Gemm,
        GlobalAveragePool,
        Greater,
        GreaterOrEqual,
        GRU,
        HardSigmoid,
        HardSwish,
        Identity,
        InstanceNormalization,
        IsInf,
        IsNaN,
        LayerNormalization,
        LeakyRelu,
        Less,
        LessOrEqual,
        Log,
        LogSoftmax,
        LpNormalization,
        LSTM,
        MatMul,
        Max,
        MaxPool,
        Mean,
        Min,
        Mod,
        Mul,
        Neg,
        Not,
        OneHot,
        Or,
        Pad,
        Pow,
        PRelu,
        RandomNormal,
        RandomNormalLike,
        RandomUniform,
        RandomUniformLike,
        Range,
        Reciprocal,
        ReduceL2,
        ReduceLogSum,
        ReduceLogSumExp,
        ReduceMax,
        ReduceMean,
        ReduceMin,
        ReduceProd,
        ReduceSum,
        ReduceSumSquare,
        Relu,
        Reshape,
        Resize,
        Round,
        ScatterElements,
        ScatterND,
        Shape,
        Sigmoid,
        Sign,
        Sin,
        Size,
        Slice,
        Softmax,
        Softplus,
        Softsign,
        Split,
        Sqrt,
        Squeeze,
        Sub,
        Sum,
        Tan,
        Tanh,
        Tile,
        TopK,
        Transpose,
        Trilu,
        Unsqueeze,
        Upsample,
        Where,
        Xor
    )
}
