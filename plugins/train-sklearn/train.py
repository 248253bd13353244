"""Learns a classifier from a prepared dataset; see plugin.yaml."""

from __future__ import annotations

import json
import platform
from functools import partial
from pathlib import Path
from typing import Any

import joblib
import numpy
import scipy
import sklearn
import sluice
from dataset import Dataset, read_dataset
from families import FAMILIES, Settings
from sklearn.base import ClassifierMixin
from sklearn.model_selection import train_test_split
from threadpoolctl import threadpool_limits
from validation import cross_validate

FORMAT = "sluice.model/1"


def run(ctx: sluice.Context) -> None:
    settings = ctx.params_as(Settings)
    if settings.model not in FAMILIES:
        raise sluice.ConfigError(
            f"there is no family '{settings.model}'",
            code="config.model",
            hint=f"known are {', '.join(FAMILIES)}",
        )
    seed = ctx.seed % 2**32 if settings.seed is None else settings.seed
    data = subsample(read_dataset(ctx.inputs["data"].path), settings.subsample, seed)
    jobs = max(1, int(ctx.grant.cpus))
    build = partial(FAMILIES[settings.model], settings, seed, jobs)
    try:
        with ctx.interruptible(), threadpool_limits(limits=jobs):
            scores = cross_validate(ctx, data, build, settings.folds, seed)
            model = build().fit(data.features, data.labels)
    except ValueError as error:  # scikit-learn's word for hyper-parameters that do not fit the data
        raise sluice.UserError(
            f"{settings.model} cannot learn from this data: {error}",
            code="train.refused",
            hint="change the family's hyper-parameters, or `folds`",
        ) from error
    for name, value in scores.items():
        ctx.metric(name, value)
    ctx.metric("train_rows", len(data.labels))
    write_model(
        ctx.outputs["model"].path,
        model,
        data,
        {
            "family": settings.model,
            "seed": seed,
            "folds": settings.folds,
            "subsample": settings.subsample,
            "training_data": ctx.inputs["data"].digest,
            **scores,
        },
    )
    ctx.output("family", settings.model)
    ctx.progress(settings.folds + 1, settings.folds + 1, "fits", "model written")


def subsample(data: Dataset, share: float, seed: int) -> Dataset:
    """A stratified share of the rows, chosen by the seed."""
    if share >= 1:
        return data
    try:
        chosen, _ = train_test_split(
            range(len(data.labels)), train_size=share, random_state=seed, stratify=data.labels
        )
    except ValueError as error:
        raise sluice.UserError(
            f"a share of {share} is too small: {error}", code="train.too-few-rows", hint="raise `subsample`"
        ) from None
    chosen = numpy.sort(chosen)
    return Dataset(data.features[chosen], data.labels[chosen], data.recipe)


def write_model(folder: Path, model: ClassifierMixin, data: Dataset, made_of: dict[str, Any]) -> None:
    """The model's folder. It says nothing of time, commit or grant: equal inputs give equal files."""
    if "n_jobs" in model.get_params(deep=False):
        model.set_params(n_jobs=None)
    folder.mkdir()
    joblib.dump(model, folder / "model.joblib", compress=3)
    about = {
        "format": FORMAT,
        **made_of,
        "estimator": type(model).__name__,
        "hyper_parameters": {
            name: value
            for name, value in sorted(model.get_params().items())
            if value is None or isinstance(value, (bool, int, float, str))
        },
        "training_rows": len(data.labels),
        "classes": data.classes,
        "positive": data.recipe["positive"],
        "target": data.recipe["target"],
        "features": data.recipe["features"],
        "versions": {
            "python": platform.python_version(),
            "scikit-learn": sklearn.__version__,
            "numpy": numpy.__version__,
            "scipy": scipy.__version__,
            "joblib": joblib.__version__,
        },
    }
    recipe = {name: value for name, value in data.recipe.items() if name not in ("split", "rows")}
    for name, content in (("model.json", about), ("dataset.json", recipe)):
        text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)
        (folder / name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    sluice.main(run)
