"""Writes influence.json: leverage, Cook's distance and what goes with them by statsmodels.

    python3 tests/statsmodels/make.py

needs statsmodels (0.15 made the present file). `stackloss` (Brownlee 1965) and `longley` (Longley 1967) come
with statsmodels (BSD 3-Clause, public domain data); their columns are written along. statsmodels is given
standardised columns, which is the same regression: longley's are so nearly dependent that its distances are off
by 2e-9 in the columns' own units. The answers are held here to exact rational arithmetic, and the coefficients are
taken from there. `check.py` holds the command to statsmodels on tables that are not shipped.
"""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import statsmodels.api as sm


def exact(x, y):
    """Leverage and Cook's distance of rows x (first column 1) and values y, as fractions."""
    n, p = len(x), len(x[0])
    rows = [[Fraction(repr(v)) for v in row] for row in x]
    y = [Fraction(repr(v)) for v in y]
    a = [[sum(r[i] * r[j] for r in rows) for j in range(p)] + [Fraction(int(i == j)) for j in range(p)] for i in range(p)]
    for i in range(p):  # Gauss and Jordan
        pivot = next(k for k in range(i, p) if a[k][i] != 0)
        a[i], a[pivot] = a[pivot], a[i]
        a[i] = [v / a[i][i] for v in a[i]]
        for k in range(p):
            if k != i:
                a[k] = [v - a[k][i] * w for v, w in zip(a[k], a[i])]
    inverse = [row[p:] for row in a]
    xty = [sum(r[i] * v for r, v in zip(rows, y)) for i in range(p)]
    beta = [sum(inverse[i][j] * xty[j] for j in range(p)) for i in range(p)]
    residual = [v - sum(b * c for b, c in zip(beta, r)) for r, v in zip(rows, y)]
    s2 = sum(e * e for e in residual) / (n - p)
    h = [sum(r[i] * inverse[i][j] * r[j] for i in range(p) for j in range(p)) for r in rows]
    cook = [None if l == 1 else float(e * e * l / (p * s2 * (1 - l) ** 2)) for e, l in zip(residual, h)]
    return [float(l) for l in h], cook, float(s2), [float(b) for b in beta]


def answer(table, y, xs):
    y_values = [float(v) for v in table[y]]
    x_values = [[1.0] + [float(v) for v in row] for row in table[xs].to_numpy()]
    plain = np.array(x_values)
    scaled = (plain[:, 1:] - plain[:, 1:].mean(axis=0)) / plain[:, 1:].std(axis=0)
    fit = sm.OLS(np.array(y_values), np.column_stack([plain[:, 0], scaled])).fit()
    influence = fit.get_influence()
    h, cook, s2, beta = exact(x_values, y_values)
    found = {"leverage": list(influence.hat_matrix_diag), "cook": list(influence.cooks_distance[0])}
    off = lambda a, b: max(abs(u / v - 1) for u, v in zip(a, b) if v)
    lever = [l < 1 for l in h]
    kept = lambda of: [v for v, k in zip(of, lever) if k]
    print(f"  against exact: leverage {off(found['leverage'], h):.1e}, D {off(kept(found['cook']), kept(cook)):.1e}, "
          f"s2 {fit.mse_resid / s2 - 1:.1e}")
    # At leverage 1 there is no distance: whatever is divided there is rounding.
    found["cook"] = [v if k else None for v, k in zip(found["cook"], lever)]
    found |= {"s2": fit.mse_resid, "coefficients": beta, "y": y, "x": xs}
    found["columns"] = {name: [float(v) for v in table[name]] for name in [y, *xs]}
    return found


def main():
    stackloss = sm.datasets.stackloss.load_pandas().data.rename(columns=str.lower)
    longley = sm.datasets.longley.load_pandas().data.rename(columns=str.lower)
    print(list(stackloss.columns), list(longley.columns))
    answers = {
        "stackloss": answer(stackloss, "stackloss", [c for c in stackloss.columns if c != "stackloss"]),
        "longley": answer(longley, "totemp", [c for c in longley.columns if c != "totemp"]),
    }
    path = Path(__file__).parent / "influence.json"
    path.write_text(json.dumps(answers, indent=1) + "\n")


main()
