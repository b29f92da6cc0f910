use super::chain::{Chain, Heads, chained};
use super::layers::{Layer, words};
use super::pickle::{self, Node};
use super::{is_archive, looks_like_model, open};
use crate::model::Answers;
use crate::store::Beside;
use crate::store::brought::damage::damaged_files_break_nothing;
use proptest::prelude::*;
use std::path::Path;

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/torch_models").join(name)).unwrap()
}

/// What becomes of bytes that claim to be a model.
fn opened(bytes: &[u8]) -> Result<(), String> {
    let answers = Answers::new();
    let beside = Beside { answers: &answers, data: None, keeps_what_fits: false };
    open(Path::new("some.pt"), Path::new("no/such/folder/some.pt"), bytes, beside).map(drop)
}

/// A file of `torch.save` of old, whose one pickle of an object is `object`, without storages.
fn legacy(object: &[u8]) -> Vec<u8> {
    let magic = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.";
    [&magic[..], b"\x80\x02M\xe9\x03.", b"\x80\x02}.", object, b"\x80\x02]."].concat()
}

#[test]
fn damaged_files_are_refused_and_break_nothing() {
    let files = ["fc.pt", "legacy.pt", "checkpoint.pth", "fc.safetensors"].map(fixture);
    damaged_files_break_nothing(&files, 7, 400, opened);
}

/// Operations with what a state dict is made of.
const OPS: [&[u8]; 31] = [
    b"(",
    b")",
    b"}",
    b"]",
    b"t",
    b"u",
    b"s",
    b"e",
    b"a",
    b"N",
    b"K\x03",
    b"X\x02\0\0\0ab",
    b"q\x01",
    b"h\x01",
    b"R",
    b"Q",
    b"b",
    b"0",
    b"1",
    b"2",
    b"\x81",
    b"\x85",
    b"\x86",
    b"\x87",
    b"\x93",
    b"\x94",
    b"\x8a\x09aaaaaaaaa",
    b"ccollections\nOrderedDict\n",
    b"ctorch._utils\n_rebuild_tensor_v2\n",
    b"ctorch\nFloatStorage\n",
    b"X\x07\0\0\0storage",
];

proptest! {
    #[test]
    fn any_pickle_is_read_or_refused(ops in proptest::collection::vec(proptest::sample::select(&OPS[..]), 0..40)) {
        let bytes = [&ops.concat()[..], b"."].concat();
        if let Ok(read) = pickle::read(&bytes) {
            prop_assert!(read.nodes.len() <= bytes.len());
        }
        let _ = opened(&legacy(&bytes));
    }

    #[test]
    fn any_bytes_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(opened(&bytes).is_err());
        prop_assert!(pickle::read(&bytes).is_err() || bytes.contains(&b'.'));
        prop_assert!(opened(&[b"PK\x03\x04", &bytes[..]].concat()).is_err());
        prop_assert!(opened(&legacy(&bytes)).is_err());
    }
}

/// `{"a": tensor}` with a storage of 4 numbers, an offset, and one axis with its stride.
fn tensor(offset: u8, len: &[u8], stride: u8) -> Vec<u8> {
    let storage = b"((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000X\x03\0\0\0cpuK\x04tQ";
    let view = [&b"K"[..], &[offset], len, b"\x85K", &[stride], b"\x85\x89}tR"].concat();
    [&b"\x80\x02}X\x01\0\0\0actorch._utils\n_rebuild_tensor_v2\n"[..], storage, &view, b"s."].concat()
}

#[test]
fn what_a_pickle_claims_is_held_against_what_there_is() {
    for (claims, pickle) in [
        ("more numbers than stored", tensor(0, b"K\x05", 1)),
        ("a beginning beyond the end", tensor(4, b"K\x01", 1)),
        ("the same number for ever", tensor(0, b"J\xff\xff\xff\x7f", 0)),
        ("steps beyond the end", tensor(0, b"K\x03", 2)),
        ("a length that overflows", tensor(0, b"\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f", 255)),
    ] {
        let said = opened(&legacy(&pickle)).unwrap_err();
        assert!(said.contains("does not lie within its 0 stored numbers"), "{claims}: {said}");
    }
    // A dictionary that holds itself.
    let circle = b"\x80\x02}q\x01X\x01\0\0\0ah\x01s.";
    assert!(opened(&legacy(circle)).unwrap_err().contains("no tensors of real numbers"));
    // Lists within lists, deeper than any stack of calls.
    let deep = [vec![b']'; 100_000], vec![b'a'; 99_999], vec![b'.']].concat();
    assert!(matches!(pickle::read(&deep).unwrap().nodes[0], Node::List(_)));
    // More values than there is any use for.
    let many = [vec![0x80, 2], vec![b'N'; 5 << 20], vec![b'.']].concat();
    assert!(pickle::read(&many).unwrap_err().contains("more than any state dict"));
    assert!(pickle::read(b"X\xff\xff\xff\xffab.").unwrap_err().contains("ends too early"));
}

#[test]
fn what_a_pickle_names_is_never_run_but_refused_by_name() {
    let refused = |pickle: &[u8]| opened(&legacy(pickle)).unwrap_err();
    let system = refused(b"\x80\x02cos\nsystem\nX\x02\0\0\0ls\x85R.");
    assert!(
        system.contains("names os.system, which is never run here") && system.contains("state_dict()"),
        "{system}"
    );
    // The same by texts on the stack, and where only a torch name is claimed.
    assert!(refused(b"\x80\x04\x8c\x08builtins\x8c\x04eval\x93.").contains("builtins.eval"));
    assert!(refused(b"\x80\x02ctorch\nload\n.").contains("torch.load"));
    assert!(
        refused(b"\x80\x02c__main__\nNet\nX\x0b\0\0\0_parametersX\x08\0\0\0_modules.").contains("a whole module")
    );
    // What checkpoints keep beside their weights is left aside.
    let aside = b"\x80\x02}X\x04\0\0\0argscargparse\nNamespace\n)\x81}X\x02\0\0\0lrK\x01sbs.";
    assert!(refused(aside).contains("no tensors of real numbers"));
}

#[test]
fn archives_are_told_by_how_they_begin() {
    assert!(is_archive(b"PK\x03\x04rest") && is_archive(b"\x80\x02}.") && is_archive(b"\x80\x04"));
    assert!(looks_like_model(&fixture("fc.pt")) && looks_like_model(&fixture("legacy.pt")));
    assert!(!looks_like_model(&fixture("refused/other.zip")), "a zip file may be data");
    assert!(!is_archive(b"\x80\x05\0\0\0\0\0\0{\"a\":"), "a header of 1408 bytes is no pickle");
    assert!(!is_archive(b"\x80") && !is_archive(b"\x80\x09") && !is_archive(b"") && !is_archive(b"{\"a\""));
}

#[test]
fn names_are_cut_into_words_and_numbers() {
    for (name, wanted) in [
        ("fc21", vec!["fc", "21"]),
        ("encoder.layers.0.0", vec!["encoder", "layers", "0", "0"]),
        ("fc_logVar", vec!["fc", "log", "var"]),
        ("hidden2mu", vec!["hidden", "2", "mu"]),
        ("__", vec![]),
    ] {
        assert_eq!(words(name), wanted, "{name}");
    }
}

/// A dense layer, written as `name out in`.
fn layer(text: &str) -> Layer {
    let parts: Vec<&str> = text.split(' ').collect();
    let shape = parts[1..].iter().map(|n| n.parse().unwrap()).collect();
    Layer { name: parts[0].into(), shape, weight: 0, bias: None, norm: None, is_transposed: false }
}

fn chain_of(layers: &[&str]) -> Result<Chain, String> {
    chained(&layers.iter().map(|text| layer(text)).collect::<Vec<_>>())
}

/// A chain in one line: trunk | heads | decoder, and the classes told.
fn said(chain: &Chain) -> String {
    let names = |layers: &[Layer]| layers.iter().map(|layer| layer.name.as_str()).collect::<Vec<_>>().join(" ");
    let heads = match &chain.heads {
        Heads::Code(code) => code.name.clone(),
        Heads::Pair(mean, spread) => format!("{} + {}", mean.name, spread.name),
        Heads::Halves(both) => format!("halves of {}", both.name),
    };
    let told = if chain.n_classes > 0 { format!(" told {}", chain.n_classes) } else { String::new() };
    format!("{} | {heads} | {}{told}", names(&chain.trunk), names(&chain.decoder))
}

#[test]
fn layers_are_put_in_the_order_in_which_they_are_run() {
    let table: &[(&[&str], &str)] = &[
        (&["fc1 40 78", "fc21 2 40", "fc22 2 40", "fc3 40 2", "fc4 78 40"], "fc1 | fc21 + fc22 | fc3 fc4"),
        (&["fc3 40 2", "fc4 78 40", "fc22 2 40", "fc21 2 40", "fc1 40 78"], "fc1 | fc21 + fc22 | fc3 fc4"),
        (
            &["dec.0 9 2", "dec.2 30 9", "enc.0 9 30", "fc_logvar 2 9", "fc_mu 2 9"],
            "enc.0 | fc_mu + fc_logvar | dec.0 dec.2",
        ),
        (
            &["encoder.0 9 30", "encoder.10 5 7", "encoder.2 7 9", "decoder.0 7 5", "decoder.2 30 7"],
            "encoder.0 encoder.2 | encoder.10 | decoder.0 decoder.2",
        ),
        (&["0 9 30", "2 3 9", "4 9 3", "6 30 9"], "0 | 2 | 4 6"),
        (&["0 3 30", "1 30 3"], " | 0 | 1"),
        (
            &["encoder.0 9 30", "encoder.2 6 9", "decoder.0 9 3", "decoder.2 30 9"],
            "encoder.0 | halves of encoder.2 | decoder.0 decoder.2",
        ),
        (&["fc1 8 34", "mu 2 8", "log_var 2 8", "fc3 8 6", "fc4 30 8"], "fc1 | mu + log_var | fc3 fc4 told 4"),
        // Heads as wide as what they read are told from a chain by their names.
        (&["enc 4 30", "z_mean 4 4", "z_logvar 4 4", "dec 30 4"], "enc | z_mean + z_logvar | dec"),
        (&["a 4 30", "b 4 4", "c 4 4", "d 30 4"], " | a | b c d"),
        // Names that say nothing at all.
        (&["input 9 30", "hidden 2 9", "back 9 2", "out 30 9"], "input | hidden | back out"),
        (&["one 9 30", "b 2 9", "a 2 9", "x 9 2", "out 30 9"], "one | b + a | x out"),
        // The names' order is not the order of letters.
        (&["layer9 8 30", "layer10 2 8", "layer11 8 2", "layer12 30 8"], "layer9 | layer10 | layer11 layer12"),
    ];
    for (layers, wanted) in table {
        assert_eq!(chain_of(layers).map(|chain| said(&chain)).as_deref(), Ok(*wanted), "{layers:?}");
        // Files without an order of their own hold them in any; of two heads without names the first is the
        // mean. Where labels are told, or names say nothing at all, another chain may close.
        let turned: Vec<&str> = layers.iter().rev().copied().collect();
        let found = chain_of(&turned).map(|chain| said(&chain).replace("a + b", "b + a"));
        assert!(
            found.as_deref() == Ok(*wanted)
                || wanted.starts_with(" | a")
                || wanted.contains("told")
                || layers.ends_with(&["out 30 9"]),
            "{turned:?}: {found:?}"
        );
    }
}

#[test]
fn the_first_layer_that_does_not_fit_is_named() {
    for (layers, words) in [
        (
            &["fc1 40 78", "fc2 30 41", "fc3 78 30"][..],
            "its layer fc2, Linear(41, 30), does not read the 40 numbers",
        ),
        (&["fc1 40 78", "fc2 10 40"], "its layer fc2, Linear(40, 10), gives 10 numbers, where fc1 takes 78"),
        (&["fc1 78 78"], "1 layers with weights"),
        (&["decoder.0 9 2", "decoder.2 30 9"], "a decoder alone"),
        (
            &["enc.0 9 34", "enc.2 2 9", "dec.0 9 6", "dec.2 30 9"],
            "its layer dec.0, Linear(6, 9), seems to be told 4 classes",
        ),
    ] {
        let problem = chain_of(layers).map(|chain| said(&chain)).unwrap_err();
        assert!(problem.contains(words), "{layers:?}: {problem}");
    }
}
