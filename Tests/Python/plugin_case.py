"""What the tests of the bundled plugins share: running one as the runner does, and a chain of them."""

from __future__ import annotations

import atexit
import functools
import json
import shutil
import tempfile
import unittest
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from environment import plugin_python
from runner_side import ROOT, PluginProcess

CANCER = ROOT / "data" / "breast_cancer.csv"
OUTPUTS = {
    "prepare-tabular": {"train": "dataset", "test": "dataset"},
    "train-sklearn": {"model": "model"},
    "evaluate-classifier": {"model": "model", "report": "report", "metrics": "metrics"},
    "deploy-local": {},
}


class Attempt(NamedTuple):
    """A plugin that has ended."""

    process: PluginProcess
    status: int
    outputs: dict[str, Path]

    @property
    def metrics(self) -> dict[str, float]:
        return self.process.values("metric")

    @property
    def values(self) -> dict[str, Any]:
        return self.process.values("output")

    @property
    def terminal(self) -> dict[str, Any]:
        return self.process.terminal

    def report(self) -> str:
        return f"{self.process.messages[-3:]}\n{self.process.stderr}"


def start_plugin(
    name: str, folder: Path, params: Mapping[str, Any], inputs: Mapping[str, Path], **more: Any
) -> tuple[PluginProcess, dict[str, Path]]:
    """Starts a bundled plugin; `folder` gets its outputs, workspace and scratch."""
    plugin = ROOT / "plugins" / name
    place = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=folder))
    for part in ("outputs", "workspace", "scratch"):
        (place / part).mkdir()
    outputs = {output: place / "outputs" / output for output in OUTPUTS[name]}
    script = {"prepare-tabular": "prepare", "train-sklearn": "train", "evaluate-classifier": "evaluate"}
    start = {
        "params": dict(params),
        "inputs": {
            key: {"path": str(path), "digest": "0" * 64, "type": "file"} for key, path in inputs.items()
        },
        "outputs": {key: {"path": str(path), "type": OUTPUTS[name][key]} for key, path in outputs.items()},
        "workspace": str(place / "workspace"),
        "scratch": str(place / "scratch"),
        "grant": {"profile": "small", "cpus": 1, "memory": 1 << 30, "gpus": 0},
        "commit": {"oid": "ab" * 20, "reference": "refs/heads/main", "trusted": True},
        **more.pop("start", {}),
    }
    command = [plugin_python(), str(plugin / f"{script.get(name, 'deploy')}.py")]
    return PluginProcess(command, place / "workspace", start, **more), outputs


def run_plugin(
    name: str, folder: Path, params: Mapping[str, Any], inputs: Mapping[str, Path], **more: Any
) -> Attempt:
    process, outputs = start_plugin(name, folder, params, inputs, **more)
    return Attempt(process, process.finish(), outputs)


@functools.cache
def lasting_folder() -> Path:
    """A folder for what several tests share; it goes with the test process."""
    folder = Path(tempfile.mkdtemp(prefix="sluice-plugins-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@functools.cache
def prepared() -> Attempt:
    return _good(run_plugin("prepare-tabular", lasting_folder(), {"target": "diagnosis"}, {"raw": CANCER}))


@functools.cache
def trained(model: str = "logreg") -> Attempt:
    inputs = {"data": prepared().outputs["train"]}
    return _good(run_plugin("train-sklearn", lasting_folder(), {"model": model, "folds": 3}, inputs))


@functools.cache
def evaluated(model: str = "logreg") -> Attempt:
    inputs = {"model": trained(model).outputs["model"], "data": prepared().outputs["test"]}
    params = {"slices": ["diagnosis", "mean_radius"], "latency_calls": 30}
    return _good(run_plugin("evaluate-classifier", lasting_folder(), params, inputs))


def _good(attempt: Attempt) -> Attempt:
    if attempt.status != 0 or attempt.terminal.get("status") != "ok":
        raise AssertionError(attempt.report())
    return attempt


class PluginCase(unittest.TestCase):
    plugin = ""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="sluice-plugin-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_it(self, params: Mapping[str, Any], inputs: Mapping[str, Path], **more: Any) -> Attempt:
        return run_plugin(self.plugin, self.folder, params, inputs, **more)

    def succeed(self, params: Mapping[str, Any], inputs: Mapping[str, Path], **more: Any) -> Attempt:
        attempt = _good(self.run_it(params, inputs, **more))
        self.assertEqual(attempt.process.strays, [])
        return attempt

    def assert_error(
        self, attempt: Attempt, code: str, words: str, error_class: str = "user", status: int = 12
    ) -> None:
        """A clear error: class, code, message and hint, and no traceback in place of a message."""
        self.assertEqual(attempt.terminal.get("code"), code, attempt.report())
        self.assertEqual((attempt.terminal["class"], attempt.status), (error_class, status))
        self.assertIn(words, attempt.terminal["message"])
        self.assertTrue(attempt.terminal.get("hint"))
        self.assertNotIn("Traceback", attempt.process.stderr)

    def file(self, name: str, text: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
