#!/usr/bin/env python3
"""Makes tests/sklearn/pca.safetensors: principal components and probabilistic PCA as scikit-learn works them out.

Needs numpy, scikit-learn and safetensors. 300 samples of 12 features in [0, 1] with a few directions that matter."""
import os
import numpy as np
from safetensors.numpy import save_file
from sklearn.decomposition import PCA

rng = np.random.default_rng(7)
factors = rng.normal(size=(300, 5)) * np.array([3.0, 2.0, 1.2, 0.7, 0.4])
x = 1 / (1 + np.exp(-(factors @ rng.normal(size=(5, 12)) + 0.3 * rng.normal(size=(300, 12)))))
# The program reads samples as f32, so the oracle must see the same numbers.
x = x.astype(np.float32).astype(np.float64)
out = {"x": x}
for k in (2, 5):
    pca = PCA(n_components=k, svd_solver="full").fit(x)
    out |= {
        f"components.{k}": pca.components_,
        f"explained_variance.{k}": pca.explained_variance_,
        f"noise_variance.{k}": np.array([pca.noise_variance_]),
        f"mean.{k}": pca.mean_,
        f"codes.{k}": pca.transform(x),
        f"reconstruction.{k}": pca.inverse_transform(pca.transform(x)),
        f"log_likelihood.{k}": np.array([pca.score(x)]),
    }
save_file({name: np.ascontiguousarray(value, dtype=np.float64) for name, value in out.items()},
          os.path.join(os.path.dirname(__file__), "pca.safetensors"))
