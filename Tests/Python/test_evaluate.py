"""`evaluate-classifier`: numbers that can be checked, a report that stands alone, the model passed on."""

from __future__ import annotations

import csv
import json
import shutil
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from plugin_case import PluginCase, evaluated, prepared, read_json, run_plugin, trained


class EvaluateTests(PluginCase):
    plugin = "evaluate-classifier"

    def test_the_diagnostic_data_is_judged_well(self) -> None:
        metrics = evaluated().metrics
        self.assertGreaterEqual(metrics["auc"], 0.98)
        self.assertGreater(metrics["accuracy"], 0.95)
        self.assertLess(metrics["brier"], 0.05)
        self.assertLess(0, metrics["latency_p50_ms"])
        self.assertLessEqual(metrics["latency_p50_ms"], metrics["latency_p95_ms"])

    def test_metrics_are_equal_on_the_wire_in_the_file_and_in_the_report(self) -> None:
        attempt = evaluated()
        self.assertEqual(read_json(attempt.outputs["metrics"]), attempt.metrics)
        report = read_json(attempt.outputs["report"] / "report.json")
        self.assertEqual(report["metrics"], attempt.metrics)
        self.assertEqual(report["slices"], attempt.values["slices"])

    def test_slices_cover_every_row_once_per_column(self) -> None:
        slices = evaluated().values["slices"]
        for column, parts in (("diagnosis", 2), ("mean_radius", 4)):
            mine = [part for part in slices if part["column"] == column]
            self.assertEqual((len(mine), sum(part["rows"] for part in mine)), (parts, 143))
        accuracy = (
            sum(part["accuracy"] * part["rows"] for part in slices if part["column"] == "mean_radius") / 143
        )
        self.assertAlmostEqual(accuracy, evaluated().metrics["accuracy"], places=12)
        self.assertEqual(
            min(part["accuracy"] for part in slices), evaluated().metrics["worst_slice_accuracy"]
        )
        self.assertIsNone(slices[0]["auc"])

    def test_the_model_is_passed_on_unchanged(self) -> None:
        given, passed = trained().outputs["model"], evaluated().outputs["model"]
        for path in given.iterdir():
            self.assertEqual(path.read_bytes(), (passed / path.name).read_bytes())

    def test_the_report_is_well_formed_and_needs_no_other_file(self) -> None:
        report = evaluated().outputs["report"]
        for name in ("roc", "confusion", "calibration"):
            self.assertTrue(ElementTree.parse(report / f"{name}.svg").getroot().tag.endswith("svg"))
        page = (report / "index.html").read_text(encoding="utf-8")
        self.assertEqual(page.count("<svg"), 3)
        self.assertIn("mean_radius", page)
        self.assertNotIn("src=", page)

    def test_samples_are_raw_rows_of_the_test_set_with_what_the_model_says(self) -> None:
        report = evaluated().outputs["report"]
        samples = (report / "samples.csv").read_text().splitlines()
        raw = (prepared().outputs["test"] / "raw.csv").read_text().splitlines()
        self.assertEqual(samples[0], raw[0])
        self.assertLessEqual(set(samples), set(raw))
        expected = read_json(report / "expected.json")
        self.assertEqual(len(expected["probabilities"]), len(samples) - 1)
        for probabilities in expected["probabilities"]:
            self.assertAlmostEqual(sum(probabilities), 1, places=9)

    def test_names_out_of_the_data_cannot_break_the_report(self) -> None:
        with_markup = [f"{i},{(i * 7) % 13},{'<script>&' if i % 3 else 'a b'}" for i in range(80)]
        raw = self.file("raw.csv", "\n".join(["x<b>,y&z,target", *with_markup]) + "\n")
        attempt = self.chain(raw, {"slices": ["x<b>", "target"]})
        page = (attempt.outputs["report"] / "index.html").read_text(encoding="utf-8")
        self.assertNotIn("<script>", page)
        self.assertIn("&lt;script&gt;&amp;", page)
        ElementTree.parse(attempt.outputs["report"] / "confusion.svg")

    def test_three_classes_are_judged_by_means_over_them(self) -> None:
        lines = [f"{i % 3 + (i % 7) / 10},{i % 5},{'abc'[i % 3]}" for i in range(120)]
        raw = self.file("raw.csv", "\n".join(["x,y,target", *lines]) + "\n")
        attempt = self.chain(raw, {"slices": ["y"], "quantiles": 3})
        self.assertGreater(attempt.metrics["auc"], 0.9)
        self.assertGreater(attempt.metrics["f1"], 0.8)
        self.assertEqual((attempt.outputs["report"] / "roc.svg").read_text().count("AUC"), 3)

    def test_a_model_of_other_data_is_refused(self) -> None:
        raw = self.file(
            "raw.csv", "\n".join(["x,diagnosis", *(f"{i},{'ab'[i % 2]}" for i in range(60))]) + "\n"
        )
        other = run_plugin("prepare-tabular", self.folder, {"target": "diagnosis"}, {"raw": raw})
        inputs = {"model": trained().outputs["model"], "data": other.outputs["test"]}
        self.assert_error(self.run_it({}, inputs), "model.other-data", "classes differ")

    def test_a_damaged_model_is_refused(self) -> None:
        folder = self.folder / "model"
        shutil.copytree(trained().outputs["model"], folder)
        (folder / "model.joblib").write_bytes((folder / "model.joblib").read_bytes()[:200])
        inputs = {"model": folder, "data": prepared().outputs["test"]}
        self.assert_error(self.run_it({}, inputs), "model.unreadable", "cannot be loaded")
        (folder / "model.json").write_text(json.dumps({"format": "other/9"}))
        self.assert_error(self.run_it({}, inputs), "model.unreadable", "other/9")

    def test_a_slice_by_an_unknown_column_names_the_known(self) -> None:
        inputs = {"model": trained().outputs["model"], "data": prepared().outputs["test"]}
        self.assert_error(self.run_it({"slices": ["colour"]}, inputs), "slices.no-column", "'colour'")

    def chain(self, raw: Path, params: dict[str, object]):  # type: ignore[no-untyped-def]
        """Prepares, trains and evaluates with this table."""
        data = run_plugin(
            "prepare-tabular", self.folder, {"target": "target", "drop_duplicates": False}, {"raw": raw}
        )
        model = run_plugin("train-sklearn", self.folder, {"folds": 3}, {"data": data.outputs["train"]})
        self.assertEqual(model.status, 0, model.report())
        return self.succeed(params, {"model": model.outputs["model"], "data": data.outputs["test"]})


class SampleTests(PluginCase):
    def test_the_samples_spread_from_the_surest_to_the_least_sure(self) -> None:
        with (evaluated().outputs["report"] / "samples.csv").open(newline="") as file:
            self.assertEqual(len(list(csv.DictReader(file))), 12)
        sure = [
            max(row) for row in read_json(evaluated().outputs["report"] / "expected.json")["probabilities"]
        ]
        self.assertGreater(max(sure), 0.99)
        self.assertLess(min(sure), 0.8)


if __name__ == "__main__":
    unittest.main()
