"""Makes the ONNX models that `tests/onnx_models.rs` opens, and what ONNX Runtime makes of some samples.

    python tests/onnx_models/make.py          needs torch, onnx, onnxscript, onnxruntime, scikit-learn, skl2onnx
    python tests/onnx_models/make.py keras    needs tensorflow, tf2onnx, onnx, onnxruntime
"""

import pathlib
import sys

import numpy as np
import onnx
import onnxruntime as ort
from safetensors.numpy import save_file

HERE = pathlib.Path(__file__).parent
SIDE, CODE = 8, 2


def pictures(n, channels=1):
    """Discs of several sizes and places, from 0 to 1."""
    rng = np.random.default_rng(7)
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    one = lambda: ((x - rng.uniform(2, 6)) ** 2 + (y - rng.uniform(2, 6)) ** 2 < rng.uniform(2, 9)) * rng.uniform(0.4, 1)
    return np.stack([[one() for _ in range(channels)] for _ in range(n)]).astype(np.float32)


def run(path, given, wanted):
    session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    axes = session.get_inputs()[0].shape[1:]
    return session.run(wanted, {name: given.reshape(len(given), *axes)})


def keep(name, **arrays):
    save_file({key: np.ascontiguousarray(array, np.float32).reshape(len(array), -1) for key, array in arrays.items()},
              HERE / f"{name}.io.safetensors")


def bare(path):
    """Takes out what the exporter says of the machine that it ran on."""
    model = onnx.load(path, load_external_data=False)
    for part in [model.graph, *model.graph.node, *model.graph.input, *model.graph.output, *model.graph.value_info]:
        part.doc_string = ""
        part.ClearField("metadata_props")
    del model.metadata_props[:]
    onnx.save(model, path)


def pytorch():
    import torch
    from torch import nn

    class Encoder(nn.Module):
        def __init__(self):
            super().__init__()
            self.body = nn.Sequential(nn.Conv2d(1, 6, 3, stride=2, padding=1), nn.GELU(), nn.Flatten(), nn.LayerNorm(96))
            self.mu, self.log_var = nn.Linear(96, CODE), nn.Linear(96, CODE)

        def forward(self, x):
            h = self.body(x)
            return self.mu(h), self.log_var(h)

    class Decoder(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(CODE, 96)
            self.up = nn.ConvTranspose2d(6, 1, 4, stride=2, padding=1)

        def forward(self, z):
            return torch.sigmoid(self.up(nn.functional.silu(self.first(z)).view(-1, 6, 4, 4)))

    x = torch.from_numpy(pictures(5))
    for exporter, dynamo in [("traced", False), ("dynamo", True)]:
        torch.manual_seed(3)
        encoder, decoder = Encoder().eval(), Decoder().eval()
        z = encoder(x)[0].detach()
        for half, module, given, names in [
            ("encoder", encoder, x, ("x", ["mu", "logvar"])),
            ("decoder", decoder, z, ("z", ["x_hat"])),
        ]:
            path = HERE / f"{exporter}-{half}.onnx"
            if dynamo:
                batch = torch.export.Dim("batch")
                torch.onnx.export(module, (given,), path, dynamo=True, input_names=[names[0]], output_names=names[1],
                                  dynamic_shapes=({0: batch},), external_data=True, verbose=False)
            else:
                torch.onnx.export(module, (given,), path, dynamo=False, input_names=[names[0]], output_names=names[1],
                                  dynamic_axes={names[0]: {0: "batch"}})
            bare(path)
        mu, log_var = run(HERE / f"{exporter}-encoder.onnx", x.numpy(), ["mu", "logvar"])
        keep(exporter, x=x.numpy(), mu=mu, log_var=log_var, x_hat=run(HERE / f"{exporter}-decoder.onnx", mu, ["x_hat"])[0])

    # One network from samples to samples, its number of samples fixed, its output logits, its code inside.
    torch.manual_seed(5)
    whole = nn.Sequential(nn.Linear(64, 20), nn.ReLU(), nn.Linear(20, 3), nn.Tanh(), nn.Linear(3, 20), nn.ReLU(), nn.Linear(20, 64)).eval()
    with torch.no_grad():
        whole[-1].weight.mul_(12)
    flat = x.reshape(5, 64)
    torch.onnx.export(whole, (flat[:1],), HERE / "whole.onnx", dynamo=False, input_names=["x"], output_names=["logits"])
    logits = np.concatenate([run(HERE / "whole.onnx", row[None].numpy(), None)[0] for row in flat])
    keep("whole", x=flat.numpy(), mu=whole[:4](flat).detach().numpy(), x_hat=1 / (1 + np.exp(-logits)))

    # A network that needs an operation which is not there.
    node = onnx.helper.make_node("Det", ["x"], ["z"], name="the_determinant")
    value = lambda name, axes: onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, axes)
    graph = onnx.helper.make_graph([node], "odd", [value("x", ["n", 8, 8])], [value("z", ["n"])])
    onnx.save(onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)]), HERE / "operator.onnx")


def sklearn():
    from skl2onnx import to_onnx
    from sklearn.decomposition import PCA
    from sklearn.neural_network import MLPRegressor

    x = pictures(60).reshape(60, 64)
    pca = PCA(CODE).fit(x)
    onnx.save(to_onnx(pca, x[:1]), HERE / "pca.onnx")
    keep("pca", x=x[:5], mu=run(HERE / "pca.onnx", x[:5], None)[0])
    mlp = MLPRegressor(hidden_layer_sizes=(16, CODE, 16), activation="tanh", max_iter=200, random_state=1).fit(x, x)
    onnx.save(to_onnx(mlp, x[:1]), HERE / "mlp.onnx")
    h = x[:5]
    for weight, bias in list(zip(mlp.coefs_, mlp.intercepts_))[:2]:
        h = np.tanh(h @ weight + bias)
    keep("mlp", x=x[:5], mu=h, x_hat=run(HERE / "mlp.onnx", x[:5], None)[0].reshape(5, 64))


def keras():
    import tensorflow as tf
    import tf2onnx

    tf.random.set_seed(3)
    layers = tf.keras.layers
    x_in = tf.keras.Input((SIDE, SIDE, 3), name="picture")
    h = layers.Conv2D(5, 3, strides=2, padding="same", activation="relu")(x_in)
    h = layers.Flatten()(h)
    encoder = tf.keras.Model(x_in, [layers.Dense(CODE, name="z_mean")(h), layers.Dense(CODE, name="z_log_var")(h)])
    z_in = tf.keras.Input((CODE,), name="code")
    h = layers.Reshape((4, 4, 5))(layers.Dense(80, activation="relu")(z_in))
    decoder = tf.keras.Model(z_in, layers.Conv2DTranspose(3, 3, strides=2, padding="same", activation="sigmoid")(h))
    for half, model, axes in [("encoder", encoder, (None, SIDE, SIDE, 3)), ("decoder", decoder, (None, CODE))]:
        spec = (tf.TensorSpec(axes, tf.float32, name=model.inputs[0].name),)
        network = tf.function(lambda given, model=model: model(given), input_signature=spec)
        tf2onnx.convert.from_function(network, input_signature=spec, opset=15, output_path=str(HERE / f"keras-{half}.onnx"))
    x = pictures(5, 3)
    last = x.transpose(0, 2, 3, 1)
    mu, log_var = run(HERE / "keras-encoder.onnx", last, None)
    x_hat = run(HERE / "keras-decoder.onnx", mu, None)[0].transpose(0, 3, 1, 2)
    keep("keras", x=x, mu=mu, log_var=log_var, x_hat=x_hat)


if sys.argv[1:] == ["keras"]:
    keras()
else:
    pytorch()
    sklearn()
