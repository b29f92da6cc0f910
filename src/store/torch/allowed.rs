//! The names that a pickle of weights may use, and what is said of any other.

/// Functions that make tensors.
pub const REBUILDS: [&str; 2] = ["torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2"];
/// Functions whose first argument is what they make, for all that matters here.
pub const WRAPS: [&str; 3] =
    ["torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state", "torch.Size"];
/// Dictionaries of other kinds.
pub const DICTS: [&str; 2] = ["collections.OrderedDict", "collections.defaultdict"];
/// Names of what checkpoints often hold beside their weights and nobody needs here.
const ASIDE: [&str; 13] = [
    "argparse.Namespace",
    "builtins.set",
    "__builtin__.set",
    "collections.Counter",
    "pathlib.PosixPath",
    "pathlib.WindowsPath",
    "numpy.core.multiarray.scalar",
    "numpy._core.multiarray.scalar",
    "numpy.core.multiarray._reconstruct",
    "numpy._core.multiarray._reconstruct",
    "numpy.ndarray",
    "numpy.dtype",
    "_codecs.encode",
];

/// Whether `name` can be understood or left aside.
pub fn is_known(name: &str) -> bool {
    let is_torchs = name.strip_prefix("torch.").is_some_and(|word| {
        // Storages and types: `torch.FloatStorage`, `torch.storage.UntypedStorage`, `torch.float32`.
        let word = word.strip_prefix("storage.").unwrap_or(word);
        word.ends_with("Storage") || word == "device" || word.starts_with(char::is_lowercase) && is_type(word)
    });
    is_torchs || [&REBUILDS[..], &WRAPS, &DICTS, &ASIDE].iter().any(|list| list.contains(&name))
}

fn is_type(word: &str) -> bool {
    ["float", "bfloat", "int", "uint", "bool", "complex"].iter().any(|start| {
        word.strip_prefix(start).is_some_and(|rest| rest.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
    })
}

/// Why a name in the pickle `bytes` is refused: it stands for a class or function that only Python could run.
pub fn refusal(name: &str, bytes: &[u8]) -> String {
    let has = |word: &[u8]| bytes.windows(word.len()).any(|window| window == word);
    let remedy = "torch.save(model.state_dict(), \"weights.pt\")";
    if has(b"_parameters") && has(b"_modules") {
        return format!(
            "it holds a whole module ({name}), which only Python could build; save its weights alone: {remedy}"
        );
    }
    format!("its pickle names {name}, which is never run here; save the weights alone: {remedy}")
}
