"""Judges a model on a prepared test set; see plugin.yaml."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import joblib
import sluice
from dataset import Dataset, read_dataset
from report import write_json, write_report, write_samples
from scores import Judgement, latency_ms, scores, slice_table
from threadpoolctl import threadpool_limits


@dataclass
class Settings:
    """The params of plugin.yaml."""

    slices: list[str] = field(default_factory=list)
    quantiles: int = 4
    samples: int = 12
    latency_calls: int = 200


def run(ctx: sluice.Context) -> None:
    settings = ctx.params_as(Settings)
    data = read_dataset(ctx.inputs["data"].path)
    folder = ctx.inputs["model"].path
    model, about = read_model(folder)
    check_fit(about, data)
    ctx.progress(1, 4, "steps", "read")
    with ctx.interruptible(), threadpool_limits(limits=max(1, int(ctx.grant.cpus))):
        judged = judge(model, data)
        metrics = {**scores(judged), **latency_ms(model, data.features, settings.latency_calls)}
    ctx.progress(2, 4, "steps", "judged")
    header, rows = read_raw(ctx.inputs["data"].path)
    slices = slice_table(
        judged, chosen_columns(settings.slices or [about["target"]], header, rows), settings.quantiles
    )
    metrics["worst_slice_accuracy"] = min(part["accuracy"] for part in slices)
    for name, value in metrics.items():
        ctx.metric(name, value)
    ctx.output("slices", slices)
    ctx.output("family", about["family"])
    report = {"model": about, "rows": len(data.labels), "metrics": metrics, "slices": slices}
    write_report(ctx.outputs["report"].path, report, judged)
    write_samples(ctx.outputs["report"].path, header, rows, judged, settings.samples)
    ctx.progress(3, 4, "steps", "report written")
    write_json(ctx.outputs["metrics"].path, metrics)
    pass_on(folder, ctx.outputs["model"].path)
    ctx.progress(4, 4, "steps", "model passed on")


def read_model(folder: Path) -> tuple[Any, dict[str, Any]]:
    """The estimator and what model.json says of it."""
    try:
        about = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        if about["format"] != "sluice.model/1":
            raise ValueError(f"its format is {about['format']}")
        return joblib.load(folder / "model.joblib"), about
    except Exception as error:  # a damaged pickle may raise anything
        raise sluice.UserError(
            f"the input `model` cannot be loaded: {type(error).__name__}: {error}",
            code="model.unreadable",
            hint="connect it with the output of train-sklearn",
        ) from error


def check_fit(about: dict[str, Any], data: Dataset) -> None:
    """A model is judged on data of the recipe that it was learned from."""
    for name in ("target", "classes", "features"):
        if about[name] != data.recipe[name]:
            raise sluice.UserError(
                f"the model and the data do not belong together: their {name} differ",
                code="model.other-data",
                hint="connect both with the same prepare stage",
            )


def judge(model: Any, data: Dataset) -> Judgement:
    positive = data.recipe["positive"]
    return Judgement(
        data.labels,
        model.predict_proba(data.features),
        data.classes,
        None if positive is None else data.classes.index(positive),
    )


def pass_on(source: Path, target: Path) -> None:
    """Copies the model's folder without its rights, for inputs may be read-only."""
    target.mkdir()
    for path in source.iterdir():
        if path.is_file():
            shutil.copyfile(path, target / path.name)


def read_raw(folder: Path) -> tuple[list[str], list[list[str]]]:
    """The test rows as they came, in the order of the features."""
    with (folder / "raw.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return header, rows


def chosen_columns(names: list[str], header: list[str], rows: list[list[str]]) -> dict[str, list[str]]:
    """The cells of the columns by which the rows are sliced."""
    for name in names:
        if name not in header:
            raise sluice.UserError(
                f"there is no column '{name}' to slice by",
                code="slices.no-column",
                hint=f"`slices` may name {', '.join(header[:8])} …",
            )
    return {name: [row[header.index(name)] for row in rows] for name in names}


if __name__ == "__main__":
    sluice.main(run)
