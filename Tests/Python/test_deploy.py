"""`deploy-local`: whole releases, tried before and after an atomic switch that is undone when that fails."""

from __future__ import annotations

import contextlib
import csv
import fcntl
import os
import pickle
import shutil
import signal
import subprocess
import unittest
import zlib
from pathlib import Path
from typing import Any

from environment import plugin_python
from plugin_case import CANCER, Attempt, PluginCase, evaluated, prepared, read_json, start_plugin


class Trap:
    """A pickle that runs Python code when it is loaded, as a damaged or hostile model file may."""

    def __init__(self, code: str) -> None:
        self.code = code

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return eval, (self.code,)


class DeployTests(PluginCase):
    plugin = "deploy-local"

    def setUp(self) -> None:
        super().setUp()
        self.root = self.folder / "deployed"
        self.inputs = {name: evaluated().outputs[name] for name in ("model", "report")}

    def deploy(self, family: str = "logreg", **params: Any) -> Attempt:
        inputs = {name: evaluated(family).outputs[name] for name in ("model", "report")}
        return self.succeed({"root": str(self.root), **params}, inputs)

    def releases(self) -> list[str]:
        return sorted(path.name for path in (self.root / "releases").iterdir())

    def current(self) -> str:
        return os.path.basename(os.readlink(self.root / "current"))

    def assert_nothing_half_made(self) -> None:
        self.assertLessEqual({path.name for path in self.root.iterdir()}, {"releases", "current", ".lock"})

    def trapped(self, code: str) -> dict[str, Path]:
        """The inputs with a model that runs this code, an expression, when it is loaded."""
        folder = self.folder / f"trapped-{zlib.crc32(code.encode())}"
        shutil.copytree(self.inputs["model"], folder)
        (folder / "model.joblib").write_bytes(pickle.dumps(Trap(code)))
        return {**self.inputs, "model": folder}

    def good_until(self, condition: str) -> dict[str, Path]:
        """The inputs with a model that loads well until a condition on the call holds."""
        path = str(self.inputs["model"] / "model.joblib")
        return self.trapped(f"1 / 0 if {condition} else __import__('joblib').load({path!r})")

    def test_a_release_is_current_and_a_person_can_score_raw_rows_with_it(self) -> None:
        attempt = self.deploy()
        self.assertEqual(attempt.values["location"], str(self.root / "current"))
        self.assertEqual((attempt.values["release"], attempt.values["previous"]), (self.current(), None))
        done = subprocess.run(
            [plugin_python(), str(self.root / "current" / "predict.py"), str(CANCER)],
            capture_output=True,
            text=True,
            check=True,
            cwd=self.folder,
        )
        with CANCER.open(newline="") as file:
            truth = [row["diagnosis"] for row in csv.DictReader(file)]
        answers = list(csv.DictReader(done.stdout.splitlines()))
        hits = sum(answer["prediction"] == label for answer, label in zip(answers, truth, strict=True))
        self.assertGreater(hits / len(truth), 0.96)
        self.assertEqual(list(answers[0]), ["prediction", "p(benign)", "p(malignant)"])
        self.assert_nothing_half_made()

    def test_scores_of_raw_rows_are_those_of_the_prepared_rows(self) -> None:
        self.deploy(tolerance=0)
        raw = prepared().outputs["test"] / "raw.csv"
        done = subprocess.run(
            [plugin_python(), str(self.root / "current" / "predict.py"), str(raw)],
            capture_output=True,
            text=True,
            check=True,
        )
        answers = list(csv.DictReader(done.stdout.splitlines()))
        samples = (self.inputs["report"] / "samples.csv").read_text().splitlines()[1:]
        lines = raw.read_text().splitlines()[1:]
        for sample, wanted in zip(
            samples, read_json(self.inputs["report"] / "expected.json")["probabilities"], strict=True
        ):
            answer = answers[lines.index(sample)]
            self.assertEqual([float(answer["p(benign)"]), float(answer["p(malignant)"])], wanted)

    def test_predict_says_what_is_wrong_with_a_file(self) -> None:
        self.deploy()
        header, first, *_ = CANCER.read_text().splitlines()
        for text, words in [
            (f"{header}\n1,2\n", "line 2 has not as many fields"),
            ("a,b\n1,2\n", "is missing"),
            (f"{header}\noops{first[first.index(',') :]}\n", "line 2: 'oops' in column 'mean_radius'"),
            (f"{header}\n1e999{first[first.index(',') :]}\n", "is not a number"),
        ]:
            done = self.predict(self.file("rows.csv", text))
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn(words, done.stderr)
        self.assertIn("cannot be read", self.predict(self.folder / "absent.csv").stderr)
        empty = self.predict(self.file("rows.csv", f"{header}\n"))
        self.assertEqual((empty.returncode, len(empty.stdout.splitlines())), (0, 1))
        gap = self.predict(self.file("rows.csv", f"{header}\nNA{first[first.index(',') :]}\n"))
        self.assertEqual((gap.returncode, len(gap.stdout.splitlines())), (0, 2), gap.stderr)

    def test_predict_refuses_a_model_that_was_changed_after_the_deploy(self) -> None:
        self.deploy()
        (self.root / "current" / "model" / "model.joblib").write_bytes(pickle.dumps(Trap("print('run')")))
        done = self.predict(CANCER)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("is not the file that was deployed", done.stderr)

    def predict(self, rows: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [plugin_python(), str(self.root / "current" / "predict.py"), str(rows)],
            capture_output=True,
            text=True,
            check=False,
        )

    def test_inputs_that_may_only_be_read_make_a_release_that_can_be_removed(self) -> None:
        folder = self.folder / "read-only"
        shutil.copytree(self.inputs["model"], folder)
        for path in [*folder.iterdir(), folder]:
            path.chmod(0o555 if path.is_dir() else 0o444)
        self.succeed({"root": str(self.root)}, {**self.inputs, "model": folder})
        for path in (self.root / "releases").rglob("*"):
            self.assertTrue(path.stat().st_mode & 0o200, path)
        folder.chmod(0o755)

    def test_a_second_release_names_the_first_as_previous(self) -> None:
        first = self.deploy().values["release"]
        second = self.deploy("forest").values
        self.assertEqual((second["previous"], self.current()), (first, second["release"]))
        self.assertEqual(self.releases(), sorted([first, second["release"]]))
        about = read_json(self.root / "current" / "release.json")
        self.assertEqual(
            (about["family"], about["commit"], about["name"]), ("forest", "ab" * 20, second["release"])
        )

    def test_the_same_content_is_deployed_into_the_same_release(self) -> None:
        first = self.deploy().values["release"]
        self.assertEqual(self.deploy().values["release"], first)
        self.assertEqual(self.releases(), [first])

    def test_a_damaged_release_is_not_used_again(self) -> None:
        first = self.deploy().values["release"]
        (self.root / "releases" / first / "model" / "model.json").write_text("{}")
        os.rename(self.root / "releases" / first, self.root / "releases" / f"20200101T000000Z{first[16:]}")
        second = self.deploy().values["release"]
        self.assertFalse(second.startswith("2020"))
        self.assertEqual(read_json(self.root / "current" / "model" / "model.json")["family"], "logreg")

    def test_old_releases_go_but_the_former_one_stays(self) -> None:
        kept = [
            self.deploy(family, keep=1).values["release"] for family in ("logreg", "forest", "naive_bayes")
        ]
        self.assertEqual(self.releases(), sorted(kept[1:]))
        self.assertEqual(self.current(), kept[2])

    def test_a_model_that_cannot_be_loaded_changes_nothing(self) -> None:
        former = self.deploy().values["release"]
        for inputs in (
            self.trapped("1 / 0"),
            self.trapped("__import__('os')._exit(0)"),
            self.trapped("None"),
        ):
            attempt = self.run_it({"root": str(self.root)}, inputs)
            self.assertEqual((attempt.status, attempt.terminal["status"]), (10, "failed"), attempt.report())
            self.assertIn("before the switch, nothing has changed", attempt.terminal["reason"])
            self.assertEqual((self.current(), self.releases()), (former, [former]))
            self.assert_nothing_half_made()

    def test_a_model_that_answers_otherwise_than_it_was_judged_is_not_deployed(self) -> None:
        attempt = self.run_it(
            {"root": str(self.root)}, {**self.inputs, "model": evaluated("naive_bayes").outputs["model"]}
        )
        self.assertEqual(attempt.status, 10)
        self.assertIn("is off by", attempt.terminal["reason"])
        self.assertFalse((self.root / "current").is_symlink())

    def test_a_model_that_never_answers_is_not_deployed(self) -> None:
        attempt = self.run_it(
            {"root": str(self.root), "smoke_timeout_s": 3}, self.trapped("__import__('time').sleep(600)")
        )
        self.assertEqual(attempt.status, 10)
        self.assertIn("did not answer within 3 s", attempt.terminal["reason"])

    def test_when_the_switched_release_fails_the_former_one_comes_back(self) -> None:
        former = self.deploy().values["release"]
        attempt = self.run_it(
            {"root": str(self.root)}, self.good_until("'/current/' in __import__('sys').argv[0]")
        )
        self.assertEqual((attempt.status, attempt.terminal["status"]), (10, "failed"), attempt.report())
        self.assertIn("failed after the switch", attempt.terminal["reason"])
        self.assertIn(f"rolled back: current is {former} again", attempt.terminal["reason"])
        self.assertEqual(self.current(), former)
        self.assertEqual(self.predict(CANCER).returncode, 0)
        self.assert_nothing_half_made()

    def test_when_the_first_release_fails_after_the_switch_there_is_no_current_one(self) -> None:
        attempt = self.run_it(
            {"root": str(self.root)}, self.good_until("'/current/' in __import__('sys').argv[0]")
        )
        self.assertEqual(attempt.status, 10)
        self.assertIn("no current release, as before", attempt.terminal["reason"])
        self.assertFalse((self.root / "current").is_symlink())

    def test_a_signal_after_the_switch_brings_the_former_release_back(self) -> None:
        former = self.deploy().values["release"]
        slow = "__import__('time').sleep(600) if '/current/' in __import__('sys').argv[0]"
        path = str(self.inputs["model"] / "model.joblib")
        inputs = self.trapped(f"{slow} else __import__('joblib').load({path!r})")
        process, _ = start_plugin(self.plugin, self.folder, {"root": str(self.root)}, inputs)
        process.wait_for("progress", done=2)
        while self.current() == former:
            self.assertIsNone(process.process.poll(), process.stderr)
        process.cancel("timeout")
        os.kill(process.process.pid, signal.SIGTERM)
        self.assertEqual(process.finish(), 30, process.stderr)
        self.assertEqual(self.current(), former)

    def test_cleanup_removes_what_a_killed_attempt_left_and_may_be_repeated(self) -> None:
        former = self.deploy().values["release"]
        slow = self.trapped("__import__('time').sleep(600)")
        process, _ = start_plugin(self.plugin, self.folder, {"root": str(self.root)}, slow)
        process.wait_for("progress", done=1)
        process.kill()
        (self.root / ".incoming-left").mkdir()
        (self.root / ".incoming-left" / "half").write_text("made")
        (self.root / ".incoming-current").symlink_to("nowhere")
        for _ in range(2):
            self.succeed({"root": str(self.root)}, self.inputs, verb="cleanup")
            self.assert_nothing_half_made()
        self.assertEqual(self.current(), former)
        self.succeed({"root": str(self.folder / "never")}, {}, verb="cleanup")
        self.assertFalse((self.folder / "never").exists())

    def test_a_deploy_waits_for_another_one_and_can_be_cancelled_meanwhile(self) -> None:
        self.root.mkdir()
        with (self.root / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            process, _ = start_plugin(self.plugin, self.folder, {"root": str(self.root)}, self.inputs)
            process.wait_for("hello")
            process.cancel("superseded")
            self.assertEqual(process.finish(), 30, process.stderr)
            waiting, _ = start_plugin(self.plugin, self.folder, {"root": str(self.root)}, self.inputs)
            waiting.wait_for("hello")
            self.assertEqual(self.releases(), [])
        self.assertEqual(waiting.finish(), 0, waiting.stderr)

    def test_without_a_root_the_deployment_folder_is_used(self) -> None:
        attempt = self.succeed({}, self.inputs, start={"deployment": {"path": str(self.root)}})
        self.assertEqual(attempt.values["location"], str(self.root / "current"))
        for params in ({}, {"root": "relative/path"}):
            self.assert_error(self.run_it(params, self.inputs), "config.root", "root", "config")

    def test_folders_that_cannot_be_used_are_named(self) -> None:
        file = self.file("file", "x")
        attempt = self.run_it({"root": str(file / "below")}, self.inputs)
        self.assert_error(attempt, "deploy.folder", "cannot be used", "dependency", 22)
        (self.root / "current").mkdir(parents=True)
        attempt = self.run_it({"root": str(self.root)}, self.inputs)
        self.assert_error(attempt, "deploy.occupied", "not a link")

    def test_inputs_of_another_kind_are_refused(self) -> None:
        swapped = {"model": self.inputs["report"], "report": self.inputs["model"]}
        self.assert_error(self.run_it({"root": str(self.root)}, swapped), "deploy.input", "`model` has no")
        self.assertFalse(self.root.exists())

    def tearDown(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(self.root)
        super().tearDown()


if __name__ == "__main__":
    unittest.main()
