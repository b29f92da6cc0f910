#!/usr/bin/env python3
"""halfmoon against PyTorch, in turn on the same machine: medians, ranges and ratios.

Usage: against_pytorch.py [ROUNDS] (5 by default). Run with a Python that has torch, after
`cargo bench --no-run --bench engine`. PyTorch runs with one thread and with two; the better one counts."""
import glob, json, os, statistics, subprocess, sys

rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
here = os.path.dirname(os.path.abspath(__file__))
engines = [f for f in glob.glob(os.path.join(here, "../target/release/deps/engine-*")) if os.access(f, os.X_OK)]
engine = max(engines, key=os.path.getmtime)
seen = {"halfmoon": [], "PyTorch": []}
for _ in range(rounds):
    ours = json.loads(subprocess.check_output([engine, "--bench"], text=True).splitlines()[-1])
    theirs = [
        json.loads(subprocess.check_output([sys.executable, os.path.join(here, "pytorch_reference.py"), str(n)], text=True))
        for n in (1, 2)
    ]
    best = {"steps_per_s": max(run["steps_per_s"] for run in theirs)}
    best |= {key: min(run[key] for run in theirs) for key in ("latency_us_400", "latency_us_1")}
    seen["halfmoon"].append(ours)
    seen["PyTorch"].append(best)
for key, faster_is_more in (("steps_per_s", True), ("latency_us_400", False), ("latency_us_1", False)):
    ours, theirs = ([run[key] for run in seen[name]] for name in ("halfmoon", "PyTorch"))
    ratios = [a / b if faster_is_more else b / a for a, b in zip(ours, theirs)]
    print(
        f"{key}: halfmoon {statistics.median(ours)} ({min(ours)}–{max(ours)}), "
        f"PyTorch {statistics.median(theirs)} ({min(theirs)}–{max(theirs)}), "
        f"{statistics.median(ratios):.2f}× as fast ({min(ratios):.2f}–{max(ratios):.2f})"
    )
