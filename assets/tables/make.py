#!/usr/bin/env python3
"""Writes iris.csv and wine.csv as scikit-learn brings them along (their numbers as in the UCI repository's files)."""
import csv
import os

from sklearn.datasets import load_iris, load_wine

here = os.path.dirname(os.path.abspath(__file__))
cultivars = {"class_0": "cultivar 1", "class_1": "cultivar 2", "class_2": "cultivar 3"}
for name, load, label in (("iris", load_iris, "species"), ("wine", load_wine, "cultivar")):
    data = load()
    with open(os.path.join(here, f"{name}.csv"), "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow([feature.replace("_", " ") for feature in data.feature_names] + [label])
        for x, y in zip(data.data, data.target):
            target = str(data.target_names[y])
            out.writerow([f"{value:.12g}" for value in x] + [cultivars.get(target, target)])
