#!/usr/bin/env python3
"""Makes tests/sklearn/wine.safetensors: principal components of the standardised wines as scikit-learn works them out.

Needs numpy, scikit-learn and safetensors."""
import os
import numpy as np
from safetensors.numpy import save_file
from sklearn.datasets import load_wine
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

# The program reads samples as f32, so the oracle must see the same numbers.
x = load_wine().data.astype(np.float32).astype(np.float64)
scaler = StandardScaler().fit(x)
pca = PCA(n_components=2, svd_solver="full").fit(scaler.transform(x))
codes = pca.transform(scaler.transform(x))
out = {
    "x": x,
    "codes": codes,
    "explained_variance_ratio": pca.explained_variance_ratio_,
    "reconstruction": scaler.inverse_transform(pca.inverse_transform(codes)),
}
save_file({name: np.ascontiguousarray(value, dtype=np.float64) for name, value in out.items()},
          os.path.join(os.path.dirname(__file__), "wine.safetensors"))
