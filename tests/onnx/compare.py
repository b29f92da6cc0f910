"""Holds ONNX files to halfmoon itself: onnxruntime runs what `halfmoon export` writes on the samples that `halfmoon encode`
reads and on codes that `halfmoon decode` decodes.

    cargo build --release --all-features
    python3 tests/onnx/compare.py target/release/halfmoon

needs numpy, onnx and onnxruntime. It prints the largest difference of each model and fails above 1e-5 (of a table's columns:
above 1e-5 of their spread).
"""

import csv
import gzip
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

HALFMOON = Path(sys.argv[1]).resolve()
ASSETS = Path(__file__).resolve().parents[2] / "assets"
N = 60
rng = np.random.default_rng(0)


def halfmoon(*words):
    done = subprocess.run([HALFMOON, *map(str, words)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert done.returncode == 0, (words, done.stderr.decode())


def images(folder, shape, n_classes=10):
    """A folder of idx files with N random pictures [channels, height, width], a class each; returns them from 0 to 1."""
    folder.mkdir()
    channels, height, width = shape
    x = rng.integers(0, 256, (N, *shape), dtype=np.uint8)
    # Real pictures are neither all noise nor all alike.
    x[rng.random(x.shape) < 0.6] = 0
    stored = np.moveaxis(x, 1, 3)
    dims = [N, height, width] + ([channels] if channels > 1 else [])
    head = bytes([0, 0, 8, len(dims)]) + struct.pack(f">{len(dims)}I", *dims)
    labels = bytes([0, 0, 8, 1]) + struct.pack(">I", N) + bytes(i % n_classes for i in range(N))
    for prefix in ["train", "t10k"]:
        (folder / f"{prefix}-images-idx{len(dims)}-ubyte").write_bytes(head + stored.tobytes())
        (folder / f"{prefix}-labels-idx1-ubyte").write_bytes(labels)
    return x.astype(np.float32) / 255


def embedded(name):
    """The embedded pictures of a name, both splits, from 0 to 1: a model that was trained on them is at home there."""
    x = []
    for prefix in ["train", "test" if name == "emoji" else "t10k"]:
        (path,) = (ASSETS / name).glob(f"{prefix}-images-*.gz")
        stored = gzip.decompress(path.read_bytes())
        dims = struct.unpack(f">{stored[3]}I", stored[4 : 4 + 4 * stored[3]])
        pixels = np.frombuffer(stored, np.uint8, offset=4 + 4 * len(dims)).reshape(dims)
        x.append(np.moveaxis(pixels.reshape(*dims[:3], -1), 3, 1).astype(np.float32) / 255)
    return {"train": x[0], "test": x[1]}


def table(path):
    """A table of N rows in units of their own, each with a class and the name r0, r1, …; returns its numbers."""
    x = (rng.normal(size=(N, 5)) * [1, 100, 1e-3, 5, 20] + [0, 3000, 0, -7, 50]).astype(np.float32)
    x[:, 4] += x[:, 3] * 3
    with open(path, "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["name", "class", "a", "b", "c", "d", "e (m)"])
        rows.writerows([f"r{i}", "pqr"[i % 3], *map(repr, map(float, row))] for i, row in enumerate(x))
    return x


def run(path, feeds):
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    wanted = {value.name for value in session.get_inputs()}
    names = [value.name for value in session.get_outputs()]
    return dict(zip(names, session.run(names, {name: feeds[name] for name in wanted})))


def compare(folder, title, model, data, x):
    """The largest difference of codes and decodes, on the samples `x` that `data` holds."""
    paths = {}
    for part in ["encoder", "decoder", "all"]:
        paths[part] = str(folder / f"{title}-{part}.onnx")
        halfmoon("export", "--model", model, "--part", part, "--out", paths[part])
        onnx.checker.check_model(paths[part], full_check=True)
    out = folder / "codes.npz"
    halfmoon("encode", "--model", model, "--data", data, "--split", "all", "--out", out)
    known = np.load(out)
    if isinstance(x, dict):
        x = np.stack([x[split][i] for split, i in zip(known["split"], known["index"])])
    elif x.ndim == 2:
        # Rows of a table are told by their names.
        x = x[[int(name[1:]) for name in known["name"]]]
    else:
        # Both splits hold the same pictures.
        x = x[known["index"]]
    feeds = {"x": x}
    spread = x.std(axis=0) if x.ndim == 2 else 1.0
    classes = None
    inputs = {value.name for value in onnxruntime.InferenceSession(paths["decoder"]).get_inputs()}
    if "label" in inputs:
        classes = [str(name) for name in known["label_names"]]
        feeds["label"] = np.eye(len(classes), dtype=np.float32)[known["label"]]
    encoded = run(paths["encoder"], feeds)
    both = run(paths["all"], feeds)
    worst = {}
    for name in ["z", "log_var"]:
        assert (name in known.files) == (name in encoded), name
        if name in encoded:
            scale = max(1.0, np.abs(known[name]).max())
            worst[name] = max(np.abs(part[name] - known[name]).max() for part in [encoded, both]) / scale
    codes = np.concatenate([known["z"][:8], rng.normal(size=(4, known["z"].shape[1])).astype(np.float32)])
    labels = [i % len(classes) for i in range(len(codes))] if classes else None
    want = []
    for i, z in enumerate(codes):
        text = ",".join(repr(float(value)) for value in z)
        label = ["--label", classes[labels[i]]] if classes else []
        halfmoon("decode", "--model", model, f"--z={text}", *label, "--out", folder / "x.npy")
        want.append(np.load(folder / "x.npy")[0])
    want = np.array(want)
    feeds_of_codes = {"z": codes}
    if classes:
        feeds_of_codes["label"] = np.eye(len(classes), dtype=np.float32)[labels]
    got = run(paths["decoder"], feeds_of_codes)["x_hat"].reshape(want.shape)
    worst["x_hat"] = (np.abs(got - want) / spread).max()
    # The whole decodes the very codes that it gives.
    again = run(paths["decoder"], {**feeds, "z": both["z"]})["x_hat"]
    worst["both"] = (np.abs(again - both["x_hat"]) / spread).max()
    print(f"{title:28}", "  ".join(f"{name} {value:.1e}" for name, value in worst.items()), flush=True)
    return max(worst.values())


EMBEDDED = [
    "mnist-vae", "mnist-ae", "mnist-cvae", "mnist-vae-10d", "mnist-deep-2d", "mnist-deep-30d", "mnist-conv-vae",
    "emoji-conv-vae", "moons-vae", "moons-ae", "full-half-vae", "full-half-ae",
]
TRAINED = [
    ("pca", "small", []), ("mda", "small", ["layers=2"]), ("gmm", "small", ["pca=3", "components=2"]),
    ("ae", "small", ["decoder_weights=tied", "activation=elu", "likelihood=mse", "output=sigmoid"]),
    ("vae", "small", ["activation=softplus", "likelihood=gaussian"]), ("vae", "small", ["activation=leaky_relu", "dropout=0.3"]),
    ("ae", "small", ["activation=tanh", "hidden="]), ("sparse", "small", []),
    ("vae", "odd", ["arch=conv", "channels=3,4", "upsampling=transposed", "activation=elu"]),
    ("vae", "odd", ["arch=conv", "channels=3,4", "upsampling=transposed", "up_kernel=2"]),
    ("cvae", "odd", ["arch=conv", "channels=3,4", "upsampling=repeat", "convolution=separable"]),
    ("ae", "colour", ["arch=conv", "channels=3,4", "upsampling=places", "kernel=5", "likelihood=mse", "output=sigmoid"]),
    ("cvae", "colour", ["arch=conv", "channels=4", "upsampling=transposed", "hidden=", "convolution=separable"]),
    ("cvae", "small", []),
    ("pca", "table.csv", []), ("vae", "table.csv", []), ("cvae", "table.csv", []), ("gmm", "table.csv", ["pca=0"]),
    ("ae", "table.csv", ["scaling=unit"]),
]


def shape_of(folder, model):
    """What an ONNX file of the model says of its samples."""
    halfmoon("export", "--model", model, "--part", "decoder", "--out", folder / "shape.onnx")
    output = onnx.load(str(folder / "shape.onnx")).graph.output[0]
    return tuple(dim.dim_value for dim in output.type.tensor_type.shape.dim[1:])


def main():
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        data = {}
        for model in EMBEDDED:
            name = model.split("-")[0]
            if name not in data and name in ("mnist", "emoji"):
                data[name] = (name, embedded(name))
            elif name not in data:
                data[name] = (folder / name, images(folder / name, shape_of(folder, model)))
            worst = max(worst, compare(folder, model, model, *data[name]))
        named = {
            "small": images(folder / "small", (1, 6, 5)),
            "odd": images(folder / "odd", (1, 13, 11)),
            "colour": images(folder / "colour", (3, 12, 10)),
            "table.csv": table(folder / "table.csv"),
        }
        for at, (kind, data_name, settings) in enumerate(TRAINED):
            model = folder / f"model{at}.safetensors"
            words = [word for setting in settings for word in ["--set", setting]]
            size = [] if kind in ("pca", "mda", "gmm") else ["--epochs", "5"]
            source = folder / data_name
            halfmoon("train", "--data", source, "--kind", kind, *size, "--out", model, *words)
            worst = max(worst, compare(folder, f"{kind} {data_name} {at}", model, source, named[data_name]))
    print(f"largest difference: {worst:.1e}")
    sys.exit(int(worst > 1e-5))


if __name__ == "__main__":
    main()
