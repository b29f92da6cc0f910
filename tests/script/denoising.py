"""AE, denoising: the training that halfmoon does, in PyTorch.

    pip install torch numpy safetensors
    python denoising.py                              # on CUDA, on Apple's GPU, or on the processor
    torchrun --nproc-per-node 4 denoising.py         # as many processes, which share out each batch

The data lie beside this file in denoising.npz. The model goes to denoising.safetensors, which halfmoon opens as its own.

Losses are summed over features and averaged over samples, in nats. First weights, the order of the samples and
all noise follow from SEED. The random numbers are PyTorch's, so that losses agree with halfmoon's as those of
two seeds do, not to the last digit.
"""

import argparse
import json
import math
import os
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F
from torch.nn.parallel import DistributedDataParallel

# The settings. What is changed here is said in the file that is saved, too.
EPOCHS = 20             # passes over the training samples
BATCH = 128             # samples a step, over all processes together
LEARNING_RATE = 0.001   # step size
WEIGHT_DECAY = 0.01     # how strongly each step shrinks the weights
CLIP_NORM = 5.0         # greatest norm of the gradient of a step
SEED = 0                # of first weights, order and noise
CORRUPTION_LEVEL = 0.3  # share of the values that become 0

# What is measured, as halfmoon names it.
TERMS = ("loss", "reconstruction", "squared_error")


class Model(nn.Module):
    """The network; its forward pass gives the terms of the loss, each summed over the samples."""

    def __init__(self):
        super().__init__()
        # PyTorch's first weights of linear layers and convolutions, uniform in ±1/√fan-in, are halfmoon's.
        self.encoder = nn.Sequential(
            nn.Linear(784, 128),
            nn.ReLU(),
        )
        self.mu = nn.Linear(128, 16)
        self.decoder = nn.Sequential(
            nn.Linear(16, 128),
            nn.ReLU(),
            nn.Linear(128, 784),
        )

    def encode(self, x):
        """The codes of samples x [n, 784]."""
        h = self.encoder(x)
        return self.mu(h)

    def decode(self, z):
        """Logits of the features [n, 784] given codes z [n, 16]."""
        return self.decoder(z)

    def reconstruction(self, out, x):
        """−ln p(x | z) of samples x, summed over features and samples."""
        return F.binary_cross_entropy_with_logits(out, x, reduction="sum")

    def forward(self, x, seen):
        """Terms for samples x [n, 784], of which the encoder is shown `seen`."""
        z = self.encode(seen)
        out = self.decode(z)
        reconstruction = self.reconstruction(out, x)
        loss = reconstruction
        terms = {
            "loss": loss,
            "reconstruction": reconstruction,
        }
        if not self.training:
            terms["squared_error"] = ((torch.sigmoid(out) - x) ** 2).sum()
        return terms


def corrupted(x):
    """What the encoder is shown of samples x in training."""
    return x * (torch.rand_like(x) >= CORRUPTION_LEVEL)


class Samples:
    """A part of the data, stored as it is in the file, and some of its samples as the network takes them."""

    def __init__(self, data, part, device):
        self.device = device
        self.x = torch.from_numpy(data["x_" + part])

    def __len__(self):
        return len(self.x)

    def rows(self, index):
        """Some samples, their bytes brought to 0 … 1."""
        x = self.x[index].to(self.device)
        x = x.float() / 255
        return x


@torch.no_grad()
def evaluate(model, samples, rank, world):
    """Means of the terms over all samples, under noise that is the same every time."""
    model.eval()
    sums = torch.zeros(len(TERMS), device=samples.device)
    for part, index in enumerate(torch.arange(len(samples)).split(500)):
        if part % world != rank:
            continue
        x = samples.rows(index)
        terms = model(x, x)
        sums += torch.stack([terms[name] for name in TERMS])
    if world > 1:
        dist.all_reduce(sums)
    return dict(zip(TERMS, (sums / len(samples)).tolist()))


def save(path, model, optimizer, args, data, step, train_curve, test_curve):
    """Writes the model as halfmoon does: its tensors by name, the optimizer's, and in JSON how it was trained."""
    tensors, optim_steps = dict(model.state_dict()), None
    if not args.slim:
        for name, parameter in model.named_parameters():
            state = optimizer.state[parameter]
            tensors["optim.m." + name] = state["exp_avg"]
            tensors["optim.v." + name] = state["exp_avg_sq"]
            optim_steps = int(state["step"])
    # The layers are written out above, and named here as settings: what is changed there is to be changed here.
    header = {
        "data": str(data["fingerprint"]),
        "input": json.loads(str(data["input"])),
        "model": {
            "activation": "relu",
            "arch": "dense",
            "binarise": "none",
            "channels": [16, 32],
            "code_activation": "linear",
            "code_l1": 0.0,
            "code_l2": 0.0,
            "contractive": 0.0,
            "convolution": "full",
            "corruption": "masking",
            "corruption_level": CORRUPTION_LEVEL,
            "decoder_hidden": None,
            "decoder_weights": "free",
            "down_kernel": 4,
            "downsampling": "pool",
            "dropout": 0.0,
            "hidden": [128],
            "kernel": 3,
            "kind": "ae",
            "latent_dim": 16,
            "likelihood": "bernoulli",
            "noise": "fixed",
            "output": "linear",
            "pretrain": 0,
            "pretrain_by": "autoencoders",
            "sigma": 1.0,
            "sparsity": 0.0,
            "sparsity_target": 0.05,
            "up_kernel": 4,
            "upsampling": "transposed",
            "weight_l1": 0.0,
            "weight_l2": 0.0,
        },
        "optim_steps": optim_steps,
        "recent": {
            "n_steps": 0,
            "sums": {
            },
        },
        "step": step,
        "test_curve": test_curve,
        "train_curve": train_curve,
        "training": {
            "batch": args.batch,
            "clip_norm": CLIP_NORM,
            "epochs": args.epochs,
            "learning_rate": args.lr,
            "momentum": 0.9,
            "optimizer": "adamw",
            "scaling": "auto",
            "schedule": "constant",
            "seed": SEED,
            "shards": 2,
            "warmup": 0,
            "weight_decay": WEIGHT_DECAY,
        },
        "version": 2,
    }
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    part = path.with_name(path.name + ".part")
    save_file(tensors, part, metadata={"halfmoon": json.dumps(header, sort_keys=True)})
    os.replace(part, path)


def words(terms):
    return ", ".join(f"{name} {terms[name]:.2f}" for name in TERMS)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="passes over the training samples")
    parser.add_argument("--batch", type=int, default=BATCH, help="samples a step, over all processes together")
    parser.add_argument("--lr", type=float, default=LEARNING_RATE, help="learning rate")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".safetensors"), help="where the model goes")
    parser.add_argument("--slim", action="store_true", help="leave the optimizer out: a third of the size, no resuming")
    return parser.parse_args()


def choose_device(world):
    if torch.cuda.is_available():
        device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0)))
        torch.cuda.set_device(device)
        return device
    return torch.device("mps" if world == 1 and torch.backends.mps.is_available() else "cpu")


def main():
    args = arguments()
    rank, world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    device = choose_device(world)
    if world > 1:
        dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    data = np.load(Path(__file__).with_suffix(".npz"))
    train, test = Samples(data, "train", device), Samples(data, "test", device)

    torch.manual_seed(SEED)
    model = Model().to(device)
    shared = DistributedDataParallel(model) if world > 1 else model
    optimizer = torch.optim.AdamW(model.parameters(), lr=args.lr, weight_decay=WEIGHT_DECAY)
    # Every process draws noise of its own, and all of them the same order of the samples.
    torch.manual_seed(2**32 * (rank + 1) + SEED)
    shuffle = torch.Generator().manual_seed(SEED)

    batch = min(args.batch, len(train))
    steps_per_epoch = math.ceil(len(train) / batch)
    step, train_curve, test_curve = 0, [], []
    for epoch in range(args.epochs):
        model.train()
        sums, n_summed = 0, 0
        for indices in torch.randperm(len(train), generator=shuffle).split(batch):
            own = indices[rank::world]
            x = train.rows(own)
            terms = shared(x, corrupted(x))
            optimizer.zero_grad()
            # The loss is a mean over the whole batch; processes average their gradients, hence the factor.
            (terms["loss"] * world / len(indices)).backward()
            nn.utils.clip_grad_norm_(model.parameters(), CLIP_NORM)
            optimizer.step()
            step += 1

            sums = sums + torch.stack([term.detach() for term in terms.values()]) / len(indices)
            n_summed += 1
            if n_summed == max(1, steps_per_epoch // 10):
                if world > 1:
                    dist.all_reduce(sums)
                point = dict(zip(terms, (sums / n_summed).tolist()))
                if not math.isfinite(point["loss"]):
                    raise SystemExit(f"training stopped at step {step}: the loss is {point['loss']}; try a smaller --lr")
                train_curve.append({"step": step, **point})
                sums, n_summed = 0, 0
        terms = evaluate(model, test, rank, world)
        test_curve.append({"step": step, **terms})
        if rank == 0:
            print(f"epoch {epoch + 1} of {args.epochs}, test: {words(terms)}", flush=True)
            save(args.out, model, optimizer, args, data, step, train_curve, test_curve)

    terms = evaluate(model, train, rank, world)
    if rank == 0:
        print(f"train: {words(terms)}")
        print(f" test: {words(test_curve[-1])}")
        print(f"saved {args.out}")
    if world > 1:
        dist.destroy_process_group()


if __name__ == "__main__":
    main()
