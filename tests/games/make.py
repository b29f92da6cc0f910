#!/usr/bin/env python3
"""Makes the fixtures beside it: one step of a discriminator and then one of a generator in PyTorch, in 64 bits, from
fixed weights on fixed samples and noise. Usage: make.py. Needs torch."""
import json, os
import torch
from torch import nn
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
here = os.path.dirname(os.path.abspath(__file__))
ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh}
CASES = {
    "nonsaturating": dict(loss="nonsaturating", activation="relu", generator=[6, 5], discriminator=[7], latent_dim=3, beta1=0.5, d_rate=0.01, g_rate=0.002),
    "minimax": dict(loss="minimax", activation="tanh", generator=[4], discriminator=[5, 4], latent_dim=1, beta1=0.9, d_rate=0.003, g_rate=0.02),
}


def mlp(widths, activation):
    layers = []
    for n_in, n_out in zip(widths, widths[1:]):
        layers += [nn.Linear(n_in, n_out), activation()]
    return nn.Sequential(*layers[:-1])


def named(parts):
    return {f"{name}.{key}": value.tolist() for name, part in parts.items() for key, value in part.state_dict().items()}


def gradients(name, part):
    return {f"{name}.{key}": value.grad.tolist() for key, value in part.named_parameters()}


for case, settings in CASES.items():
    torch.manual_seed(4)
    activation = ACTIVATIONS[settings["activation"]]
    G = mlp([settings["latent_dim"], *settings["generator"], 2], activation)
    D = mlp([2, *settings["discriminator"], 1], activation)
    x, z = torch.randn(6, 2), torch.randn(6, settings["latent_dim"])
    betas = (settings["beta1"], 0.999)
    of_d, of_g = torch.optim.Adam(D.parameters(), settings["d_rate"], betas), torch.optim.Adam(G.parameters(), settings["g_rate"], betas)
    held = dict(settings=settings, x=x.tolist(), z=z.tolist(), weights=named(dict(generator=G, discriminator=D)))
    one, zero = torch.ones(6, 1), torch.zeros(6, 1)
    d_loss = F.binary_cross_entropy_with_logits(D(x), one) + F.binary_cross_entropy_with_logits(D(G(z).detach()), zero)
    of_d.zero_grad(), d_loss.backward()
    held |= dict(d_loss=d_loss.item(), d_gradients=gradients("discriminator", D))
    of_d.step()
    fakes = torch.sigmoid(D(G(z)))
    g_loss = -torch.log(fakes).mean() if settings["loss"] == "nonsaturating" else torch.log(1 - fakes).mean()
    of_g.zero_grad(), g_loss.backward()
    held |= dict(g_loss=g_loss.item(), g_gradients=gradients("generator", G))
    of_g.step()
    held |= dict(after=named(dict(generator=G, discriminator=D)))
    with open(os.path.join(here, f"{case}.json"), "w") as file:
        json.dump(held, file)
