"""Holds the programs that `halfmoon script` writes to what halfmoon does, setting by setting. Needs PyTorch.

    python3 tests/script/check.py target/release/halfmoon [NAME...]

Without noise both are given the same first weights and take the same steps, each on all samples, so that the order
of the samples does not count: what they end at must differ by less than a thousandth of the way. With noise, each
trains by itself, and halfmoon's scores of the program's model must be the program's own.
"""

import importlib.util
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from safetensors.torch import load_file

ONE_LAYER = "--data mnist --hidden= --batch 65536 --epochs 6"
DIGITS = "--data mnist --hidden 24,16 --batch 65536 --epochs 6"
LONGER = "--data mnist --hidden 24,16 --batch 65536 --epochs 9"
WHOLE = "--data mnist --hidden 16 --batch 65536 --epochs 1 --set arch=conv --set channels=3,4"
CONV = "--data mnist --hidden 16 --batch 2000 --epochs 1 --set arch=conv --set channels=3,4"
# Settings that follow the same path from the same weights.
STEPS = {
    "ae": f"--kind ae {DIGITS}",
    "linear": "--kind linear --data mnist --batch 65536 --epochs 6",
    "activations": f"--kind ae {DIGITS} --set activation=softplus --set code_activation=tanh --set decoder_hidden=20",
    "leaky": f"--kind ae {DIGITS} --set activation=leaky_relu --set likelihood=gaussian --set sigma=0.4",
    "norms": f"--kind ae {DIGITS} --set code_l1=0.3 --set code_l2=0.2 --set weight_l1=0.01 --set weight_l2=0.02",
    "one-norm": f"--kind ae {DIGITS} --set code_l1=0.3 --set weight_l2=0.02",
    "tied": f"--kind ae {DIGITS} --set decoder_weights=tied --set activation=elu --set weight_l2=0.02 --set likelihood=mse",
    "tied-sigmoid": f"--kind ae {DIGITS} --set decoder_weights=tied --set activation=linear --set likelihood=mse --set output=sigmoid",
    "learned-noise": f"--kind ae {DIGITS} --set likelihood=gaussian --set noise=learned --set output=sigmoid",
    "contractive": f"--kind contractive {ONE_LAYER} --set code_activation=sigmoid --set contractive=2",
    "contractive-tanh": f"--kind contractive {ONE_LAYER} --set code_activation=tanh",
    "contractive-linear": f"--kind contractive {ONE_LAYER} --set likelihood=mse",
    "sparse": "--kind sparse --data mnist --batch 65536 --epochs 6 --set sparsity=3 --set sparsity_target=0.1",
    "stacked": f"--kind stacked {LONGER} --set pretrain=1 --set code_activation=sigmoid",
    "stacked-learned": f"--kind stacked {LONGER} --set pretrain=2 --set likelihood=gaussian --set noise=learned --set optimizer=adamw",
    "adamw": f"--kind ae {DIGITS} --set optimizer=adamw --set weight_decay=3",
    "sgd": f"--kind ae {DIGITS} --set optimizer=sgd --set momentum=0.5 --lr 0.01 --set clip_norm=5",
    "schedule": f"--kind ae {DIGITS} --set schedule=cosine --set warmup=2",
    "cosine": f"--kind ae {DIGITS} --set schedule=cosine",
    "conv": f"--kind ae {WHOLE}",
    "separable": f"--kind ae {WHOLE} --set convolution=separable --set kernel=5 --set up_kernel=2",
    "repeat": f"--kind ae {WHOLE},5 --set upsampling=repeat",
    "places": f"--kind ae {WHOLE},5 --set upsampling=places",
    "odd": f"--kind ae {WHOLE},5 --set likelihood=mse --set output=sigmoid --set optimizer=sgd",
    "colour": "--kind ae --data emoji --hidden 16 --batch 65536 --epochs 2 --set arch=conv --set channels=4",
    "table": "--kind ae --data wine --hidden 16 --batch 65536 --epochs 9",
    "table-unit": "--kind ae --data wine --hidden 16 --batch 65536 --epochs 9 --set scaling=unit --set activation=tanh",
}
# Settings with noise in their training; some have none in their scores, which then must agree to the last digits.
SCORES = {
    "denoising": (f"--kind denoising {DIGITS}", 1e-5),
    "gaussian-noise": (f"--kind ae {DIGITS} --set corruption=gaussian", 1e-5),
    "salt": (f"--kind ae {DIGITS} --set corruption=salt_pepper", 1e-5),
    "dropout": (f"--kind ae {DIGITS} --set dropout=0.2", 1e-5),
    "conv-dropout": (f"--kind ae {CONV} --set dropout=0.2 --set upsampling=places", 1e-5),
    "vae": (f"--kind vae {DIGITS}", 1e-2),
    "vae-warmup": (f"--kind vae {DIGITS} --set kl_warmup=4 --beta 3 --set corruption=masking", 1e-2),
    "vae-table": ("--kind vae --data wine --hidden 16 --epochs 9", 5e-2),
    "cvae": (f"--kind cvae {DIGITS} --set weight_l2=0.01", 1e-2),
    "conv-vae": (f"--kind vae {CONV}", 1e-2),
    "conv-cvae": (f"--kind cvae {CONV} --set upsampling=places", 1e-2),
    "static": (f"--kind vae {DIGITS} --set binarise=static", 1e-2),
    "dynamic": (f"--kind ae {DIGITS} --set binarise=dynamic --set corruption=masking", 1e-2),
    "probe": (f"--kind contractive {DIGITS} --set contractive=3", 2e-2),
    "probe-dropout": (f"--kind contractive {DIGITS} --set contractive=3 --set dropout=0.1", 2e-2),
    "stacked-noise": (f"--kind stacked {DIGITS} --set pretrain=1 --set corruption=masking", 1e-5),
}


def run(*words):
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(words)}\n{done.stdout}{done.stderr}")
    return done.stdout


def written(halfmoon, args, folder):
    run(halfmoon, "script", *args, "--out", str(folder / "train.py"))
    spec = importlib.util.spec_from_file_location("train", folder / "train.py")
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    return program


def train_by(program, folder, first=None):
    """Runs a program within this one, from `first` weights where they are given."""
    if first is not None:
        made = program.Model

        def model():
            network = made()
            network.load_state_dict(first)
            return network

        program.Model = model
    sys.argv = [str(folder / "train.py")]
    program.main()
    return {name: tensor for name, tensor in load_file(folder / "train.safetensors").items() if not name.startswith("optim.")}


def weights(path):
    return {name: tensor for name, tensor in load_file(path).items() if not name.startswith("optim.")}


def check_steps(halfmoon, args, folder):
    # A step too short to matter leaves the first weights.
    given = [i for i, word in enumerate(args) if word in ("--epochs", "--lr")]
    plain = [word for i, word in enumerate(args) if i not in given and i - 1 not in given]
    still = [*plain, "--epochs", "1", "--lr", "1e-8", "--set", "optimizer=sgd", "--set", "clip_norm=0.1"]
    run(halfmoon, "train", *still, "--slim", "--out", str(folder / "first.safetensors"))
    run(halfmoon, "train", *args, "--out", str(folder / "wanted.safetensors"))
    first, wanted = weights(folder / "first.safetensors"), weights(folder / "wanted.safetensors")
    got = train_by(written(halfmoon, args, folder), folder, first)
    way = sum(float(((wanted[name] - first[name]) ** 2).sum()) for name in wanted) ** 0.5
    off = sum(float(((wanted[name] - got[name]) ** 2).sum()) for name in wanted) ** 0.5
    scored, most = check_scores(halfmoon, args, folder, 1e-4)
    if scored >= most:
        raise SystemExit(f"{' '.join(args)}: scores differ by {scored:.1e}")
    # Where halfmoon's training ends, its own resuming goes on from the program's file.
    run(halfmoon, "train", *data_of(args), "--resume", str(folder / "train.safetensors"), "--epochs", "10", "--out", str(folder / "on.safetensors"))
    return off / way, 1e-3


def data_of(args):
    return args[args.index("--data"):][:2]


def check_scores(halfmoon, args, folder, tolerance):
    header = json.loads(safetensors_header(folder / "train.safetensors"))
    own = header["test_curve"][-1]
    said = json.loads(run(halfmoon, "eval", "--model", str(folder / "train.safetensors"), *data_of(args), "--split", "test", "--report", "json"))
    names = [name for name in own if name != "step"]
    if set(names) | {"kl"} != set(said["test"]) | {"kl"}:
        raise SystemExit(f"{names} are not {list(said['test'])}")
    return max(abs(own[name] - said["test"][name]) / max(abs(said["test"]["loss"]), 1e-9) for name in names), tolerance


def safetensors_header(path):
    data = path.read_bytes()
    return json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])["__metadata__"]["halfmoon"]


def main():
    halfmoon, names = sys.argv[1], sys.argv[2:]
    torch.set_num_threads(2)
    failed = []
    for name in names or [*STEPS, *SCORES]:
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            if name in STEPS:
                off, most = check_steps(halfmoon, STEPS[name].split(), folder)
            else:
                args, most = SCORES[name][0].split(), SCORES[name][1]
                train_by(written(halfmoon, args, folder), folder)
                off, most = check_scores(halfmoon, args, folder, most)
        verdict = "ok" if off < most else "FAILS"
        print(f"== {name}: {off:.1e} of {most:.0e} {verdict}", flush=True)
        failed += [name] * (off >= most)
    raise SystemExit(f"failed: {failed}" if failed else 0)


if __name__ == "__main__":
    main()
