use super::checked::checked;
use super::network::Network;
use super::{is_onnx, open};
use crate::model::Answers;
use crate::store::Beside;
use crate::store::brought::damage::damaged_files_break_nothing;
use rten_onnx::onnx::{AttributeProto, DataType, GraphProto, ModelProto, NodeProto, TensorProto};
use std::cell::RefCell;
use std::path::{Path, PathBuf};

fn at(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/onnx_models").join(name)
}

/// What becomes of bytes that claim to be a model, with nothing beside them.
fn opened(bytes: &[u8]) -> Result<(), String> {
    let answers = Answers::new();
    let beside = Beside { answers: &answers, data: None, keeps_what_fits: false };
    let path = Path::new("no/such/folder/some.onnx");
    open(path, path, bytes, beside).map(drop)
}

#[test]
fn damaged_files_are_refused_and_break_nothing() {
    let files = ["traced-encoder.onnx", "traced-decoder.onnx", "mlp.onnx", "keras-decoder.onnx"];
    let files = files.map(|name| std::fs::read(at(name)).unwrap());
    assert!(files.iter().all(|file| is_onnx(file)));
    damaged_files_break_nothing(&files, 97, 200, opened);
}

/// A network of one operation whose second input holds `axes`.
fn shaped(op: &str, axes: &[i64], attribute: Option<(&str, &[i64])>) -> Vec<u8> {
    let raw = axes.iter().flat_map(|axis| axis.to_le_bytes()).collect();
    let axes = TensorProto {
        name: Some("axes".into()),
        dims: vec![axes.len() as i64],
        data_type: Some(DataType::INT64),
        raw_data: Some(RefCell::new(raw)),
        ..TensorProto::default()
    };
    let attribute = attribute.map(|(name, ints)| AttributeProto {
        name: Some(name.into()),
        ints: ints.to_vec(),
        ..AttributeProto::default()
    });
    let node = NodeProto {
        op_type: Some(op.into()),
        name: Some("the_one".into()),
        input: vec![if op == "ConstantOfShape" { "axes" } else { "x" }.into(), "axes".into()],
        output: vec!["y".into()],
        attribute: attribute.into_iter().collect(),
        ..NodeProto::default()
    };
    let graph = GraphProto { node: vec![node], initializer: vec![axes], ..GraphProto::default() };
    ModelProto { ir_version: Some(8), graph: Some(graph), ..ModelProto::default() }.write_buf().unwrap()
}

#[test]
fn sizes_that_no_network_needs_are_refused_before_anything_runs() {
    let nowhere = Path::new("no/such/folder");
    let verdict = |bytes: &[u8]| checked(bytes, nowhere).map(drop);
    let huge = 1i64 << 40;
    for op in ["ConstantOfShape", "Expand", "Tile", "Reshape"] {
        assert_eq!(verdict(&shaped(op, &[4, 5], None)), Ok(()), "{op}");
        let error = verdict(&shaped(op, &[4, huge], None)).unwrap_err();
        assert!(error.contains("\"the_one\"") && error.contains("larger than any network needs"), "{error}");
        assert!(verdict(&shaped(op, &[1 << 20, 1 << 20], None)).is_err(), "{op}: a product");
    }
    assert!(verdict(&shaped("Reshape", &[-1, 784], None)).is_ok());
    for (op, name) in [("Conv", "pads"), ("ConvTranspose", "strides"), ("MaxPool", "kernel_shape")] {
        assert_eq!(verdict(&shaped(op, &[1], Some((name, &[2, 2])))), Ok(()), "{op}");
        assert!(verdict(&shaped(op, &[1], Some((name, &[2, huge])))).is_err(), "{op}");
    }
    for margin in [huge, i64::MIN] {
        assert!(verdict(&shaped("Pad", &[0, margin], None)).is_err());
    }
    assert!(verdict(&shaped("RandomNormal", &[1], Some(("shape", &[huge, huge])))).is_err());
}

#[test]
fn weights_are_read_from_files_beside_it_alone() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = std::fs::read(at("dynamo-encoder.onnx")).unwrap();
    std::fs::copy(at("dynamo-encoder.onnx.data"), folder.path().join("dynamo-encoder.onnx.data")).unwrap();
    assert!(checked(&bytes, folder.path()).is_ok());
    let name = b"dynamo-encoder.onnx.data";
    for elsewhere in [&b"../../other-place/some.data"[..name.len()], &b"/etc/hosts-and-more-of.x"[..name.len()]] {
        let mut moved = bytes.clone();
        while let Some(at) = moved.windows(name.len()).position(|window| window == name) {
            moved[at..at + name.len()].copy_from_slice(elsewhere);
        }
        let error = checked(&moved, folder.path()).map(drop).unwrap_err();
        assert!(error.contains("does not lie beside it"), "{error}");
    }
}

#[test]
fn what_a_file_says_is_the_same_to_whoever_reads_it() {
    // A message in it is longer than the one around it says, so that a reader that steps over the outer one
    // goes on at another place than one that looks inside: at numbers of too many bytes, on which it would
    // hang.
    let start = b"\x08\x0e\x3a\x4f\x0a\x1c\x0a\x01x\x12\x01z\x1a\x0fthe_determinant\xa2\x03Det\x12\x03odd";
    let bytes = [&start[..], &[0x55; 23], &[0xd2; 41], &[0x55; 18], b"t\xa2\x03Det\x12\x03odd", &[0x55; 72]];
    let bytes = [&bytes.concat()[..], b"\x03\x12\x01nB\x04\x0a\x00\x10\x11"].concat();
    assert!(ModelProto::parse_buf(&bytes).is_ok(), "one reader takes it");
    let found = checked(&bytes, Path::new("no/such/folder")).expect("and so does ours");
    let again = checked(&found.bytes, Path::new("no/such/folder")).unwrap();
    assert_eq!(again.bytes, found.bytes);
    assert!(Network::load(&found, false).is_err(), "what is left of it is no network, and that is said");
}
