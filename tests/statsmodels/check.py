"""Holds `halfmoon outliers --by cook` to statsmodels on tables that are not shipped.

    python3 tests/statsmodels/check.py FOLDER [HALFMOON]

needs statsmodels. FOLDER holds duncan.csv (Duncan 1961) and anscombe.csv (Anscombe 1973, its four sets named in a
column). Leverages, distances, s2 and coefficients have to agree to 1e-9, relative to the largest of their kind where
a value is near 0; a point of leverage 1 has no distance.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm

HALFMOON = sys.argv[2] if len(sys.argv) > 2 else "target/release/halfmoon"


def check(name, table, y, xs):
    """Compares one regression, rows by the order of their leverages and distances."""
    fit = sm.OLS(table[y], sm.add_constant(table[xs].astype(float))).fit()
    influence = fit.get_influence()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        table[[*xs, y]].to_csv(path, index=False)
        asked = [HALFMOON, "outliers", "--data", path, "--by", "cook", "--column", y, "--on", ",".join(xs)]
        said = subprocess.run([*asked, "-n", str(len(table)), "--report", "json"], capture_output=True, text=True, check=True)
    found = json.loads(said.stdout.splitlines()[-1])
    rows, regression = found["outliers"], found["regression"]
    is_free = influence.hat_matrix_diag < 1 - 1e-12
    pairs = {
        "leverage": ([row["leverage"] for row in rows], influence.hat_matrix_diag),
        "distance": ([row["cook"] for row in rows if row["cook"] is not None], influence.cooks_distance[0][is_free]),
        "s2": ([regression["s2"]], [fit.mse_resid]),
        "coefficients": ([regression["intercept"], *regression["slopes"].values()], fit.params),
    }
    for what, (own, theirs) in pairs.items():
        own, theirs = (np.sort(np.asarray(values, dtype=float)) for values in (own, theirs))
        assert len(own) == len(theirs), f"{name}: {len(own)} of {what}, statsmodels {len(theirs)}"
        off = np.max(np.abs(own - theirs)) / np.max(np.abs(theirs))
        print(f"{name:14} {what:12} off by {off:.1e}")
        assert off < 1e-9, f"{name}: {what}"


def main():
    folder = Path(sys.argv[1])
    check("duncan", pd.read_csv(folder / "duncan.csv"), "prestige", ["income", "education"])
    for name, table in pd.read_csv(folder / "anscombe.csv").groupby("set"):
        check(f"anscombe {name}", table, "y", ["x"])


main()
