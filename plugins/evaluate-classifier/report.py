"""Writes the report: JSON for machines, one HTML page for people, plots, and the samples for a smoke test."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

import numpy
from plots import calibration_plot, confusion_plot, roc_plot
from scores import Judgement

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #1f2933 }
body { max-width: 62rem; margin: 2rem auto; padding: 0 1.5rem }
h1 { font-size: 1.5rem } h2 { font-size: 1.1rem; margin-top: 2rem }
table { border-collapse: collapse } th, td { text-align: left; padding: .25rem 1rem .25rem 0 }
tr { border-bottom: 1px solid #d9e2ec } td.number { text-align: right; font-variant-numeric: tabular-nums }
.plots { display: flex; flex-wrap: wrap; gap: 1rem } .plots svg { width: 19rem; height: auto }
"""


def write_report(folder: Path, about: dict[str, Any], judged: Judgement) -> None:
    """The folder but for the samples; `about` has model, metrics and slices."""
    folder.mkdir()
    plots = {
        "roc": roc_plot(judged),
        "confusion": confusion_plot(judged),
        "calibration": calibration_plot(judged),
    }
    for name, svg in plots.items():
        (folder / f"{name}.svg").write_text(svg, encoding="utf-8")
    write_json(folder / "report.json", about)
    (folder / "index.html").write_text(_page(about, list(plots.values())), encoding="utf-8")


def write_samples(
    folder: Path, header: list[str], rows: list[list[str]], judged: Judgement, count: int
) -> None:
    """Raw rows and what the model says of them, spread from the surest to the least sure prediction."""
    order = numpy.argsort(judged.probabilities.max(axis=1), kind="stable")
    places = numpy.linspace(0, len(order) - 1, min(count, len(order))).round().astype(int)
    chosen = sorted(int(index) for index in order[places])
    with (folder / "samples.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows[index] for index in chosen)
    write_json(
        folder / "expected.json",
        {
            "classes": judged.classes,
            "probabilities": [judged.probabilities[index].tolist() for index in chosen],
        },
    )


def write_json(path: Path, value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def _page(about: dict[str, Any], plots: Sequence[str]) -> str:
    model = about["model"]
    facts = {
        "target": model["target"],
        "positive class": model["positive"] or "none, means over all classes",
        "training rows": model["training_rows"],
        "test rows": about["rows"],
        "made with": ", ".join(f"{name} {version}" for name, version in model["versions"].items()),
        "hyper-parameters": ", ".join(f"{name}={value}" for name, value in model["hyper_parameters"].items()),
    }
    slices = [
        [
            part["column"],
            part["slice"],
            part["rows"],
            part["accuracy"],
            "–" if part["auc"] is None else part["auc"],
        ]
        for part in about["slices"]
    ]
    return (
        "\n".join(
            [
                "<!doctype html>",
                '<html lang="en"><meta charset="utf-8">',
                '<meta name="viewport" content="width=device-width, initial-scale=1">',
                f"<title>Evaluation of {escape(model['family'])}</title><style>{STYLE}</style>",
                f"<h1>Evaluation of {escape(model['family'])}</h1>",
                _table(["metric", "value"], [list(item) for item in about["metrics"].items()]),
                '<h2>Plots</h2><div class="plots">',
                *plots,
                "</div>",
                "<h2>Slices</h2>",
                _table(["column", "slice", "rows", "accuracy", "AUC"], slices),
                "<h2>Model</h2>",
                _table(["", ""], [[name, str(value)] for name, value in facts.items()]),
                "</html>",
            ]
        )
        + "\n"
    )


def _table(header: list[str], rows: list[list[Any]]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in header)
    body = "\n".join("<tr>" + "".join(map(_cell, row)) + "</tr>" for row in rows)
    return f"<table><tr>{head}</tr>\n{body}</table>"


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f'<td class="number">{value:.4f}</td>'
    return f'<td class="number">{value}</td>' if isinstance(value, int) else f"<td>{escape(str(value))}</td>"
