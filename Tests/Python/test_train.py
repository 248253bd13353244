"""`train-sklearn`: every family learns, with metrics per fold, reproducibly, and stops when asked."""

from __future__ import annotations

import json
import shutil
import unittest
from pathlib import Path

from plugin_case import PluginCase, prepared, read_json, start_plugin, trained

FAMILIES = ["logreg", "forest", "gradient_boosting", "hist_gradient_boosting", "svm", "knn", "naive_bayes"]


class TrainTests(PluginCase):
    plugin = "train-sklearn"

    @property
    def data(self) -> dict[str, Path]:
        return {"data": prepared().outputs["train"]}

    def test_every_family_learns_the_diagnostic_data(self) -> None:
        for family in FAMILIES:
            with self.subTest(family):
                attempt = trained(family)
                self.assertGreater(attempt.metrics["cv_auc"], 0.97)
                self.assertGreater(attempt.metrics["cv_accuracy"], 0.9)
                self.assertEqual(read_json(attempt.outputs["model"] / "model.json")["family"], family)

    def test_each_fold_is_a_point_of_the_curve_and_the_last_value_their_mean(self) -> None:
        attempt = self.succeed({"model": "naive_bayes", "folds": 7}, self.data)
        curve = {
            message["step"]: message["value"]
            for message in attempt.process.messages
            if message["type"] == "metric" and message["name"] == "cv_auc" and "step" in message
        }
        self.assertEqual(list(curve), list(range(1, 8)))
        self.assertAlmostEqual(attempt.metrics["cv_auc"], sum(curve.values()) / 7, places=12)
        attempt.process.wait_for("progress", done=8, total=8)

    def test_equal_inputs_give_equal_files_whatever_the_grant(self) -> None:
        made = []
        for cpus in (1, 2):
            attempt = self.succeed(
                {"model": "forest", "trees": 20}, self.data, start={"grant": {"cpus": cpus}}
            )
            made.append([path.read_bytes() for path in sorted(attempt.outputs["model"].iterdir())])
        self.assertEqual(made[0], made[1])

    def test_the_model_says_what_it_was_made_of(self) -> None:
        about = read_json(trained().outputs["model"] / "model.json")
        self.assertEqual(
            (about["estimator"], about["training_rows"], about["positive"]),
            ("LogisticRegression", 426, "malignant"),
        )
        self.assertEqual(about["training_data"], "0" * 64)
        self.assertEqual(about["hyper_parameters"]["C"], 1)
        self.assertEqual(len(about["features"]), 30)
        self.assertEqual(about["versions"]["scikit-learn"], "1.8.0")
        recipe = read_json(trained().outputs["model"] / "dataset.json")
        self.assertEqual([column["name"] for column in recipe["columns"]], about["features"])

    def test_a_subsample_is_a_stratified_share_of_the_rows(self) -> None:
        attempt = self.succeed({"subsample": 0.2}, self.data)
        self.assertEqual(attempt.metrics["train_rows"], 85)
        self.assert_error(self.run_it({"subsample": 0.001}, self.data), "train.too-few-rows", "too small")
        self.assert_error(
            self.run_it({"subsample": 0.03, "folds": 20}, self.data), "train.too-few-rows", "20 folds"
        )

    def test_hyper_parameters_that_do_not_fit_the_data_are_the_users(self) -> None:
        attempt = self.run_it({"model": "knn", "neighbors": 1000}, self.data)
        self.assert_error(attempt, "train.refused", "knn")

    def test_an_unknown_family_or_param_is_a_config_error(self) -> None:
        self.assert_error(self.run_it({"model": "oracle"}, self.data), "config.model", "oracle", "config")
        self.assertEqual(self.run_it({"tree": 3}, self.data).terminal["code"], "config.params")

    def test_what_is_no_dataset_is_refused(self) -> None:
        folder = self.folder / "broken"
        shutil.copytree(self.data["data"], folder)
        (folder / "data.csv").write_text("a,b\n1,oops\n")
        self.assert_error(self.run_it({}, {"data": folder}), "dataset.unreadable", "no prepared dataset")
        (folder / "dataset.json").write_text(json.dumps({"format": "other/1"}))
        self.assert_error(self.run_it({}, {"data": folder}), "dataset.unreadable", "other/1")
        self.assert_error(self.run_it({}, {"data": self.folder}), "dataset.unreadable", "no prepared dataset")
        missing = self.run_it({}, {})
        self.assertEqual((missing.terminal["code"], missing.status), ("config.input", 12))

    def test_a_cancel_between_folds_leaves_no_output(self) -> None:
        params = {"model": "forest", "trees": 3000, "folds": 50}
        process, outputs = start_plugin(self.plugin, self.folder, params, self.data)
        process.wait_for("progress", done=1)
        process.cancel("superseded")
        self.assertEqual(process.finish(), 30)
        self.assertEqual(process.terminal["reason"], "cancelled: superseded")
        self.assertFalse(outputs["model"].exists())


if __name__ == "__main__":
    unittest.main()
