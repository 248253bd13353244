"""Scores a CSV file of raw rows with the model of this release.

    python3 predict.py rows.csv > predictions.csv

The file needs the columns that the model was trained on, in any order; others are ignored. The answer has one
line per row: `prediction`, then the probability of each class. Needs what requirements.txt here lists.
"""

from __future__ import annotations

import csv
import hashlib
import json
import math
import sys
from pathlib import Path
from typing import Any, NoReturn

RELEASE = Path(__file__).resolve().parent


def main(arguments: list[str]) -> None:
    if len(arguments) != 1 or arguments[0] in ("-h", "--help"):
        refuse("usage: python3 predict.py rows.csv > predictions.csv")
    try:
        import joblib
        import numpy
    except ImportError as error:
        refuse(f"{error}; install what is needed: python3 -m pip install -r {RELEASE / 'requirements.txt'}")
    recipe = json.loads((RELEASE / "model" / "dataset.json").read_text(encoding="utf-8"))
    rows = read_rows(Path(arguments[0]))
    features = numpy.array([encode(row, line, recipe) for line, row in rows], dtype=float)
    check_untouched("model/model.joblib")
    model = joblib.load(RELEASE / "model" / "model.joblib")
    probabilities = model.predict_proba(features) if rows else []
    classes = recipe["classes"]
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["prediction", *(f"p({name})" for name in classes)])
    for line in probabilities:
        writer.writerow([classes[int(line.argmax())], *map(repr, line.tolist())])


def read_rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    """The rows by column name, each with its line."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True, restkey="", skipinitialspace=True)
            reader.fieldnames = [name.strip() for name in reader.fieldnames or []]
            rows = [(reader.line_num, row) for row in reader]
    except (OSError, ValueError, csv.Error) as error:
        refuse(f"{path} cannot be read as CSV: {error}")
    for line, row in rows:
        if "" in row or None in row.values():
            refuse(f"line {line} has not as many fields as the header")
    return rows


def encode(row: dict[str, str], line: int, recipe: dict[str, Any]) -> list[float]:
    """One raw row as the features that the model knows; the recipe was learned from the training rows."""
    missing = {"", *(value.strip().lower() for value in recipe["missing"])}
    features: list[float] = []
    for column in recipe["columns"]:
        name = column["name"]
        if name not in row:
            refuse(
                f"the column '{name}' is missing; needed are "
                + ", ".join(one["name"] for one in recipe["columns"])
            )
        cell = row[name].strip()
        unknown = cell.lower() in missing
        if column["kind"] == "number":
            value = column["median"] if unknown else number(cell, name, line)
            features.append((value - column["mean"]) / column["scale"])
        else:
            value = column["fill"] if unknown else cell
            features.extend(float(value == known) for known in column["values"])
    return features


def number(cell: str, name: str, line: int) -> float:
    try:
        value = float(cell) if "_" not in cell else math.nan
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        refuse(f"line {line}: '{cell}' in column '{name}' is not a number")
    return value


def check_untouched(name: str) -> None:
    """Loading a model runs what is in it, so it must be the file that was deployed."""
    about = json.loads((RELEASE / "release.json").read_text(encoding="utf-8"))
    if hashlib.sha256((RELEASE / name).read_bytes()).hexdigest() != about["files"][name]:
        refuse(f"{RELEASE / name} is not the file that was deployed")


def refuse(message: str) -> NoReturn:
    print(message, file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    main(sys.argv[1:])
