"""The families of classifiers, and how the params become their hyper-parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sklearn.base import ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC


@dataclass
class Settings:
    """The params of plugin.yaml. A family takes those that concern it and leaves the others alone."""

    model: str = "logreg"
    folds: int = 5
    subsample: float = 1
    seed: int | None = None
    balanced: bool = False
    c: float = 1
    max_iter: int = 1000
    kernel: str = "rbf"
    trees: int = 200
    max_depth: int | None = None
    learning_rate: float = 0.1
    neighbors: int = 7

    @property
    def class_weight(self) -> str | None:
        return "balanced" if self.balanced else None


def logreg(s: Settings, seed: int, _jobs: int) -> ClassifierMixin:
    return LogisticRegression(C=s.c, max_iter=s.max_iter, class_weight=s.class_weight, random_state=seed)


def forest(s: Settings, seed: int, jobs: int) -> ClassifierMixin:
    return RandomForestClassifier(
        n_estimators=s.trees,
        max_depth=s.max_depth,
        class_weight=s.class_weight,
        random_state=seed,
        n_jobs=jobs,
    )


def gradient_boosting(s: Settings, seed: int, _jobs: int) -> ClassifierMixin:
    return GradientBoostingClassifier(
        n_estimators=s.trees, max_depth=s.max_depth or 3, learning_rate=s.learning_rate, random_state=seed
    )


def hist_gradient_boosting(s: Settings, seed: int, _jobs: int) -> ClassifierMixin:
    return HistGradientBoostingClassifier(
        max_iter=s.trees,
        max_depth=s.max_depth,
        learning_rate=s.learning_rate,
        class_weight=s.class_weight,
        random_state=seed,
    )


def svm(s: Settings, seed: int, _jobs: int) -> ClassifierMixin:
    """A support vector machine with Platt's (1999) calibration, for it has no probabilities of its own."""
    machine = SVC(C=s.c, kernel=s.kernel, class_weight=s.class_weight, random_state=seed)
    return CalibratedClassifierCV(machine, method="sigmoid", ensemble=False, cv=3)


def knn(s: Settings, _seed: int, jobs: int) -> ClassifierMixin:
    return KNeighborsClassifier(n_neighbors=s.neighbors, weights="distance", n_jobs=jobs)


def naive_bayes(_settings: Settings, _seed: int, _jobs: int) -> ClassifierMixin:
    return GaussianNB()


FAMILIES: dict[str, Callable[[Settings, int, int], Any]] = {
    family.__name__: family
    for family in (logreg, forest, gradient_boosting, hist_gradient_boosting, svm, knn, naive_bayes)
}
