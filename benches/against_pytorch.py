#!/usr/bin/env python3
"""halfmoon against PyTorch, in turn on the same machine: medians, ranges and ratios.

Usage: against_pytorch.py [ROUNDS] (5 by default). Run with a Python that has torch, after `cargo build --release`. PyTorch
runs with one thread and with two; the better one counts, for each figure."""
import json, os, statistics, subprocess, sys

rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
here = os.path.dirname(os.path.abspath(__file__))
halfmoon = [os.path.join(here, "../target/release/halfmoon"), "bench", "--report", "json"]
figures = {"w1": "steps_per_s", "w2": "steps_per_s", "w3": "steps_per_s", "w4 400 codes": "latency_us_400", "w4 one code": "latency_us_1", "w5": "steps_per_s", "w6": "steps_per_s"}


def run(command):
    return json.loads(subprocess.check_output(command, text=True).splitlines()[-1])


seen = {name: [] for name in figures}
shares = []
for _ in range(rounds):
    ours = run(halfmoon)
    theirs = [run([sys.executable, os.path.join(here, "pytorch_reference.py"), str(n)]) for n in (1, 2)]
    shares.append([ours[work]["share_of_peak"] for work in ("w1", "w2", "w3", "w5")])
    for name, key in figures.items():
        best = max if key == "steps_per_s" else min
        seen[name].append((ours[name[:2]][key], best(their[name[:2]][key] for their in theirs)))
for name, key in figures.items():
    ours, theirs = zip(*seen[name])
    ratios = [a / b if key == "steps_per_s" else b / a for a, b in seen[name]]
    print(
        f"{name} {key}: halfmoon {statistics.median(ours):.1f} ({min(ours):.1f}–{max(ours):.1f}), "
        f"PyTorch {statistics.median(theirs):.1f} ({min(theirs):.1f}–{max(theirs):.1f}), "
        f"{statistics.median(ratios):.2f}× as fast ({min(ratios):.2f}–{max(ratios):.2f})"
    )
for work, values in zip(("w1", "w2", "w3", "w5"), zip(*shares)):
    print(f"{work}: {100 * statistics.median(values):.0f} % of the peak ({100 * min(values):.0f}–{100 * max(values):.0f})")
