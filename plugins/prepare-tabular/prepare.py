"""Cleans a CSV table, splits it and scales both parts by the training part; see plugin.yaml."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sluice
from recipe import FORMAT, check_columns, encode, feature_names, learn
from sklearn.model_selection import train_test_split
from table import Row, Table, read_table

MISSING_VALUES = ["?", "na", "n/a", "nan", "null", "none"]
MAX_CLASSES = 50


@dataclass
class Settings:
    """The params of plugin.yaml."""

    target: str
    positive: str | None = None
    test_size: float = 0.25
    stratify: bool = True
    seed: int | None = None
    drop_columns: list[str] = field(default_factory=list)
    drop_duplicates: bool = True
    missing_values: list[str] = field(default_factory=lambda: MISSING_VALUES)
    max_categories: int = 20


def run(ctx: sluice.Context) -> None:
    settings = ctx.params_as(Settings)
    table = read_table(ctx.inputs["raw"].path, settings.missing_values)
    ctx.progress(1, 4, "steps", "read")
    table.drop_columns(settings.drop_columns)
    target = table.index(settings.target, "target")
    clean(ctx, table, target, settings.drop_duplicates)
    classes = check_classes(table, target)
    kinds = check_columns(table, target, settings.max_categories)
    ctx.progress(2, 4, "steps", "cleaned")
    train, test = split(table, target, settings, ctx.seed % 2**32 if settings.seed is None else settings.seed)
    ctx.check()
    columns = learn(table, train, kinds)
    features = feature_names(columns)
    recipe = {
        "format": FORMAT,
        "target": settings.target,
        "classes": sorted(classes),
        "positive": positive_class(classes, settings.positive),
        "missing": settings.missing_values,
        "columns": columns,
        "features": features,
    }
    ctx.progress(3, 4, "steps", "split")
    for name, rows in (("train", train), ("test", test)):
        write_dataset(ctx.outputs[name].path, table, rows, {**recipe, "split": name, "rows": len(rows)})
        ctx.metric(f"{name}_rows", len(rows))
    ctx.metric("features", len(features))
    ctx.metric("minority_share", min(classes.values()) / len(table.rows))
    ctx.output(
        "class_balance",
        {
            name: dict(Counter(row[target] for row in rows))
            for name, rows in (("all", table.rows), ("train", train), ("test", test))
        },
    )
    ctx.progress(4, 4, "steps", "written")


def clean(ctx: sluice.Context, table: Table, target: int, drop_duplicates: bool) -> None:
    """Drops rows without a target and repeated rows, and reports what was there."""
    ctx.metric("rows", len(table.rows))
    missing = {
        name: sum(cell is None for cell in table.column(index)) for index, name in enumerate(table.columns)
    }
    ctx.metric("missing_values", sum(missing.values()))
    unlabelled = table.keep([row[target] is not None for row in table.rows])
    repeated = table.drop_duplicates() if drop_duplicates else 0
    ctx.metric("dropped_rows", unlabelled + repeated)
    ctx.output("dropped", {"without_target": unlabelled, "duplicates": repeated})
    ctx.output("missing", {name: count for name, count in missing.items() if count})
    if unlabelled or repeated:
        ctx.log(f"dropped {unlabelled} rows without '{table.columns[target]}' and {repeated} duplicates")


def check_classes(table: Table, target: int) -> Counter[str]:
    """How many rows each class has; a classifier needs two classes with two rows each."""
    name = table.columns[target]
    classes = Counter(cell for cell in table.column(target) if cell is not None)
    if not classes:
        raise sluice.UserError(
            f"the target '{name}' has no values at all",
            code="target.empty",
            hint="check that `target` names the right column",
        )
    if len(classes) == 1:
        raise sluice.UserError(
            f"the target '{name}' has one class only: '{next(iter(classes))}'",
            code="target.one-class",
            hint="a classifier needs rows of at least two classes",
        )
    if len(classes) > MAX_CLASSES:
        raise sluice.UserError(
            f"the target '{name}' has {len(classes)} different values",
            code="target.too-many-classes",
            hint=f"at most {MAX_CLASSES} classes are supported; is it a number to predict?",
        )
    rare = min(classes, key=lambda label: (classes[label], label))
    if classes[rare] < 2:
        raise sluice.UserError(
            f"class '{rare}' of '{name}' has one row only",
            code="target.rare-class",
            hint="each class needs at least two rows: one to learn from, one to test with",
        )
    return classes


def positive_class(classes: Counter[str], wanted: str | None) -> str | None:
    """The class whose probability is judged: the wanted one, else the rarer of two; none among more."""
    if wanted is not None and len(classes) > 2:
        raise sluice.UserError(
            f"`positive` is for two classes, the target has {len(classes)}",
            code="target.no-positive",
            hint="leave `positive` out",
        )
    if wanted is not None and wanted not in classes:
        raise sluice.UserError(
            f"there is no class '{wanted}'",
            code="target.no-class",
            hint=f"`positive` is one of {', '.join(sorted(classes))}",
        )
    if wanted is None and len(classes) == 2:
        return min(classes, key=lambda label: (classes[label], label))
    return wanted


def split(table: Table, target: int, settings: Settings, seed: int) -> tuple[list[Row], list[Row]]:
    """Training and test rows; every class is in both."""
    labels = table.column(target)
    try:
        parts = train_test_split(
            range(len(labels)),
            test_size=settings.test_size,
            random_state=seed,
            stratify=labels if settings.stratify else None,
        )
    except ValueError as error:
        raise sluice.UserError(
            f"{len(table.rows)} rows cannot be split: {error}",
            code="split.too-small",
            hint="give more rows or another `test_size`",
        ) from None
    train, test = ([table.rows[index] for index in part] for part in parts)
    for name, rows in (("training", train), ("test", test)):
        absent = set(labels) - {row[target] for row in rows}
        if absent:
            raise sluice.UserError(
                f"no {name} row has the class '{min(str(one) for one in absent)}'",
                code="split.absent-class",
                hint="set `stratify`, or another `test_size`",
            )
    return train, test


def write_dataset(folder: Path, table: Table, rows: Sequence[Row], about: dict[str, Any]) -> None:
    """The folder of a dataset: data.csv, raw.csv and dataset.json."""
    folder.mkdir()
    target = table.columns.index(about["target"])
    features = encode(table, rows, about["columns"])
    labels = [about["classes"].index(row[target]) for row in rows]
    write_csv(folder / "raw.csv", table.columns, rows)
    write_csv(
        folder / "data.csv",
        [*about["features"], about["target"]],
        [[*map(repr, line), label] for line, label in zip(features.tolist(), labels, strict=True)],
    )
    text = json.dumps(about, ensure_ascii=False, indent=1, allow_nan=False)
    (folder / "dataset.json").write_text(text + "\n", encoding="utf-8")


def write_csv(path: Path, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    sluice.main(run)
