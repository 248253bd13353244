"""Reads a dataset folder as `prepare-tabular` writes it: data.csv, raw.csv and dataset.json."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
import sluice

FORMAT = "sluice.tabular/1"


@dataclass
class Dataset:
    """Features and class numbers of the rows, and the recipe that made them out of raw rows."""

    features: numpy.ndarray
    labels: numpy.ndarray
    recipe: dict[str, Any]

    @property
    def classes(self) -> list[str]:
        classes: list[str] = self.recipe["classes"]
        return classes


def read_dataset(folder: Path) -> Dataset:
    """The dataset in this folder; anything else is the user's to connect rightly."""
    try:
        recipe = json.loads((folder / "dataset.json").read_text(encoding="utf-8"))
        if recipe["format"] != FORMAT:
            raise ValueError(f"its format is {recipe['format']}, not {FORMAT}")
        table = numpy.loadtxt(folder / "data.csv", delimiter=",", skiprows=1, ndmin=2, encoding="utf-8")
        if table.shape != (recipe["rows"], len(recipe["features"]) + 1):
            raise ValueError(f"data.csv is of shape {table.shape}")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise sluice.UserError(
            f"the input `data` is no prepared dataset: {error}",
            code="dataset.unreadable",
            hint="connect it with an output of prepare-tabular",
        ) from None
    return Dataset(table[:, :-1], table[:, -1].astype(int), recipe)
