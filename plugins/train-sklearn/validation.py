"""Cross-validation, one metric line per fold."""

from __future__ import annotations

from collections.abc import Callable

import numpy
import sluice
from dataset import Dataset
from sklearn.base import ClassifierMixin
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold


def cross_validate(
    ctx: sluice.Context, data: Dataset, build: Callable[[], ClassifierMixin], folds: int, seed: int
) -> dict[str, float]:
    """Mean AUC and accuracy over the folds, with a point of their curves after each.

    The rows are already scaled with what all training rows say, so a fold knows the means and deviations of
    its held-out rows, but nothing of their labels.
    """
    smallest = int(numpy.bincount(data.labels, minlength=len(data.classes)).min())
    if smallest < folds:
        raise sluice.UserError(
            f"{folds} folds need {folds} rows of each class, the rarest has {smallest}",
            code="train.too-few-rows",
            hint="lower `folds`, or raise `subsample`",
        )
    splitter = StratifiedKFold(n_splits=folds, shuffle=True, random_state=seed)
    scores = []
    for fold, (learn, held_out) in enumerate(splitter.split(data.features, data.labels), start=1):
        ctx.check()
        model = build().fit(data.features[learn], data.labels[learn])
        probabilities = model.predict_proba(data.features[held_out])
        score = (
            auc(data.labels[held_out], probabilities),
            accuracy_score(data.labels[held_out], probabilities.argmax(axis=1)),
        )
        scores.append(score)
        ctx.metric("cv_auc", score[0], step=fold)
        ctx.metric("cv_accuracy", score[1], step=fold)
        ctx.progress(fold, folds + 1, "fits", f"fold {fold}: AUC {score[0]:.4f}")
    mean, deviation = numpy.mean(scores, axis=0), numpy.std(scores, axis=0)
    return {"cv_auc": float(mean[0]), "cv_auc_std": float(deviation[0]), "cv_accuracy": float(mean[1])}


def auc(labels: numpy.ndarray, probabilities: numpy.ndarray) -> float:
    """Area under the ROC curve; with more than two classes the mean of each against the rest."""
    if probabilities.shape[1] == 2:
        return float(roc_auc_score(labels, probabilities[:, 1]))
    return float(roc_auc_score(labels, probabilities, multi_class="ovr", average="macro"))
