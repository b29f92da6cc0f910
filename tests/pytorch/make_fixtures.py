#!/usr/bin/env python3
"""Writes the fixtures of tests/pytorch.rs beside this file. Needs torch and safetensors.

Each holds a tiny network's weights under halfmoon's names, samples, noise, and what PyTorch in double precision makes of
them: codes, decoded means, loss terms, gradients, and the weights after five steps. Losses are summed over features
and averaged over the batch, in nats."""
import json, math, os, sys
import torch
from torch import nn
from torch.nn import functional as F
from safetensors.torch import save_file

torch.set_default_dtype(torch.float64)
N_FEATURES, BATCH, STEPS = 12, 6, 5
LABELS, N_CLASSES = torch.tensor([0, 2, 1, 1, 0, 2]), 3  # of the conditional cases
ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "elu": nn.ELU, "softplus": nn.Softplus,
               "leaky_relu": nn.LeakyReLU}
CASES = {
    "vae-bernoulli-relu": dict(kind="vae", hidden=[7, 5], latent_dim=3, activation="relu", likelihood="bernoulli", beta=1.0),
    "vae-gaussian-tanh": dict(kind="vae", hidden=[7, 5], latent_dim=3, activation="tanh", likelihood="gaussian", sigma=0.7, beta=0.5),
    "vae-softplus-shallow": dict(kind="vae", hidden=[8], latent_dim=2, activation="softplus", likelihood="bernoulli", beta=4.0),
    "ae-mse-sigmoid": dict(kind="ae", hidden=[7, 5], latent_dim=3, activation="sigmoid", likelihood="mse", code_l2=0.01),
    "ae-bernoulli-elu": dict(kind="ae", hidden=[7, 5], decoder_hidden=[4], latent_dim=2, activation="elu", likelihood="bernoulli", code_l2=0.0),
    "ae-leaky": dict(kind="ae", hidden=[6], latent_dim=3, activation="leaky_relu", likelihood="bernoulli", code_l2=0.3),
    "cvae-tanh": dict(kind="cvae", hidden=[7, 5], latent_dim=3, activation="tanh", likelihood="bernoulli", beta=1.0),
    "cvae-relu-mse": dict(kind="cvae", hidden=[6], latent_dim=2, activation="relu", likelihood="mse", beta=0.5),
    "vae-adamw": dict(kind="vae", hidden=[6], latent_dim=2, activation="tanh", likelihood="bernoulli", beta=1.0,
                      optimizer="adamw", weight_decay=0.3, learning_rate=0.01),
    "vae-sgd": dict(kind="vae", hidden=[6], latent_dim=2, activation="tanh", likelihood="bernoulli", beta=1.0,
                    optimizer="sgd", momentum=0.8, learning_rate=0.05),
    "ae-clipped": dict(kind="ae", hidden=[6], latent_dim=2, activation="tanh", likelihood="mse", code_l2=0.1,
                       optimizer="sgd", momentum=0.5, learning_rate=0.05, clip_norm=0.7),
    "vae-conv": dict(kind="vae", image=[1, 8, 6], arch="conv", channels=[4, 3], hidden=[6], latent_dim=2, activation="relu",
                     likelihood="bernoulli", up_kernel=4, beta=1.0),
    "ae-conv-odd": dict(kind="ae", image=[1, 7, 5], arch="conv", channels=[3], hidden=[], latent_dim=2, activation="tanh",
                        likelihood="mse", up_kernel=2, code_l2=0.1),
    "ae-conv-places": dict(kind="ae", image=[3, 8, 4], arch="conv", channels=[4, 2], hidden=[5], latent_dim=3,
                           activation="relu", likelihood="mse", upsampling="places", code_l2=0.1),
    "cvae-conv-separable": dict(kind="cvae", image=[3, 4, 6], arch="conv", channels=[4], hidden=[], latent_dim=2, kernel=5,
                                activation="elu", likelihood="bernoulli", convolution="separable", upsampling="repeat", beta=0.5),
    "sentence-ae-gru": dict(kind="sentence-ae", embedding=3, units=5, latent_dim=2, word_dropout=0.0),
    "sentence-vae-gru": dict(kind="sentence-vae", embedding=4, units=6, latent_dim=3, word_dropout=0.0, beta=0.7, kl_warmup=0),
    "sentence-vae-lstm": dict(kind="sentence-vae", embedding=4, units=5, latent_dim=2, cell="lstm", word_dropout=0.0, beta=1.0, kl_warmup=0),
    "sentence-dcnn": dict(kind="dcnn", embedding=4, channels=[6, 5], latent_dim=3, temperature=0.5),
    "pixels-made": dict(kind="made", image=[1, 3, 3], hidden=[20, 11], activation="tanh"),
    "pixels-rnn": dict(kind="pixel-rnn", image=[3, 3, 2], units=5, levels=3),
    "classifier-dense": dict(kind="classifier", hidden=[7, 5], latent_dim=3, activation="tanh", code_activation="linear"),
    "classifier-lenet": dict(kind="classifier", image=[1, 9, 8], arch="conv", channels=[4], kernel=3, edges="inside", hidden=[6],
                             latent_dim=4, activation="relu", code_activation="relu"),
}
N_TOKENS, MAX_LEN = 8, 5  # of the sentences: the end, an unknown word, six words


def dense(widths, activation):
    layers = []
    for n_in, n_out in zip(widths, widths[1:]):
        layers += [nn.Linear(n_in, n_out), activation()]
    return layers


class Pool(nn.Module):
    """Max pooling; keeps its places, and its input's size, for the unpooling that mirrors it."""

    def forward(self, x):
        self.size = x.shape[2:]
        x, self.places = F.max_pool2d(x, 2, return_indices=True)
        return x


class PutBack(nn.Module):
    def __init__(self, pool):
        super().__init__()
        self.pool = [pool]  # in a list, so that it is no module of this one

    def forward(self, x):
        return F.max_unpool2d(x, self.pool[0].places, 2, output_size=self.pool[0].size)


class Model(nn.Module):
    def __init__(self, case):
        super().__init__()
        self.case = case
        activation, hidden = ACTIVATIONS[case["activation"]], case["hidden"]
        self.variational, told = case["kind"] != "ae", N_CLASSES if case["kind"] == "cvae" else 0
        self.one_hot = F.one_hot(LABELS, N_CLASSES).double()[:, :told]
        back = [case["latent_dim"] + told, *case.get("decoder_hidden", hidden[::-1])]
        width, stages, back_stages = N_FEATURES + told, [], []
        if case.get("arch") == "conv":
            width, stages, back_stages = self.convolve(case, told, activation)
        widths = [width, *hidden]
        self.encoder = nn.Sequential(*stages, *dense(widths, activation))
        self.mu = nn.Linear(widths[-1], case["latent_dim"])
        if self.variational:
            self.log_var = nn.Linear(widths[-1], case["latent_dim"])
        back = dense([*back, width if stages else N_FEATURES], activation)
        self.decoder = nn.Sequential(*back, *back_stages) if stages else nn.Sequential(*back[:-1])

    def convolve(self, case, told, activation):
        """The width between dense and convolutional layers, the encoder's stages and the decoder's."""
        k, (c, h, w) = case.get("kernel", 3), case["image"]

        def conv(n_in, n_out):
            if case.get("convolution") != "separable":
                return [nn.Conv2d(n_in, n_out, k, padding=k // 2)]
            return [nn.Conv2d(n_in, n_in, k, padding=k // 2, groups=n_in), nn.Conv2d(n_in, n_out, 1)]

        stages, back, maps, sizes = [], [], [c + told, *case["channels"]], [(h, w)]
        for n_in, n_out in zip(maps, maps[1:]):
            stages += [*conv(n_in, n_out), Pool(), activation()]
            sizes.append((sizes[-1][0] // 2, sizes[-1][1] // 2))
        pools = [layer for layer in stages if isinstance(layer, Pool)]
        maps[0] = c
        for i in reversed(range(len(case["channels"]))):
            up, way = case.get("up_kernel"), case.get("upsampling", "transposed")
            if way == "transposed":
                extra = (sizes[i][0] % 2, sizes[i][1] % 2)
                back += [nn.ConvTranspose2d(maps[i + 1], maps[i], up, 2, (up - 2) // 2, output_padding=extra)]
            else:
                back += [PutBack(pools[i]) if way == "places" else nn.Upsample(scale_factor=2), *conv(maps[i + 1], maps[i])]
            back += [activation()]
        unflatten = nn.Unflatten(1, (maps[-1], *sizes[-1]))
        width = maps[-1] * sizes[-1][0] * sizes[-1][1]
        return width, [*stages, nn.Flatten()], [unflatten, *back[:-1], nn.Flatten()]

    def terms(self, x, eps):
        h = self.encode(x)
        z, kl, penalty = self.mu(h), torch.zeros(()), torch.zeros(())
        if self.variational:
            mu, log_var = z, self.log_var(h)
            z = mu + torch.exp(0.5 * log_var) * eps
            kl = 0.5 * (mu**2 + log_var.exp() - log_var - 1).sum() / len(x)
        else:
            penalty = self.case["code_l2"] * (z**2).sum() / len(x)
        out = self.decoder(torch.cat([z, self.one_hot], 1))
        if self.case["likelihood"] == "bernoulli":
            reconstruction = F.binary_cross_entropy_with_logits(out, x, reduction="sum") / len(x)
        else:
            error = ((out - x) ** 2).sum() / len(x)
            sigma = self.case.get("sigma", 1.0)
            constant = x.shape[1] / 2 * math.log(2 * math.pi * sigma**2)
            reconstruction = error if self.case["likelihood"] == "mse" else error / (2 * sigma**2) + constant
        loss = reconstruction + self.case.get("beta", 0.0) * kl + penalty
        return loss, reconstruction, kl

    def encode(self, x):
        if self.case.get("arch") != "conv":
            return self.encoder(torch.cat([x, self.one_hot], 1))
        c, h, w = self.case["image"]
        planes = self.one_hot[:, :, None, None].expand(-1, -1, h, w)
        return self.encoder(torch.cat([x.view(-1, c, h, w), planes], 1))

    def decode(self, z):
        out = self.decoder(torch.cat([z, self.one_hot], 1))
        return torch.sigmoid(out) if self.case["likelihood"] == "bernoulli" else out


class Sentences(nn.Module):
    """What the models of sentences share: padding after the last word is its end, and counts once."""

    def __init__(self, case):
        super().__init__()
        self.case, self.variational = case, case["kind"] == "sentence-vae"

    def score(self, logits, x):
        """Mean over sentences of -sum ln p of the words and the end; logits [n, MAX_LEN + 1, tokens]."""
        lens, right = (x > 0).sum(1), F.pad(x.long(), (0, 1))
        there = torch.arange(MAX_LEN + 1) <= lens[:, None]
        return F.cross_entropy(logits[there], right[there], reduction="sum") / len(x)

    def terms(self, x, eps):
        h = self.encode(x)
        z, kl = self.mu(h), torch.zeros(())
        if self.variational:
            mu, log_var = z, self.log_var(h)
            z = mu + torch.exp(0.5 * log_var) * eps
            kl = 0.5 * (mu**2 + log_var.exp() - log_var - 1).sum() / len(x)
        reconstruction = self.score(self.logits(z, x.long()), x)
        return reconstruction + self.case.get("beta", 0.0) * kl, reconstruction, kl


class Recurrent(Sentences):
    def __init__(self, case):
        super().__init__(case)
        rnn, (e, h, z) = nn.LSTM if case.get("cell") == "lstm" else nn.GRU, (case["embedding"], case["units"], case["latent_dim"])
        self.embedding = nn.Embedding(N_TOKENS + 1, e)
        self.encoder, self.decoder = rnn(e, h, batch_first=True), rnn(e + z, h, batch_first=True)
        self.mu, self.state, self.words = nn.Linear(h, z), nn.Linear(z, h), nn.Linear(h, N_TOKENS)
        if self.variational:
            self.log_var = nn.Linear(h, z)

    def encode(self, x):
        seen = self.embedding(F.pad(x.long(), (0, 1)))
        packed = nn.utils.rnn.pack_padded_sequence(seen, (x > 0).sum(1) + 1, batch_first=True, enforce_sorted=False)
        state = self.encoder(packed)[1]
        return (state[0] if isinstance(state, tuple) else state)[0]

    def logits(self, z, x):
        before = F.pad(x, (1, 0), value=N_TOKENS)
        start = torch.tanh(self.state(z))[None]
        start = (start, torch.zeros_like(start)) if isinstance(self.decoder, nn.LSTM) else start
        read = torch.cat([self.embedding(before), z[:, None].expand(-1, MAX_LEN + 1, -1)], 2)
        return self.words(self.decoder(read, start)[0])

    def decode(self, z):
        x, is_open = torch.zeros(len(z), MAX_LEN, dtype=torch.long), torch.ones(len(z), dtype=torch.bool)
        for place in range(MAX_LEN):
            out = self.logits(z, x)[:, place].clone()
            out[:, 1] = -math.inf  # nothing unknown is written
            is_open &= out.argmax(1) > 0
            x[:, place] = torch.where(is_open, out.argmax(1), 0)
        return x.double()

    def named(self, values):
        """Under halfmoon's names; what the decoder reads and what it is told have a weight each."""
        named, e = {}, self.case["embedding"]
        for key, value in values:
            key = key.replace("_l0", "")
            if key == "decoder.weight_ih":
                named["decoder.weight_th"], value = value[:, e:], value[:, :e]
            named[key] = value
        return named


class Convolved(Sentences):
    def __init__(self, case):
        super().__init__(case)
        maps, heights = [case["embedding"], *case["channels"]], [MAX_LEN + 1]
        for _ in case["channels"]:
            heights.append((heights[-1] + 1) // 2)
        window = dict(kernel_size=(5, 1), stride=(2, 1), padding=(2, 0))
        self.shape = (maps[-1], heights[-1], 1)
        width = maps[-1] * heights[-1]
        self.embedding = nn.Embedding(N_TOKENS, case["embedding"])
        self.encoder = nn.ModuleDict({str(2 * i): nn.Conv2d(maps[i], maps[i + 1], **window) for i in range(len(maps) - 1)})
        self.mu = nn.Linear(width, case["latent_dim"])
        back = {"0": nn.Linear(case["latent_dim"], width)}
        for place, i in enumerate(reversed(range(len(maps) - 1))):
            extra = (heights[i] - (2 * heights[i + 1] - 1), 0)
            back[str(2 * place + 2)] = nn.ConvTranspose2d(maps[i + 1], maps[i], output_padding=extra, **window)
        self.decoder = nn.ModuleDict(back)

    def encode(self, x):
        h = self.embedding(F.pad(x.long(), (0, 1))).transpose(1, 2)[..., None]
        for conv in self.encoder.values():
            h = torch.relu(conv(h))
        return h.flatten(1)

    def logits(self, z, x):
        first, *convs = self.decoder.values()
        y = torch.relu(first(z)).view(-1, *self.shape)
        for i, conv in enumerate(convs):
            y = conv(y) if i + 1 == len(convs) else torch.relu(conv(y))
        y, words = F.normalize(y[..., 0].transpose(1, 2), dim=2), F.normalize(self.embedding.weight, dim=1)
        return y @ words.T / self.case["temperature"]

    def decode(self, z):
        out = self.logits(z, None)[:, :MAX_LEN].clone()
        out[..., 1] = -math.inf
        best = out.argmax(2)
        return (best * (best > 0).cumprod(1)).double()

    def named(self, values):
        return dict(values)


class Classified(nn.Module):
    """An encoder up to its code, and a softmax on top."""

    def __init__(self, case):
        super().__init__()
        self.case, self.variational = case, False
        activation, width, stages = ACTIVATIONS[case["activation"]], N_FEATURES, []
        if case.get("arch") == "conv":
            (maps, h, w), k = case["image"], case["kernel"]
            for channels in case["channels"]:
                stages += [nn.Conv2d(maps, channels, k), Pool(), activation()]
                maps, h, w = channels, (h - k + 1) // 2, (w - k + 1) // 2
            stages, width = [*stages, nn.Flatten()], maps * h * w
        self.encoder = nn.Sequential(*stages, *dense([width, *case["hidden"]], activation))
        self.of_code = nn.Linear(case["hidden"][-1], case["latent_dim"])
        self.classes = nn.Linear(case["latent_dim"], N_CLASSES)

    def encode(self, x):
        return self.encoder(x.view(-1, *self.case["image"]) if "image" in self.case else x)

    def mu(self, h):
        z = self.of_code(h)
        return z if self.case["code_activation"] == "linear" else ACTIVATIONS[self.case["code_activation"]]()(z)

    def terms(self, x, eps):
        loss = F.cross_entropy(self.classes(self.mu(self.encode(x))), LABELS)
        return loss, torch.zeros(()), torch.zeros(())

    def decode(self, z):
        return F.softmax(self.classes(z), 1)

    def named(self, values):
        return {key.replace("of_code", "mu"): value for key, value in values}


def sentences():
    x = torch.randint(1, N_TOKENS, (BATCH, MAX_LEN))
    lens = torch.tensor([3, MAX_LEN, 1, 2, 4, 0])
    return (x * (torch.arange(MAX_LEN) < lens[:, None])).double()


class MaskedLinear(nn.Linear):
    """A linear layer whose units of degree `high` see inputs of degree `low`, where that is not larger, or less."""

    def __init__(self, low, high, strictly):
        super().__init__(len(low), len(high))
        sees = high[:, None] > low[None] if strictly else high[:, None] >= low[None]
        self.register_buffer("mask", sees.double(), persistent=False)
        self.weight.data *= self.mask

    def forward(self, x):
        return F.linear(x, self.weight * self.mask, self.bias)


class Made(nn.Module):
    """Germain et al. 2015, natural order, degrees spread evenly."""

    def __init__(self, case):
        super().__init__()
        n = math.prod(case["image"])
        pixels = torch.arange(1, n + 1)
        degrees = [pixels] + [torch.arange(width) * (n - 1) // width + 1 for width in case["hidden"]]
        layers = []
        for low, high in zip(degrees, degrees[1:]):
            layers += [MaskedLinear(low, high, False), nn.Tanh()]
        self.net = nn.Sequential(*layers, MaskedLinear(degrees[-1], pixels, True))

    def terms(self, x, eps):
        nats = F.binary_cross_entropy_with_logits(self.net(x), x, reduction="sum") / len(x)
        return nats, torch.zeros(()), torch.zeros(())


class PixelRnn(nn.Module):
    """A GRU that reads the colour of the pixel before and the place that comes next, from -1 to 1 each way."""

    def __init__(self, case):
        super().__init__()
        (self.channels, self.height, self.width), self.levels = case["image"], case["levels"]
        self.n_colours = self.levels**self.channels
        self.state = nn.GRU(self.n_colours + 2, case["units"], batch_first=True)
        self.colours = nn.Linear(case["units"], self.n_colours)

    @staticmethod
    def named(items):
        return {key.replace("_l0", ""): value for key, value in dict(items).items()}

    def terms(self, x, eps):
        steps = (x * (self.levels - 1)).round().long().unflatten(1, (self.channels, -1))
        colour = sum(steps[:, c] * self.levels ** (self.channels - 1 - c) for c in range(self.channels))
        before = F.pad(F.one_hot(colour, self.n_colours).double(), (0, 0, 1, 0))[:, :-1]
        along = lambda n: torch.linspace(-1, 1, n)
        place = torch.stack(torch.meshgrid(along(self.height), along(self.width), indexing="ij"), -1).flatten(0, 1)
        h = self.state(torch.cat([before, place.expand(len(x), -1, -1)], 2))[0]
        nats = F.cross_entropy(self.colours(h).flatten(0, 1), colour.flatten(), reduction="sum") / len(x)
        return nats, torch.zeros(()), torch.zeros(())


PIXELS = {"made": Made, "pixel-rnn": PixelRnn}
SENTENCES = {"sentence-ae": Recurrent, "sentence-vae": Recurrent, "dcnn": Convolved}
KINDS = {**SENTENCES, "classifier": Classified}
for number, (name, case) in enumerate(CASES.items()):
    if len(sys.argv) > 1 and name not in sys.argv[1:]:
        continue  # only those that are named
    torch.manual_seed(number)
    model = (KINDS | PIXELS).get(case["kind"], Model)(case)
    named = getattr(model, "named", dict)
    x = sentences() if case["kind"] in SENTENCES else torch.rand(BATCH, math.prod(case.get("image", [N_FEATURES])))
    if case["kind"] == "made":
        x = x.round()
    eps = torch.randn(STEPS, BATCH, case.get("latent_dim", 1))
    tensors = {key: value.detach().clone() for key, value in named(model.state_dict().items()).items()}
    tensors |= {"x": x, "eps": eps}
    if case["kind"] not in PIXELS:
        h = model.encode(x)
        tensors["want.mu"] = model.mu(h)
        if model.variational:
            tensors["want.log_var"] = model.log_var(h)
        tensors["want.x_hat"] = model.decode(model.mu(h))
    rate = case.get("learning_rate", 1e-3)
    optimizer = {
        "adam": lambda: torch.optim.Adam(model.parameters(), lr=rate),
        "adamw": lambda: torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=case["weight_decay"]),
        "sgd": lambda: torch.optim.SGD(model.parameters(), lr=rate, momentum=case["momentum"]),
    }[case.get("optimizer", "adam")]()
    for step in range(STEPS):
        optimizer.zero_grad()
        loss, reconstruction, kl = model.terms(x, eps[step])
        loss.backward()
        if step == 0:
            tensors["want.terms"] = torch.stack([loss, reconstruction, kl])
            for key, value in named((key, value.grad) for key, value in model.named_parameters()).items():
                tensors[f"want.grad.{key}"] = value.clone()
        if "clip_norm" in case:
            nn.utils.clip_grad_norm_(model.parameters(), case["clip_norm"])
        optimizer.step()
    for key, value in named(model.state_dict().items()).items():
        tensors[f"want.after.{key}"] = value
    tensors = {key: value.detach().contiguous() for key, value in tensors.items()}
    settings = {key: (",".join(map(str, value)) if isinstance(value, list) else str(value)) for key, value in case.items()}
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), f"{name}.safetensors")
    save_file(tensors, path, metadata={"case": json.dumps(settings, sort_keys=True)})
