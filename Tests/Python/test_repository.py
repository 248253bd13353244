"""What must stay in step between files that cannot share code: manifests, params, copies, pins, the data."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import unittest
from pathlib import Path
from typing import Any

from environment import plugin_python
from runner_side import ROOT

PLUGINS = ROOT / "plugins"
SETTINGS = {
    "prepare-tabular": "prepare.py",
    "train-sklearn": "families.py",
    "evaluate-classifier": "evaluate.py",
    "deploy-local": "deploy.py",
}
ABSENT = "no default"


def manifest_params(name: str) -> dict[str, Any]:
    """The params of a manifest with their defaults; a reader of just the lines that our manifests have."""
    text = (PLUGINS / name / "plugin.yaml").read_text(encoding="utf-8")
    block = text.partition("\n  properties:\n")[2].partition("\ninputs:")[0]
    params: dict[str, Any] = {}
    for match in re.finditer(r"^    (\w+):((?:.*)(?:\n      .*)*)", block, re.MULTILINE):
        default = re.search(
            r"\bdefault: (\[.*?\]|[^,}\n]+)", re.sub(r'description: (".*?"|[^,}\n]+)', "", match[2])
        )
        params[match[1]] = _value(default[1].strip()) if default else ABSENT
    return params


def settings_params(name: str) -> dict[str, Any]:
    """The fields of the plugin's dataclass `Settings` with their defaults."""
    module = ast.parse((PLUGINS / name / SETTINGS[name]).read_text(encoding="utf-8"))
    names = {
        node.targets[0].id: node.value
        for node in module.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    settings = next(
        node for node in module.body if isinstance(node, ast.ClassDef) and node.name == "Settings"
    )
    fields = [node for node in settings.body if isinstance(node, ast.AnnAssign)]
    return {
        node.target.id: _literal(node.value, names) for node in fields if isinstance(node.target, ast.Name)
    }


def _literal(node: ast.expr | None, names: dict[str, ast.expr]) -> Any:
    if isinstance(node, ast.Call):  # field(default_factory=list) or field(default_factory=lambda: NAME)
        factory = node.keywords[0].value
        return (
            ast.literal_eval(names[factory.body.id])
            if isinstance(factory, ast.Lambda) and isinstance(factory.body, ast.Name)
            else []
        )
    value = ABSENT if node is None else ast.literal_eval(node)
    return ABSENT if value is None else value


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


class RepositoryTests(unittest.TestCase):
    def test_all_plugins_pin_the_same_requirements_exactly(self) -> None:
        texts = {(PLUGINS / name / "requirements.txt").read_text() for name in SETTINGS}
        self.assertEqual(len(texts), 1)
        for line in texts.pop().splitlines():
            self.assertRegex(line, r"^[a-z0-9-]+==[0-9.]+$")

    def test_the_reader_of_datasets_is_the_same_in_both_plugins_that_have_it(self) -> None:
        copies = {
            (PLUGINS / name / "dataset.py").read_bytes() for name in ("train-sklearn", "evaluate-classifier")
        }
        self.assertEqual(len(copies), 1)

    def test_manifests_and_plugins_know_the_same_params_with_the_same_defaults(self) -> None:
        for name in SETTINGS:
            with self.subTest(name):
                params = manifest_params(name)
                self.assertGreaterEqual(len(params), 4)
                self.assertEqual(params, settings_params(name))

    def test_manifests_declare_the_metrics_that_a_run_reports(self) -> None:
        from plugin_case import evaluated, prepared, trained

        for name, attempt in [
            ("prepare-tabular", prepared()),
            ("train-sklearn", trained()),
            ("evaluate-classifier", evaluated()),
        ]:
            text = (PLUGINS / name / "plugin.yaml").read_text(encoding="utf-8")
            declared = re.findall(r"^  (\w+): \{ direction: m\w+imize \}", text, re.MULTILINE)
            self.assertEqual(sorted(declared), sorted(attempt.metrics))

    def test_the_data_set_is_the_one_that_scikit_learn_ships(self) -> None:
        readme = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
        script = readme.partition("```python\n")[2].partition("```")[0].replace('"breast_cancer.csv"', "1")
        made = subprocess.run([plugin_python(), "-c", script], capture_output=True, check=True)
        self.assertEqual(made.stdout, (ROOT / "data" / "breast_cancer.csv").read_bytes())

    def test_python_files_keep_to_the_line_length(self) -> None:
        for folder in (ROOT / "sdk", PLUGINS, Path(__file__).parent):
            for path in folder.rglob("*.py"):
                longest = max(map(len, path.read_text(encoding="utf-8").splitlines()), default=0)
                self.assertLessEqual(longest, 110, path)


if __name__ == "__main__":
    unittest.main()
