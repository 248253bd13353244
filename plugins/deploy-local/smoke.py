"""The smoke test: a fresh Python process scores real rows with a release, as a person would."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path


def smoke_test(release: Path, tolerance: float, timeout_s: float) -> str | None:
    """What is wrong with the release, or None: its predictions are those that the evaluation has recorded."""
    expected = json.loads((release / "report" / "expected.json").read_text(encoding="utf-8"))
    command = [sys.executable, "-I", str(release / "predict.py"), str(release / "report" / "samples.csv")]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            cwd="/",
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"predict.py did not answer within {timeout_s:g} s"
    if done.returncode != 0:
        sys.stderr.write(done.stderr)
        last = done.stderr.strip().splitlines()[-1:] or ["no message"]
        return f"predict.py ended with status {done.returncode}: {last[0]}"
    return _difference(done.stdout, expected["classes"], expected["probabilities"], tolerance)


def _difference(answer: str, classes: list[str], expected: list[list[float]], tolerance: float) -> str | None:
    header, *lines = csv.reader(answer.splitlines()) if answer else [[]]
    if header != ["prediction", *(f"p({name})" for name in classes)] or len(lines) != len(expected):
        return f"predict.py answered {len(lines)} rows under {header}, {len(expected)} are expected"
    for number, (line, wanted) in enumerate(zip(lines, expected, strict=True), start=1):
        off = max(abs(float(cell) - value) for cell, value in zip(line[1:], wanted, strict=True))
        if not off <= tolerance:
            return f"row {number} has a probability that is off by {off:.3g}; {tolerance:g} is allowed"
    return None
