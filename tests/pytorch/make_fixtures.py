#!/usr/bin/env python3
"""Writes the fixtures of tests/pytorch.rs beside this file. Needs torch and safetensors.

Tiny networks with random weights, worked out by PyTorch in f64. A file holds

- encoder.N, mu, log_var, decoder.N: the first weights and biases, under halfmoon's names;
- x [batch, features] and eps [step, batch, latent_dim]: the samples, and the noise of each training step;
- want.mu, want.log_var [batch, latent_dim], and want.x_hat [batch, features], which decodes want.mu;
- want.terms: loss, reconstruction and KL with the first noise, summed over features, mean over the batch, nats;
- want.grad.NAME: gradients of that loss;
- want.after.NAME: weights after five steps of Adam on the same samples, learning rate 1e-3;
- metadata "case": the settings as `halfmoon train --kind KIND --set name=value` takes them.

Losses are PyTorch's own distributions here, not halfmoon's formulas, so that neither copies the other.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn
from torch.distributions import Bernoulli, Normal, kl_divergence

N_FEATURES, BATCH, STEPS, LEARNING_RATE = 12, 6, 5, 1e-3
ACTIVATIONS = {
    "elu": nn.ELU,
    "leaky_relu": nn.LeakyReLU,
    "relu": nn.ReLU,
    "sigmoid": nn.Sigmoid,
    "softplus": nn.Softplus,
    "tanh": nn.Tanh,
}


def case(kind, likelihood, activation, hidden="7,5", latent_dim="3", **own):
    return dict(kind=kind, likelihood=likelihood, activation=activation, hidden=hidden, latent_dim=latent_dim, **own)


# A case's place in this list is its seed.
CASES = {
    "vae-bernoulli-relu": case("vae", "bernoulli", "relu", beta="1.0"),
    "vae-gaussian-tanh": case("vae", "gaussian", "tanh", sigma="0.7", beta="0.5"),
    "vae-softplus-shallow": case("vae", "bernoulli", "softplus", hidden="8", latent_dim="2", beta="4.0"),
    "ae-mse-sigmoid": case("ae", "mse", "sigmoid", code_l2="0.01"),
    "ae-bernoulli-elu": case("ae", "bernoulli", "elu", latent_dim="2", decoder_hidden="4", code_l2="0.0"),
    "ae-leaky": case("ae", "bernoulli", "leaky_relu", hidden="6", code_l2="0.3"),
}


class Autoencoder(nn.Module):
    """The network and loss that `settings` describe."""

    def __init__(self, settings):
        super().__init__()
        self.settings = settings
        hidden = [int(width) for width in settings["hidden"].split(",")]
        decoder_hidden = hidden[::-1]
        if "decoder_hidden" in settings:
            decoder_hidden = [int(width) for width in settings["decoder_hidden"].split(",")]
        latent_dim = int(settings["latent_dim"])
        self.encoder = self.stack([N_FEATURES, *hidden])
        self.mu = nn.Linear(hidden[-1], latent_dim)
        if settings["kind"] == "vae":
            self.log_var = nn.Linear(hidden[-1], latent_dim)
        self.decoder = self.stack([latent_dim, *decoder_hidden])
        self.decoder.append(nn.Linear(decoder_hidden[-1], N_FEATURES))

    def stack(self, widths):
        activation = ACTIVATIONS[self.settings["activation"]]
        layers = [(nn.Linear(n_in, n_out), activation()) for n_in, n_out in zip(widths, widths[1:])]
        return nn.Sequential(*[module for pair in layers for module in pair])

    def encode(self, x):
        """Means of the codes, and their log-variances where the model has them."""
        h = self.encoder(x)
        return self.mu(h), self.log_var(h) if self.settings["kind"] == "vae" else None

    def decode(self, z):
        out = self.decoder(z)
        return torch.sigmoid(out) if self.settings["likelihood"] == "bernoulli" else out

    def terms(self, x, eps):
        """Loss, reconstruction and KL, means over the batch."""
        mu, log_var = self.encode(x)
        if log_var is None:
            z, kl = mu, torch.zeros(())
            penalty = float(self.settings["code_l2"]) * mu.square().sum(1).mean()
        else:
            posterior = Normal(mu, torch.exp(0.5 * log_var))
            z = mu + posterior.scale * eps
            kl = kl_divergence(posterior, Normal(0.0, 1.0)).sum(1).mean()
            penalty = float(self.settings["beta"]) * kl
        out = self.decoder(z)
        match self.settings["likelihood"]:
            case "bernoulli":
                features = -Bernoulli(logits=out, validate_args=False).log_prob(x)
            case "gaussian":
                features = -Normal(out, float(self.settings["sigma"])).log_prob(x)
            case "mse":
                features = (out - x).square()
        reconstruction = features.sum(1).mean()
        return torch.stack([reconstruction + penalty, reconstruction, kl])


def fixture(settings, seed):
    """Every tensor of one case."""
    torch.manual_seed(seed)
    model = Autoencoder(settings)
    x = torch.rand(BATCH, N_FEATURES)
    eps = torch.randn(STEPS, BATCH, int(settings["latent_dim"]))
    tensors = {"x": x, "eps": eps} | {name: weights.clone() for name, weights in model.state_dict().items()}
    with torch.no_grad():
        mu, log_var = model.encode(x)
        tensors |= {"want.mu": mu, "want.x_hat": model.decode(mu)}
        if log_var is not None:
            tensors["want.log_var"] = log_var
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    for step in range(STEPS):
        optimizer.zero_grad()
        terms = model.terms(x, eps[step])
        terms[0].backward()
        if step == 0:
            tensors["want.terms"] = terms.detach()
            tensors |= {f"want.grad.{name}": weights.grad.clone() for name, weights in model.named_parameters()}
        optimizer.step()
    return tensors | {f"want.after.{name}": weights.detach() for name, weights in model.named_parameters()}


if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)
    for seed, (name, settings) in enumerate(CASES.items()):
        path = Path(__file__).with_name(f"{name}.safetensors")
        save_file(fixture(settings, seed), path, metadata={"case": json.dumps(settings, sort_keys=True)})
        path.chmod(0o644)
        print(f"{path.name}: {path.stat().st_size} bytes")
