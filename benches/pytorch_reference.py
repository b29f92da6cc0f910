#!/usr/bin/env python3
"""The workloads of `halfmoon bench` in PyTorch, at batch 128 with fused Adam: w1 a VAE 784-512-256-2, w2 an AE
784-1000-500-250-2, w3 a convolutional VAE 16-32-2 in the faster of its two memory layouts, w4 decoding with w1,
w5 LeNet-5 as a classifier (kernels inside the maps, ReLU) in the faster of its two memory layouts.
w6 a step of a discriminator 2-16-16-1 and one of a generator 2-16-16-2 on the same noise, batch 150.

Usage: pytorch_reference.py THREADS. Prints one JSON object. Needs torch."""
import json, os, statistics, sys, time

threads = int(sys.argv[1])
os.environ["OMP_NUM_THREADS"] = str(threads)
import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(threads)
torch.manual_seed(0)


def mlp(widths):
    layers = []
    for n_in, n_out in zip(widths, widths[1:]):
        layers += [nn.Linear(n_in, n_out), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


encoder, decoder = mlp([784, 512, 256, 4]), mlp([2, 256, 512, 784])
autoencoder = mlp([784, 1000, 500, 250, 2, 250, 500, 1000, 784])
# The code is linear, as its lecture has it.
autoencoder = nn.Sequential(*(layer for i, layer in enumerate(autoencoder) if i != 7))
adam = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=1e-3, fused=True)
adam_w2 = torch.optim.Adam(autoencoder.parameters(), lr=1e-3, fused=True)
samples = torch.rand(16, 128, 784)


def step_w2(i):
    x = samples[i % 16]
    adam_w2.zero_grad(set_to_none=True)
    (F.binary_cross_entropy_with_logits(autoencoder(x), x, reduction="sum") / len(x)).backward()
    adam_w2.step()


def vae_step(encode, decode, optimizer, batches):
    def step(i):
        x = batches[i % 16]
        optimizer.zero_grad(set_to_none=True)
        mu, log_var = encode(x).chunk(2, dim=1)
        z = mu + torch.exp(0.5 * log_var) * torch.randn_like(mu)
        reconstruction = F.binary_cross_entropy_with_logits(decode(z), x, reduction="sum")
        kl = 0.5 * (mu.square() + log_var.exp() - log_var - 1).sum()
        ((reconstruction + kl) / len(x)).backward()
        optimizer.step()

    return step


def measure_w3(layout):
    convolve = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(1568, 4),
    ).to(memory_format=layout)
    deconvolve = nn.Sequential(
        nn.Linear(2, 1568), nn.ReLU(), nn.Unflatten(1, (32, 7, 7)),
        nn.ConvTranspose2d(32, 16, 2, stride=2), nn.ReLU(), nn.ConvTranspose2d(16, 1, 2, stride=2),
    ).to(memory_format=layout)
    optimizer = torch.optim.Adam([*convolve.parameters(), *deconvolve.parameters()], lr=1e-3, fused=True)
    images = [x.view(128, 1, 28, 28).contiguous(memory_format=layout) for x in samples]
    return 1 / median(vae_step(convolve, deconvolve, optimizer, images), 3)


def measure_w5(layout):
    network = nn.Sequential(
        nn.Conv2d(1, 6, 5), nn.MaxPool2d(2), nn.ReLU(), nn.Conv2d(6, 16, 5), nn.MaxPool2d(2), nn.ReLU(),
        nn.Flatten(), nn.Linear(256, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    ).to(memory_format=layout)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3, fused=True)
    images = [x.view(128, 1, 28, 28).contiguous(memory_format=layout) for x in samples]
    labels = torch.arange(128) * 7 % 10

    def step(i):
        optimizer.zero_grad(set_to_none=True)
        F.cross_entropy(network(images[i % 16]), labels).backward()
        optimizer.step()

    return 1 / median(step, 3)


def median(work, seconds):
    for i in range(20):
        work(i)
    times, end, i = [], time.perf_counter() + seconds, 0
    while time.perf_counter() < end:
        begin = time.perf_counter()
        work(i)
        times.append(time.perf_counter() - begin)
        i += 1
    return statistics.median(times)


def measure_w6():
    generator, discriminator = mlp([2, 16, 16, 2]), mlp([2, 16, 16, 1])
    of_g, of_d = (torch.optim.Adam(net.parameters(), lr=1e-3, betas=(0.5, 0.999), fused=True) for net in (generator, discriminator))
    points = torch.randn(16, 150, 2)

    def step(i):
        x = points[i % 16]
        fakes = generator(torch.randn(150, 2))
        of_d.zero_grad(set_to_none=True)
        (F.softplus(-discriminator(x)).mean() + F.softplus(discriminator(fakes.detach())).mean()).backward()
        of_d.step()
        of_g.zero_grad(set_to_none=True)
        F.softplus(-discriminator(fakes)).mean().backward()
        of_g.step()

    return 1 / median(step, 3)


result = {
    "threads": threads,
    "w1": {"steps_per_s": round(1 / median(vae_step(encoder, decoder, adam, samples), 4), 1)},
    "w2": {"steps_per_s": round(1 / median(step_w2, 4), 1)},
    "w3": {"steps_per_s": round(max(map(measure_w3, (torch.contiguous_format, torch.channels_last))), 1)},
    "w4": {},
    "w5": {"steps_per_s": round(max(map(measure_w5, (torch.contiguous_format, torch.channels_last))), 1)},
    "w6": {"steps_per_s": round(measure_w6(), 1)},
}
with torch.inference_mode():
    for n in (400, 1):
        z = torch.randn(n, 2)
        result["w4"][f"latency_us_{n}"] = round(median(lambda _: torch.sigmoid(decoder(z)), 2) * 1e6, 1)
print(json.dumps(result))
