//! What an ONNX file says, looked at before anything is loaded or run: sizes that no network needs, and files
//! beside it that are no weights, are refused.
//!
//! A network may still ask for more memory than there is by numbers that it works out itself; `rten` sets no
//! limit. What can be seen without running it is seen here.

use super::protobuf;
use crate::data::{NotRead, read_whole, reason};
use rten_onnx::onnx::{AttributeProto, DataLocation, DataType, GraphProto, ModelProto, NodeProto, TensorProto};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Component, Path};

/// Most numbers that one value may hold, by what the file says of its shape.
const MAX_NUMBERS: u64 = 1 << 28;
/// Longest side of a kernel, largest step and widest margin.
const MAX_ATTRIBUTE: u64 = 1 << 14;
/// Most operations of a network.
const MAX_NODES: usize = 100_000;
/// Most bytes of weights beside the file.
const MAX_BYTES: u64 = 4 << 30;

const NOT_WHOLE: &str = "it is no whole ONNX file; export the model again";

/// What a sound file says.
pub struct Checked {
    /// The file written anew from what was read, so that whoever reads it reads the same.
    pub bytes: Vec<u8>,
    /// Names of the values that its operations work out, in order.
    pub inner: Vec<String>,
    /// Facts that its writer left, by their names.
    pub facts: Vec<(String, String)>,
    /// Weights that lie in files of their own, by the names that it calls them.
    pub weights: BTreeMap<String, Vec<u8>>,
}

/// Looks at the bytes of a file whose other files lie in `folder`. The error is part of a sentence.
pub fn checked(bytes: &[u8], folder: &Path) -> Result<Checked, String> {
    let mut model = protobuf::model(bytes).ok_or(NOT_WHOLE)?;
    open_axes(&mut model);
    let bytes = model.write_buf().map_err(|_| NOT_WHOLE)?;
    let graph = model.graph.ok_or("it holds no network; export the model again")?;
    if graph.node.len() > MAX_NODES {
        return Err(format!(
            "its network has more than {MAX_NODES} operations, more than any that is looked at here"
        ));
    }
    let constants = constants(&graph);
    constants.values().copied().chain(&graph.initializer).try_for_each(check_tensor)?;
    graph.node.iter().try_for_each(|node| check_node(node, &constants))?;
    let names = graph.node.iter().flat_map(|node| &node.output).filter(|name| !name.is_empty());
    let facts = model.metadata_props.iter().filter_map(|fact| Some((fact.key.clone()?, fact.value.clone()?)));
    Ok(Checked {
        bytes,
        inner: names.cloned().collect(),
        facts: facts.collect(),
        weights: beside(&graph, folder)?,
    })
}

/// Opens the axes to which the file gives no length, as scikit-learn's converter does.
fn open_axes(model: &mut ModelProto) {
    let graph = model.graph.iter_mut().flat_map(|graph| graph.input.iter_mut().chain(&mut graph.output));
    let tensors = graph.filter_map(|value| value.r#type.as_mut()?.tensor_type.as_mut()?.shape.as_mut());
    for dim in tensors.flat_map(|shape| &mut shape.dim).filter(|dim| dim.dim_value == Some(0)) {
        (dim.dim_value, dim.dim_param) = (None, Some("n".into()));
    }
}

/// The tensors that are there before anything is worked out, by their names.
fn constants(graph: &GraphProto) -> BTreeMap<&str, &TensorProto> {
    let named = graph.initializer.iter().filter_map(|tensor| Some((tensor.name.as_deref()?, tensor)));
    let worked = graph.node.iter().filter(|node| node.op_type.as_deref() == Some("Constant"));
    let worked = worked.filter_map(|node| {
        let tensor = node.attribute.iter().find_map(|attribute| attribute.t.as_ref())?;
        Some((node.output.first()?.as_str(), tensor))
    });
    named.chain(worked).collect()
}

fn check_tensor(tensor: &TensorProto) -> Result<(), String> {
    match product(&tensor.dims) {
        Some(_) => Ok(()),
        None => Err(too_large(tensor.name.as_deref().unwrap_or("a tensor"))),
    }
}

/// How many numbers such axes hold; none where they are too many, or no axes.
fn product(axes: &[i64]) -> Option<u64> {
    let sides = axes.iter().try_fold(1u64, |n, &axis| n.checked_mul(u64::try_from(axis).ok()?));
    sides.filter(|&n| n <= MAX_NUMBERS)
}

fn too_large(what: &str) -> String {
    format!("{what} in it is larger than any network needs; export the model again")
}

/// Operations that make as much as one of their inputs says, and which input that is.
const MAKERS: [(&str, usize); 6] =
    [("ConstantOfShape", 0), ("Expand", 1), ("Tile", 1), ("Resize", 3), ("Reshape", 1), ("OneHot", 1)];

fn check_node(node: &NodeProto, constants: &BTreeMap<&str, &TensorProto>) -> Result<(), String> {
    let op = node.op_type.as_deref().unwrap_or_default();
    let name = node.name.as_deref().filter(|name| !name.is_empty()).unwrap_or(op);
    let constant = |at: usize| node.input.get(at).and_then(|input| constants.get(input.as_str()));
    let said = MAKERS.iter().find(|(maker, _)| *maker == op).and_then(|(_, at)| wholes(constant(*at)?));
    // Below 0 are axes that follow from others.
    let is_large =
        said.is_some_and(|axes| product(&axes.iter().map(|&axis| axis.max(1)).collect::<Vec<_>>()).is_none());
    // Margins of pictures, and how often they are enlarged.
    let each = match op {
        "Pad" => constant(1).and_then(|pads| wholes(pads)),
        "Range" => constant(1).and_then(|limit| wholes(limit)),
        _ => None,
    };
    let is_wide = each.is_some_and(|each| each.iter().any(is_far));
    let scales =
        if matches!(op, "Resize" | "Upsample") { constant(if op == "Resize" { 2 } else { 1 }) } else { None };
    let is_enlarged = scales
        .and_then(|scales| floats(scales))
        .is_some_and(|scales| scales.iter().any(|scale| !(0.0..=64.0).contains(scale)));
    let reaches_far = node.attribute.iter().any(|attribute| attribute_is_far(op, attribute));
    if is_large || is_wide || is_enlarged || reaches_far { Err(too_large(&format!("{name:?}"))) } else { Ok(()) }
}

/// Whether a number of an operation is beyond what pictures need.
fn attribute_is_far(op: &str, attribute: &AttributeProto) -> bool {
    let limited =
        ["pads", "strides", "dilations", "kernel_shape", "output_padding", "output_shape", "hidden_size"];
    let is_limited = attribute.name.as_deref().is_some_and(|name| limited.contains(&name));
    let is_shape = attribute.name.as_deref() == Some("shape") && op.starts_with("Random");
    is_limited && attribute.ints.iter().chain(&attribute.i).any(is_far)
        || is_shape && product(&attribute.ints).is_none()
}

fn is_far(value: &i64) -> bool {
    value.unsigned_abs() > MAX_ATTRIBUTE
}

/// More numbers than any value has axes.
const MAX_AXES: usize = 64;

/// The whole numbers of a small tensor; none of another type, or where there are many.
fn wholes(tensor: &TensorProto) -> Option<Vec<i64>> {
    let raw = small(tensor)?;
    let found: Vec<i64> = match tensor.data_type? {
        DataType::INT64 => {
            let raw = raw.as_chunks::<8>().0.iter().map(|bytes| i64::from_le_bytes(*bytes));
            raw.chain(tensor.int64_data.iter().copied().take(MAX_AXES)).collect()
        }
        DataType::INT32 => {
            let raw = raw.as_chunks::<4>().0.iter().map(|bytes| i32::from_le_bytes(*bytes));
            raw.chain(tensor.int32_data.iter().copied().take(MAX_AXES)).map(i64::from).collect()
        }
        _ => return None,
    };
    Some(found)
}

/// The floating-point numbers of a small tensor.
fn floats(tensor: &TensorProto) -> Option<Vec<f32>> {
    let raw = small(tensor).filter(|_| tensor.data_type == Some(DataType::FLOAT))?;
    let raw = raw.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes));
    Some(raw.chain(tensor.float_data.iter().copied().take(MAX_AXES)).collect())
}

/// The bytes of a tensor of a few numbers.
fn small(tensor: &TensorProto) -> Option<Vec<u8>> {
    let raw = tensor.raw_data.as_ref().map(|raw| raw.borrow());
    let len = raw.as_ref().map_or(0, |raw| raw.len());
    (len <= 8 * MAX_AXES).then(|| raw.map(|raw| raw.clone()).unwrap_or_default())
}

/// The files of weights that a network names, which must lie beside it.
fn beside(graph: &GraphProto, folder: &Path) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let mut files = BTreeMap::new();
    let mut left = MAX_BYTES;
    for tensor in graph.initializer.iter().filter(|tensor| tensor.data_location == Some(DataLocation::EXTERNAL)) {
        let location = tensor.external_data.iter().find(|entry| entry.key.as_deref() == Some("location"));
        let Some(name) = location.and_then(|location| location.value.clone()) else {
            return Err(
                "a tensor of it lies in another file, which it does not name; export the model again".into()
            );
        };
        if let Entry::Vacant(entry) = files.entry(name) {
            let bytes = read(entry.key(), folder, left)?;
            left -= bytes.len() as u64;
            entry.insert(bytes);
        }
    }
    Ok(files)
}

fn read(name: &str, folder: &Path, most: u64) -> Result<Vec<u8>, String> {
    let mut parts = Path::new(name).components();
    let is_name = matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None));
    if !is_name {
        return Err(format!(
            "its weights are to be read from {name:?}, which does not lie beside it; put them there"
        ));
    }
    read_whole(&folder.join(name), most).map_err(|e| match e {
        NotRead::Is(what) => {
            format!("its weights are to be in {name:?}, which is {what}; keep that file beside it")
        }
        NotRead::TooLong => {
            format!("its weights in {name:?} are more than {MAX_BYTES} bytes, more than is looked at here")
        }
        NotRead::Io(e) => {
            format!("its weights in {name:?} could not be read ({}); keep that file beside it", reason(&e))
        }
    })
}
