#!/usr/bin/env python3
"""Writes the models of tests/torch_models.rs: files as PyTorch saves them, and what the models make of samples.

    python3 tests/torch_models/make.py        (needs torch, numpy and safetensors)

Each NAME.pt (.pth, .safetensors, a folder) has NAME.io.safetensors beside it: x, the labels told as y where there are
any, mu, log_var of a variational model, and x_hat decoded from mu.
"""
import json
import os
import zipfile

import torch
from safetensors.torch import save_file
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))
N, SIDE = 5, 6
PIXELS = SIDE * SIDE


def at(name):
    path = os.path.join(HERE, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    return path


def outputs(name, x, codes, decode, y=None):
    mu, log_var = codes if isinstance(codes, tuple) else (codes, None)
    held = {"x": x.flatten(1), "mu": mu, "log_var": log_var, "x_hat": decode(mu).flatten(1), "y": y}
    save_file({key: value.detach().float().contiguous() for key, value in held.items() if value is not None},
              at(f"{name}.io.safetensors"))


class Example(nn.Module):
    """The layers of PyTorch's own VAE example."""

    def __init__(self):
        super().__init__()
        self.fc1, self.fc21, self.fc22 = nn.Linear(PIXELS, 12), nn.Linear(12, 3), nn.Linear(12, 3)
        self.fc3, self.fc4 = nn.Linear(3, 12), nn.Linear(12, PIXELS)

    def encode(self, x):
        h = torch.relu(self.fc1(x))
        return self.fc21(h), self.fc22(h)

    def decode(self, z):
        return torch.sigmoid(self.fc4(torch.relu(self.fc3(z))))


class Sides(nn.Module):
    """Encoder and decoder as Sequentials, heads by other words; tanh between, squared error."""

    def __init__(self):
        super().__init__()
        self.dec = nn.Sequential(nn.Linear(2, 7), nn.Tanh(), nn.Linear(7, 9), nn.Tanh(), nn.Linear(9, PIXELS))
        self.enc = nn.Sequential(nn.Linear(PIXELS, 9), nn.Tanh(), nn.Linear(9, 7), nn.Tanh())
        self.to_logvar, self.to_mu = nn.Linear(7, 2), nn.Linear(7, 2)

    def encode(self, x):
        h = self.enc(x)
        return self.to_mu(h), self.to_logvar(h)

    def decode(self, z):
        return self.dec(z)


class Halves(nn.Module):
    """One head of mean and ln of the standard deviation."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(PIXELS, 10), nn.ReLU(), nn.Linear(10, 6))
        self.decoder = nn.Sequential(nn.Linear(3, 10), nn.ReLU(), nn.Linear(10, PIXELS))

    def encode(self, x):
        mu, log_std = self.encoder(x).chunk(2, 1)
        return mu, 2 * log_std

    def decode(self, z):
        return torch.sigmoid(self.decoder(z))


class Told(nn.Module):
    """Told the label on both sides."""

    def __init__(self):
        super().__init__()
        self.fc1, self.mu, self.logvar = nn.Linear(PIXELS + 4, 11), nn.Linear(11, 2), nn.Linear(11, 2)
        self.fc3, self.fc4 = nn.Linear(2 + 4, 11), nn.Linear(11, PIXELS)

    def encode(self, x, y):
        h = torch.relu(self.fc1(torch.cat([x, y], 1)))
        return self.mu(h), self.logvar(h)

    def decode(self, z, y):
        return torch.sigmoid(self.fc4(torch.relu(self.fc3(torch.cat([z, y], 1)))))


class Convolutional(nn.Module):
    """Two stages of convolution and pooling, and two transposed convolutions; names as in PyTorch-VAE."""

    def __init__(self, norm):
        super().__init__()
        layers, n_in = [], 1
        for n in (4, 6):
            layers += [nn.Conv2d(n_in, n, 3, padding=1)] + norm * [nn.BatchNorm2d(n)] + [nn.ReLU(), nn.MaxPool2d(2)]
            n_in = n
        self.encoder = nn.Sequential(*layers)
        self.fc_mu, self.fc_var = nn.Linear(6 * 4, 2), nn.Linear(6 * 4, 2)
        self.decoder_input = nn.Linear(2, 6 * 4)
        up = [nn.ConvTranspose2d(6, 4, 4, stride=2, padding=1)] + norm * [nn.BatchNorm2d(4)] + [nn.ReLU()]
        self.decoder = nn.Sequential(*up)
        self.final_layer = nn.Sequential(nn.ConvTranspose2d(4, 1, 4, stride=2, padding=1), nn.Sigmoid())

    def encode(self, x):
        h = self.encoder(x).flatten(1)
        return self.fc_mu(h), self.fc_var(h)

    def decode(self, z):
        return self.final_layer(self.decoder(torch.relu(self.decoder_input(z)).view(-1, 6, 2, 2)))


class Strided(nn.Module):
    """Convolutions that move by two pixels, of kernels of one side down and another up."""

    def __init__(self, down, up):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 3, down, stride=2, padding=(down - 1) // 2)
        self.conv2 = nn.Conv2d(3, 5, down, stride=2, padding=(down - 1) // 2)
        self.fc_mu, self.fc_logvar, self.fc_dec = nn.Linear(20, 2), nn.Linear(20, 2), nn.Linear(2, 20)
        kind = {"stride": 2, "padding": (up - 1) // 2, "output_padding": up % 2}
        self.deconv1, self.deconv2 = nn.ConvTranspose2d(5, 3, up, **kind), nn.ConvTranspose2d(3, 1, up, **kind)

    def encode(self, x):
        h = torch.relu(self.conv2(torch.relu(self.conv1(x)))).flatten(1)
        return self.fc_mu(h), self.fc_logvar(h)

    def decode(self, z):
        h = torch.relu(self.fc_dec(z)).view(-1, 5, 2, 2)
        return torch.sigmoid(self.deconv2(torch.relu(self.deconv1(h))))


class Pythae(nn.Module):
    """The modules of pythae's default dense networks, by their names."""

    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = nn.Module(), nn.Module()
        self.encoder.layers = nn.ModuleList([nn.Sequential(nn.Linear(PIXELS, 16), nn.ReLU())])
        self.encoder.embedding, self.encoder.log_var = nn.Linear(16, 3), nn.Linear(16, 3)
        self.decoder.layers = nn.ModuleList(
            [nn.Sequential(nn.Linear(3, 16), nn.ReLU()), nn.Sequential(nn.Linear(16, PIXELS), nn.Sigmoid())]
        )

    def encode(self, x):
        h = self.encoder.layers[0](x)
        return self.encoder.embedding(h), self.encoder.log_var(h)

    def decode(self, z):
        return self.decoder.layers[1](self.decoder.layers[0](z))


def strided(state):
    """The same values, every weight a transposed or spread view of a larger storage."""
    held = {}
    for i, (name, value) in enumerate(state.items()):
        if value.dim() == 2 and i % 4 == 0:
            held[name] = value.t().contiguous().t()
        elif value.dim() == 2:
            room = torch.zeros(value.shape[0] + 1, 2 * value.shape[1] + 3)
            room[1:, 3::2] = value
            held[name] = room[1:, 3::2]
        else:
            room = torch.zeros(2, value.shape[0])
            room[1] = value
            held[name] = room[1]
    return held


def main():
    torch.manual_seed(1)
    x = torch.rand(N, PIXELS)

    example = Example()
    state = example.state_dict()
    torch.save(state, at("fc.pt"))
    save_file(state, at("fc.safetensors"), metadata={"format": "pt"})
    torch.save(state, at("legacy.pt"), _use_new_zipfile_serialization=False)
    torch.save({name: nn.Parameter(value) for name, value in strided(state).items()}, at("strided.pt"))
    optimizer = torch.optim.Adam(example.parameters())
    (example.decode(example.encode(x)[0]) - x).square().sum().backward()
    optimizer.step()
    state = example.state_dict()
    torch.save(
        {
            "epoch": 3,
            "model_state_dict": {f"module._orig_mod.{name}": value for name, value in state.items()},
            "optimizer_state_dict": optimizer.state_dict(),
            "loss": torch.tensor(1.5),
        },
        at("checkpoint.pth"),
    )
    outputs("checkpoint", x, example.encode(x), example.decode)
    example.load_state_dict(torch.load(at("fc.pt")))
    for name in ("fc", "legacy", "strided"):
        outputs(name, x, example.encode(x), example.decode)
    for name, kind in (("f16", torch.float16), ("bf16", torch.bfloat16), ("f64", torch.float64)):
        kept = {key: value.to(kind) for key, value in state.items()}
        torch.save(kept, at(f"{name}.pt"))
        rounded = Example()
        rounded.load_state_dict({key: value.float() for key, value in kept.items()})
        outputs(name, x, rounded.encode(x), rounded.decode)

    sides = Sides()
    torch.save(sides.state_dict(), at("sides.pt"))
    outputs("sides", x, sides.encode(x), sides.decode)

    plain = nn.Sequential(
        nn.Linear(PIXELS, 10), nn.ELU(), nn.Linear(10, 3), nn.Linear(3, 8), nn.ELU(), nn.Linear(8, PIXELS), nn.Tanh()
    )
    torch.save({"net": plain.state_dict()}, at("sequential.pt"))
    # Seen as values between −1 and 1.
    signed = lambda values: plain[3:](values) / 2 + 0.5
    outputs("sequential", x, plain[:3](2 * x - 1), signed)

    halves = Halves()
    torch.save({"encoder": halves.encoder.state_dict(), "decoder": halves.decoder.state_dict()}, at("halves.pt"))
    outputs("halves", x, halves.encode(x), halves.decode)

    told = Told()
    y = nn.functional.one_hot(torch.arange(N) % 4, 4).float()
    torch.save(told.state_dict(), at("told.pt"))
    outputs("told", x, told.encode(x, y), lambda z: told.decode(z, y), y.argmax(1))

    pictures = torch.rand(N, 1, 8, 8)
    for name, norm in (("conv", 0), ("conv-norm", 1)):
        conv = Convolutional(norm).train()
        for _ in range(5):
            conv.decode(conv.encode(3 * torch.rand(9, 1, 8, 8))[0])
        for module in conv.modules():
            if isinstance(module, nn.BatchNorm2d):
                nn.init.uniform_(module.weight, 0.5, 1.5)
                nn.init.uniform_(module.bias)
        conv.eval()
        torch.save(conv.state_dict(), at(f"{name}.pt"))
        outputs(name, pictures, conv.encode(pictures), conv.decode)

    for name, down, up in (("strided-3", 3, 3), ("strided-4", 4, 4)):
        conv = Strided(down, up)
        save_file(conv.state_dict(), at(f"{name}.safetensors"))
        outputs(name, pictures, conv.encode(pictures), conv.decode)

    pythae = Pythae()
    torch.save({"model_state_dict": pythae.state_dict()}, at("pythae/model.pt"))
    config = {"name": "BetaVAEConfig", "input_dim": [1, SIDE, SIDE], "latent_dim": 3, "beta": 4.0,
              "uses_default_encoder": True, "uses_default_decoder": True, "reconstruction_loss": "mse"}
    with open(at("pythae/model_config.json"), "w") as file:
        json.dump(config, file)
    outputs("pythae", x, pythae.encode(x), pythae.decode)

    # What is no state dict of an autoencoder, each for another reason.
    torch.save(example, at("refused/whole.pt"))
    torch.save(torch.zeros(3), at("refused/tensor.pt"))
    torch.save(nn.Sequential(nn.Linear(9, 5), nn.ReLU(), nn.Linear(5, 3)).state_dict(), at("refused/classifier.pt"))
    torch.save(sides.enc.state_dict(prefix="encoder."), at("refused/encoder.pt"))
    torch.save(nn.LSTM(3, 4).state_dict(), at("refused/recurrent.pt"))
    torch.save({"weight": torch.zeros(3, dtype=torch.complex64)}, at("refused/complex.pt"))
    torch.jit.script(nn.Sequential(nn.Linear(3, 2))).save(at("refused/script.pt"))
    with zipfile.ZipFile(at("refused/other.zip"), "w") as other:
        other.writestr("letter.txt", "dear reader")
    # A pickle that would run a command.
    with open(at("refused/runs.pt"), "wb") as file:
        file.write(b"\x80\x02cposix\nsystem\nX\x04\x00\x00\x00true\x85R.")


main()
