"""Trains by halfmoon and by the programs that `halfmoon script` writes, and says where each lands. Needs PyTorch.

    python3 tests/script/measure.py target/release/halfmoon

Five epochs on the embedded digits, three seeds; one of each kind by torchrun on two processes too.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SEEDS, EPOCHS = 3, 5
KINDS = {
    "VAE": "--kind vae",
    "CVAE": "--kind cvae",
    "convolutional VAE": "--kind vae --set arch=conv",
    "denoising AE": "--kind denoising",
    "contractive AE": "--kind contractive",
}


def run(*words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{words}\n{done.stdout}{done.stderr}")
    return done.stdout


def test_loss(halfmoon, model):
    """Of a model file, as halfmoon scores it: it opens as its own."""
    said = run(halfmoon, "eval", "--model", model, "--data", "mnist", "--split", "test", "--report", "json")
    return json.loads(said)["test"]["loss"]


def of_line(text):
    """The loss that a program prints of the test split at its end."""
    line = [line for line in text.splitlines() if line.strip().startswith("test: ")][-1]
    return float(line.split("loss ")[1].split(",")[0])


def main():
    halfmoon = sys.argv[1]
    print("| | halfmoon | mean | PyTorch | mean | difference | two processes |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        program, model = folder / "train.py", folder / "train.safetensors"
        for name, kind in KINDS.items():
            own, others, seconds = [], [], time.monotonic()
            for seed in range(SEEDS):
                asked = [*kind.split(), "--data", "mnist", "--epochs", EPOCHS, "--seed", seed]
                run(halfmoon, "train", *asked, "--slim", "--out", folder / "own.safetensors")
                own.append(test_loss(halfmoon, folder / "own.safetensors"))
                run(halfmoon, "script", *asked, "--out", program)
                printed = of_line(run(sys.executable, program))
                others.append(test_loss(halfmoon, model))
                # A model with noise in its scores is scored under other draws.
                if abs(printed / others[-1] - 1) > 0.005:
                    raise SystemExit(f"{name}: the program says {printed}, halfmoon {others[-1]}")
            run("torchrun", "--nproc-per-node", 2, program)
            shared = test_loss(halfmoon, model)
            a, b = statistics.mean(own), statistics.mean(others)
            listed = lambda losses: ", ".join(f"{loss:.2f}" for loss in losses)
            print(f"| {name} | {listed(own)} | {a:.2f} | {listed(others)} | {b:.2f} | {100 * (b / a - 1):+.1f} % | {shared:.2f} |", flush=True)
            print(f"{name}: {time.monotonic() - seconds:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
