#!/usr/bin/env python3
"""Makes tests/sklearn/mixtures.safetensors: mixtures of Gaussians as scikit-learn finds them from a given start, and
probabilistic PCA's log-likelihood by scipy's density.

Needs numpy, scipy, scikit-learn and safetensors, and the samples in pca.safetensors."""
import os
import warnings
import numpy as np
from safetensors.numpy import load_file, save_file
from scipy.stats import multivariate_normal
from sklearn.mixture import GaussianMixture

folder = os.path.dirname(os.path.abspath(__file__))
x = load_file(os.path.join(folder, "pca.safetensors"))["x"]
out = {"x": x}
rng = np.random.default_rng(3)

# Mixtures of 4 features, after 1, 5 and 20 sweeps from the same start.
warnings.simplefilter("ignore")  # it warns that few sweeps do not converge, which is the point
z, k = x[:, :4], 3
f32 = lambda values: np.asarray(values, dtype=np.float32).astype(np.float64)
weights, means = np.array([0.25, 0.25, 0.5]), f32(z[rng.choice(len(z), k, replace=False)])
variance = f32(z.var(axis=0) + 0.01)
for kind, name in (("full", "full"), ("diag", "diagonal"), ("spherical", "spherical")):
    start = {"full": np.array([np.diag(variance)] * k), "diag": np.array([variance] * k),
             "spherical": f32(np.full(k, variance.mean()))}[kind]
    precisions = np.linalg.inv(start) if kind == "full" else 1 / start
    out |= {f"{name}.weights": weights, f"{name}.means": means, f"{name}.covariances": start}
    for sweeps in (1, 5, 20):
        mixture = GaussianMixture(k, covariance_type=kind, max_iter=sweeps, tol=0.0, reg_covar=1e-6,
                                  weights_init=weights, means_init=means, precisions_init=precisions).fit(z)
        out[f"{name}.log_likelihood.{sweeps}"] = np.array([mixture.score(z)])
        if sweeps == 20:
            out[f"{name}.responsibilities"] = mixture.predict_proba(z[:20])

# Probabilistic PCA at its likeliest weights (Tipping and Bishop 1999): C = W (Λ − σ²) Wᵀ + σ² I.
for k in (2, 5):
    values, vectors = np.linalg.eigh(np.cov(x.T, bias=True))
    values, vectors = values[::-1], vectors[:, ::-1]
    noise = values[k:].mean()
    c = vectors[:, :k] @ np.diag(values[:k] - noise) @ vectors[:, :k].T + noise * np.eye(x.shape[1])
    out[f"ppca.{k}"] = np.array([multivariate_normal(x.mean(axis=0), c).logpdf(x).mean()])

save_file({name: np.ascontiguousarray(value, dtype=np.float64) for name, value in out.items()},
          os.path.join(folder, "mixtures.safetensors"))
