#!/usr/bin/env python3
"""The row "from scratch" of `halfmoon study labels-known` in PyTorch: the same samples with a label, network, steps and
optimizer, with PyTorch's own first weights and order.

Usage: few_labels.py STUDY.json FOLDER, where STUDY.json is what `halfmoon study labels-known --data FOLDER --report json`
printed and FOLDER holds MNIST's idx files, plain or .gz. Prints both means with their standard errors. Needs torch and numpy."""
import gzip, json, math, os, statistics, sys
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

study = json.loads(open(sys.argv[1]).read().splitlines()[-1])
folder = sys.argv[2]


def idx(name, header):
    for path, opened in ((name, open), (name + ".gz", gzip.open)):
        path = os.path.join(folder, path)
        if os.path.exists(path):
            return torch.from_numpy(np.frombuffer(opened(path, "rb").read(), np.uint8, offset=header).copy())
    sys.exit(f"{folder} holds no {name}")


x, y = idx("train-images-idx3-ubyte", 16).view(-1, 784).float() / 255, idx("train-labels-idx1-ubyte", 8).long()
x_test, y_test = idx("t10k-images-idx3-ubyte", 16).view(-1, 784).float() / 255, idx("t10k-labels-idx1-ubyte", 8).long()


def error(known, seed):
    torch.manual_seed(seed)
    chosen = torch.tensor(known) if known else torch.arange(len(x))
    widths = [784, 1000, 1000, 500]
    layers = [layer for n in zip(widths, widths[1:]) for layer in (nn.Linear(*n), nn.ReLU())]
    network = nn.Sequential(*layers, nn.Linear(500, 10))
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3, fused=True)
    batch = min(study["batch"], len(chosen))
    epochs = math.ceil(study["steps"] / math.ceil(len(chosen) / batch))
    for _ in range(epochs):
        for part in chosen[torch.randperm(len(chosen))].split(batch):
            optimizer.zero_grad(set_to_none=True)
            F.cross_entropy(network(x[part]), y[part]).backward()
            optimizer.step()
    with torch.inference_mode():
        return 100 * (network(x_test).argmax(1) != y_test).double().mean().item()


for row in study["rows"]:
    n = row["row"].split()[0]
    theirs = [error(study["known"].get(f"{n}, seed {seed}"), seed) for seed in range(study["seeds"])]
    root = math.sqrt(study["seeds"])
    ours, spread = row["from scratch"]
    se = max(statistics.stdev(theirs) if len(theirs) > 1 else 0.0, spread) / root
    mean = statistics.mean(theirs)
    verdict = "within one standard error" if abs(ours - mean) <= se else f"off by {abs(ours - mean) / max(se, 1e-9):.1f} standard errors"
    print(f"{row['row']}: halfmoon {ours:.2f} %, PyTorch {mean:.2f} % (standard error {se:.2f}), {verdict}", flush=True)
