#!/usr/bin/env python3
"""Decoding networks of ONNX files, by halfmoon and by ONNX Runtime in turns: five rounds, medians and ratios.

    cargo bench --no-default-features --bench onnx --no-run      says where the program lies
    python3 tests/onnx/decoding.py PROGRAM FILE.onnx...          (needs numpy and onnxruntime)
"""
import json
import statistics
import subprocess
import sys
import time

import numpy as np
import onnxruntime as ort

ROUNDS, SECONDS = 5, 1.5


def runtime(path):
    session = ort.InferenceSession(path, providers=["CPUExecutionProvider"])
    given = session.get_inputs()[0]
    times = {}
    for name, n in [("one", 1), ("many", 400)]:
        z = np.fromfunction(lambda row, column: (row * 7 + column * 3) % 11 / 5 - 1, (n, given.shape[1])).astype(np.float32)
        taken, begin = [], time.perf_counter()
        while time.perf_counter() - begin < SECONDS:
            start = time.perf_counter()
            session.run(None, {given.name: z})
            taken.append(time.perf_counter() - start)
        times[name] = statistics.median(taken)
    return times


program, *files = sys.argv[1:]
for path in files:
    rounds = []
    for _ in range(ROUNDS):
        ours = json.loads(subprocess.run([program, path], check=True, capture_output=True, text=True).stdout)
        rounds.append((ours, runtime(path)))
    for name in ["one", "many"]:
        ratios = [ours[name] / theirs[name] for ours, theirs in rounds]
        middle = [statistics.median(side[name] for side in sides) for sides in zip(*rounds)]
        print(f"{path} {name}: halfmoon {1e6 * middle[0]:.0f} us, ONNX Runtime {1e6 * middle[1]:.0f} us, "
              f"ratio {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")
