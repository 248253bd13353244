"""The numbers of a report: scores over all rows, scores per slice, and the latency of single rows."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy
from sklearn.metrics import accuracy_score, precision_recall_fscore_support, roc_auc_score


@dataclass
class Judgement:
    """What the model says of the test rows, beside the truth; all as class numbers and probabilities."""

    labels: numpy.ndarray
    probabilities: numpy.ndarray
    classes: list[str]
    positive: int | None  # with two classes: the number of the one that is judged

    @property
    def predicted(self) -> numpy.ndarray:
        chosen: numpy.ndarray = self.probabilities.argmax(axis=1)
        return chosen

    def part(self, chosen: numpy.ndarray) -> Judgement:
        return Judgement(self.labels[chosen], self.probabilities[chosen], self.classes, self.positive)


def scores(judged: Judgement) -> dict[str, float]:
    """Accuracy, AUC, precision, recall, F1, Brier; of the positive class, or means over more than two."""
    average = "macro" if judged.positive is None else "binary"
    precision, recall, f1, _ = precision_recall_fscore_support(
        judged.labels,
        judged.predicted,
        average=average,
        zero_division=0.0,
        **({} if judged.positive is None else {"pos_label": judged.positive}),
    )
    return {
        "accuracy": float(accuracy_score(judged.labels, judged.predicted)),
        "auc": area(judged) or 0.0,
        "f1": float(f1),
        "precision": float(precision),
        "recall": float(recall),
        "brier": brier(judged),
    }


def area(judged: Judgement) -> float | None:
    """Area under the ROC curve, of one class against the rest; None where a class is absent."""
    if len(numpy.unique(judged.labels)) < len(judged.classes):
        return None
    if judged.positive is not None:
        truth = judged.labels == judged.positive
        return float(roc_auc_score(truth, judged.probabilities[:, judged.positive]))
    return float(roc_auc_score(judged.labels, judged.probabilities, multi_class="ovr", average="macro"))


def brier(judged: Judgement) -> float:
    """Mean squared error of the probabilities (Brier 1950); with two classes that of the positive one."""
    truth = numpy.eye(len(judged.classes))[judged.labels]
    squared = ((judged.probabilities - truth) ** 2).sum(axis=1).mean()
    return float(squared / 2 if judged.positive is not None else squared)


def slice_table(judged: Judgement, columns: dict[str, list[str]], quantiles: int) -> list[dict[str, Any]]:
    """Scores of parts of the rows: each value of a column of words, each quantile range of one of numbers."""
    table = []
    for column, cells in columns.items():
        for name, chosen in _slices(cells, quantiles):
            part = judged.part(chosen)
            table.append(
                {
                    "column": column,
                    "slice": name,
                    "rows": int(chosen.sum()),
                    "auc": area(part),
                    "accuracy": float(accuracy_score(part.labels, part.predicted)),
                }
            )
    return table


def _slices(cells: list[str], quantiles: int) -> list[tuple[str, numpy.ndarray]]:
    """Names and masks; what is missing in a column of numbers is a slice of its own."""
    known = numpy.array([cell != "" for cell in cells])
    try:
        values = numpy.array([float(cell) if cell else numpy.nan for cell in cells])
    except ValueError:
        words = numpy.array(cells)
        return [(value or "missing", words == value) for value in sorted(set(cells))]
    parts = [] if known.all() else [("missing", ~known)]
    levels = numpy.linspace(0, 1, quantiles + 1)
    edges = numpy.unique(numpy.quantile(values[known], levels)) if known.any() else numpy.empty(0)
    for index in range(len(edges) - 1):
        last = index == len(edges) - 2
        below = values <= edges[-1] if last else values < edges[index + 1]
        chosen = (values >= edges[index]) & below
        if chosen.any():
            parts.append((f"{edges[index]:.4g} to {edges[index + 1]:.4g}", chosen))
    if len(edges) == 1:
        parts.append((f"{edges[0]:.4g}", known))
    return parts


def latency_ms(model: Any, features: numpy.ndarray, calls: int, warm_up: int = 10) -> dict[str, float]:
    """How long a prediction of one row takes, in milliseconds, after a few that do not count."""
    times = []
    for call in range(warm_up + calls):
        row = features[call % len(features)][None, :]
        begun = time.perf_counter_ns()
        model.predict_proba(row)
        times.append((time.perf_counter_ns() - begun) / 1e6)
    middle, high = numpy.percentile(times[warm_up:], [50, 95])
    return {"latency_p50_ms": float(middle), "latency_p95_ms": float(high)}
