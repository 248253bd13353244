"""The recipe that turns raw rows into features, learned from the training rows alone.

It is plain JSON (medians, means, scales, categories), so that whoever scores raw rows later needs no code of
this plugin and nothing of the test rows can leak into it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy
import sluice
from table import Row, Table

FORMAT = "sluice.tabular/1"
NEARLY_ALL = 0.9  # with so many numbers in a column its few words are mistakes, not categories


def number(cell: str) -> float | None:
    """The finite number that a cell says, if it says one."""
    try:
        value = float(cell) if "_" not in cell else numpy.nan
    except ValueError:
        return None
    return value if numpy.isfinite(value) else None


def check_columns(table: Table, target: int, max_categories: int) -> dict[str, str]:
    """The kind of each feature column, `number` or `category`, judged over all rows."""
    kinds = {
        name: _kind(table, index, max_categories)
        for index, name in enumerate(table.columns)
        if index != target
    }
    if not kinds:
        raise sluice.UserError(
            "the table has no column besides the target",
            code="table.no-features",
            hint="check `drop_columns` and the separator, which must be a comma",
        )
    return kinds


def _kind(table: Table, index: int, max_categories: int) -> str:
    name = table.columns[index]
    cells = [
        (line, cell) for line, cell in zip(table.lines, table.column(index), strict=True) if cell is not None
    ]
    if not cells:
        raise sluice.UserError(
            f"column '{name}' has no values at all",
            code="table.all-missing",
            hint=f"add '{name}' to `drop_columns`",
        )
    words = [(line, cell) for line, cell in cells if number(cell) is None]
    if not words:
        return "number"
    if len(words) < (1 - NEARLY_ALL) * len(cells):
        line, word = words[0]
        raise sluice.UserError(
            f"column '{name}' holds '{word[:40]}' in line {line} and {len(cells) - len(words)} numbers",
            code="table.not-a-number",
            hint="mend the cell, or add its text to `missing_values`",
        )
    values = {cell for _, cell in cells}
    if len(values) > max_categories:
        raise sluice.UserError(
            f"column '{name}' is text with {len(values)} different values, {max_categories} are allowed",
            code="table.too-many-categories",
            hint=f"add '{name}' to `drop_columns`, or raise `max_categories`",
        )
    return "category"


def learn(table: Table, rows: Sequence[Row], kinds: dict[str, str]) -> list[dict[str, Any]]:
    """What each column needs to become features, learned from `rows`: the training part."""
    learned = []
    for index, name in enumerate(table.columns):
        cells = [cell for row in rows if (cell := row[index]) is not None]
        if name not in kinds:
            continue
        if not cells:
            raise sluice.UserError(
                f"column '{name}' has no values in the training rows",
                code="table.all-missing",
                hint=f"add '{name}' to `drop_columns`",
            )
        learn_column = _learn_number if kinds[name] == "number" else _learn_category
        learned.append({"name": name, "kind": kinds[name], **learn_column(name, cells, len(rows))})
    return learned


def _learn_number(name: str, cells: list[str], rows: int) -> dict[str, Any]:
    """Median for what is missing; mean and standard deviation of the column after that."""
    known = numpy.array([float(cell) for cell in cells])
    with numpy.errstate(over="ignore", invalid="ignore"):
        median = float(numpy.median(known))
        filled = numpy.concatenate([known, numpy.full(rows - len(known), median)])
        mean, scale = float(filled.mean()), float(filled.std())
    if not numpy.isfinite([median, mean, scale]).all():
        raise sluice.UserError(
            f"column '{name}' has numbers too large to scale",
            code="table.too-large",
            hint="use another unit for this column",
        )
    return {"median": median, "mean": mean, "scale": scale or 1.0}


def _learn_category(_name: str, cells: list[str], _rows: int) -> dict[str, Any]:
    """One feature per value; what is missing becomes the most frequent value."""
    counts = Counter(cells)
    most = max(counts.values())
    return {"values": sorted(counts), "fill": min(value for value in counts if counts[value] == most)}


def feature_names(columns: list[dict[str, Any]]) -> list[str]:
    return [
        name
        for column in columns
        for name in (
            [column["name"]]
            if column["kind"] == "number"
            else [f"{column['name']}={v}" for v in column["values"]]
        )
    ]


def encode(table: Table, rows: Sequence[Row], columns: list[dict[str, Any]]) -> numpy.ndarray:
    """Rows as features. A category that the training rows do not have is all zeros."""
    parts = []
    for column in columns:
        cells = [row[table.columns.index(column["name"])] for row in rows]
        if column["kind"] == "number":
            known = [column["median"] if cell is None else float(cell) for cell in cells]
            parts.append(((numpy.array(known) - column["mean"]) / column["scale"])[:, None])
        else:
            filled = numpy.array([column["fill"] if cell is None else cell for cell in cells])
            parts.append((filled[:, None] == numpy.array(column["values"])[None, :]).astype(float))
    return numpy.hstack(parts)
