"""Three plots as SVG text: ROC curves, confusion matrix, calibration."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy
from scores import Judgement
from sklearn.calibration import calibration_curve
from sklearn.metrics import auc, confusion_matrix, roc_curve

SIZE, LEFT, TOP, RIGHT, BOTTOM = 440, 72, 36, 18, 54  # the plotted area is a square
INK, FAINT, COLOURS = "#1f2933", "#d9e2ec", ("#0b69a3", "#c65d21", "#2f8132", "#8719e0", "#a61b1b", "#486581")


def roc_plot(judged: Judgement) -> str:
    """A curve per class against the rest; with two classes that of the positive one."""
    shown = range(len(judged.classes)) if judged.positive is None else [judged.positive]
    parts = [_line([(0, 0), (1, 1)], FAINT, dashed=True)]
    legend = []
    for number, colour in zip(shown, COLOURS, strict=False):
        truth = judged.labels == number
        if truth.all() or not truth.any():
            continue
        false_rate, true_rate, _ = roc_curve(truth, judged.probabilities[:, number])
        parts.append(_line(list(zip(false_rate, true_rate, strict=True)), colour))
        legend.append((f"{judged.classes[number]}: AUC {auc(false_rate, true_rate):.4f}", colour))
    return _square("ROC", "false positive rate", "true positive rate", parts, legend)


def calibration_plot(judged: Judgement, bins: int = 10) -> str:
    """Predicted probability against what came true; of the positive class, else of the chosen class."""
    if judged.positive is not None:
        truth = judged.labels == judged.positive
        said, what = judged.probabilities[:, judged.positive], judged.classes[judged.positive]
    else:
        truth, said, what = (
            judged.labels == judged.predicted,
            judged.probabilities.max(axis=1),
            "chosen class",
        )
    true_share, mean_said = calibration_curve(truth, said, n_bins=bins, strategy="quantile")
    points = list(zip(mean_said, true_share, strict=True))
    dots = [f'<circle cx="{_x(x):.1f}" cy="{_y(y):.1f}" r="4" fill="{COLOURS[0]}"/>' for x, y in points]
    parts = [_line([(0, 0), (1, 1)], FAINT, dashed=True), _line(points, COLOURS[0]), *dots]
    return _square("Calibration", "predicted probability", "observed share", parts, [(what, COLOURS[0])])


def confusion_plot(judged: Judgement) -> str:
    """Counts of truth (rows) against prediction (columns), shaded by the share within the row."""
    classes = judged.classes
    counts = confusion_matrix(judged.labels, judged.predicted, labels=range(len(classes)))
    cell = (SIZE - LEFT - RIGHT) / len(classes)
    font = max(7, min(18, cell / 4))
    parts = []
    for row, column in numpy.ndindex(counts.shape):
        count = counts[row, column]
        share = count / max(1, counts[row].sum())
        x, y = LEFT + column * cell, TOP + row * cell
        ink = "#ffffff" if share > 0.5 else INK
        parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{cell:.1f}" height="{cell:.1f}" fill="{COLOURS[0]}" '
            f'fill-opacity="{0.06 + 0.9 * share:.2f}" stroke="#ffffff"/>'
        )
        parts.append(_text(x + cell / 2, y + cell / 2 + font / 3, f"{count}", font, ink))
    for index, name in enumerate(classes):
        middle = (index + 0.5) * cell
        label = min(12.0, font)
        parts.append(_text(LEFT + middle, SIZE - BOTTOM + 18, _short(name), label))
        parts.append(_text(LEFT - 10, TOP + middle, _short(name), label, turned=True))
    return _page("Confusion", "predicted", "true", parts)


def _square(
    title: str, x_label: str, y_label: str, parts: Sequence[str], legend: list[tuple[str, str]]
) -> str:
    """A plot whose axes both go from 0 to 1."""
    grid = []
    for tick in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        grid += [
            _line([(tick, 0), (tick, 1)], FAINT, 1),
            _line([(0, tick), (1, tick)], FAINT, 1),
            _text(_x(tick), SIZE - BOTTOM + 18, f"{tick:.1f}", 11),
            _text(LEFT - 18, _y(tick) + 4, f"{tick:.1f}", 11),
        ]
    entries = [
        _text(SIZE - RIGHT - 8, SIZE - BOTTOM - 12 - 18 * row, _short(text, 40), 12, colour, anchor="end")
        for row, (text, colour) in enumerate(reversed(legend))
    ]
    return _page(title, x_label, y_label, [*grid, *parts, *entries])


def _page(title: str, x_label: str, y_label: str, parts: Sequence[str]) -> str:
    middle = (LEFT + SIZE - RIGHT) / 2
    return (
        "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}" width="{SIZE}" '
                f'height="{SIZE}" role="img" aria-label="{escape(title)}" font-family="sans-serif">',
                f'<rect width="{SIZE}" height="{SIZE}" fill="#ffffff"/>',
                _text(middle, 24, title, 15),
                *parts,
                _text(middle, SIZE - 10, x_label, 12),
                _text(16, (TOP + SIZE - BOTTOM) / 2, y_label, 12, turned=True),
                "</svg>",
            ]
        )
        + "\n"
    )


def _x(value: float) -> float:
    return LEFT + value * (SIZE - LEFT - RIGHT)


def _y(value: float) -> float:
    return SIZE - BOTTOM - value * (SIZE - TOP - BOTTOM)


def _line(points: Sequence[tuple[float, float]], colour: str, width: float = 2, dashed: bool = False) -> str:
    path = " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y in points)
    dash = ' stroke-dasharray="5 5"' if dashed else ""
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"{dash}/>'


def _text(
    x: float,
    y: float,
    text: str,
    size: float,
    colour: str = INK,
    anchor: str = "middle",
    turned: bool = False,
) -> str:
    turn = f' transform="rotate(-90 {x:.1f} {y:.1f})"' if turned else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:.1f}" fill="{colour}" text-anchor="{anchor}"{turn}>'
        f"{escape(text)}</text>"
    )


def _short(text: str, most: int = 18) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
