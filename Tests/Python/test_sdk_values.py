"""What the SDK lets a handler say, and what it refuses before the runner has to."""

from __future__ import annotations

import unittest

from sdk_case import SDKCase


class ValueTests(SDKCase):
    def assert_refused(self, statement: str, words: str) -> None:
        plugin, status = self.finish(statement)
        self.assertEqual((status, plugin.terminal["code"]), (1, "internal.exception"), statement)
        self.assertIn(words, plugin.terminal["message"])
        self.assertEqual([message["type"] for message in plugin.messages], ["hello", "error"])

    def test_metrics_must_be_finite_numbers(self) -> None:
        for value in ("float('nan')", "float('inf')", "-float('inf')", "True", "'0.9'", "None", "1j"):
            self.assert_refused(f"ctx.metric('auc', {value})", "metric 'auc' must be a finite number")
        self.assert_refused("ctx.metric('n', 2**53)", "largest integer")

    def test_a_number_that_numpy_would_give_is_taken(self) -> None:
        plugin = self.assert_succeeds("""
            class Scalar:
                def item(self): return 0.5
            ctx.metric("auc", Scalar())
            ctx.metric("auc", 0.25, step=3)
        """)
        self.assertEqual(plugin.values("metric"), {"auc": 0.5})
        plugin.wait_for("metric", name="auc", step=3)

    def test_outputs_that_json_cannot_carry_are_refused(self) -> None:
        self.assert_refused("ctx.output('t', {'a': [1, float('nan')]})", "nan")
        self.assert_refused("ctx.output('t', [2**60])", "largest integer")
        self.assert_refused("ctx.output('t', {1: 'a', '1': 'b'})", "must be text")
        self.assert_refused("ctx.output('t', 'x' * 70_000)", "65536 are allowed")
        self.assert_refused(
            "value = []\nfor _ in range(100): value = [value]\nctx.output('t', value)", "nested deeper"
        )
        self.assert_refused("ctx.log('text', data='x' * (2 << 20))", "over the protocol's")

    def test_text_of_any_kind_arrives(self) -> None:
        plugin = self.assert_succeeds(r"""
            ctx.output("text", "a\nb\x00\u2028 \U0001F600 \udc80")
        """)
        self.assertEqual(plugin.values("output"), {"text": "a\nb\x00\u2028 \U0001f600 ?"})

    def test_start_is_read_as_typed_values(self) -> None:
        plugin = self.assert_succeeds(
            """
            from pathlib import Path
            assert ctx.inputs["data"].path == Path("/data") and ctx.inputs["data"].digest == "abc"
            assert [one.instance for one in ctx.inputs["models"]] == ["train[model=a]", "train[model=b]"]
            assert ctx.outputs["model"].path == Path("/out/model") and ctx.outputs["model"].type == "model"
            assert ctx.grant.cpus == 2.5 and ctx.grant.memory == 1024 and ctx.grant.gpus == 0
            assert ctx.commit.trusted and ctx.commit.reference == "refs/heads/main"
            assert (ctx.seed, ctx.attempt, ctx.run, ctx.stage) == (11, 2, "r1", "train")
            assert ctx.scratch == Path("/scratch") and ctx.deployment == Path("/deploy")
            assert ctx.resume == {"checkpoint": "c1", "path": "/c1"}
        """,
            {
                "inputs": {
                    "data": {"path": "/data", "digest": "abc", "type": "dataset"},
                    "models": [
                        {"instance": "train[model=a]", "path": "/a", "digest": "1", "type": "model"},
                        {"instance": "train[model=b]", "path": "/b", "digest": "2", "type": "model"},
                    ],
                },
                "outputs": {"model": {"path": "/out/model", "type": "model"}},
                "stage": "train",
                "attempt": 2,
                "grant": {"profile": "small", "cpus": 2.5, "memory": 1024, "disk": None},
                "seed": 11,
                "commit": {"oid": "0" * 40, "reference": "refs/heads/main", "trusted": True},
                "scratch": "/scratch",
                "deployment": {"path": "/deploy"},
                "resume": {"checkpoint": "c1", "path": "/c1"},
            },
        )
        self.assertEqual(plugin.stderr, "")

    def test_params_become_the_plugins_own_dataclass(self) -> None:
        body = """
            import dataclasses
            @dataclasses.dataclass
            class Settings:
                target: str
                folds: int = 5
            settings = ctx.params_as(Settings)
            ctx.output("settings", dataclasses.asdict(settings))
        """
        plugin = self.assert_succeeds(body, {"params": {"target": "y"}})
        self.assertEqual(plugin.values("output")["settings"], {"target": "y", "folds": 5})
        for params, name in [({}, "target"), ({"target": "y", "fold": 3}, "fold")]:
            plugin, status = self.finish(body, {"params": params})
            self.assertEqual((status, plugin.terminal["code"]), (12, "config.params"))
            self.assertIn(name, plugin.terminal["message"])

    def test_a_checkpoint_is_named_relative_to_scratch_and_known_when_saved(self) -> None:
        plugin = self.start(
            """
            ctx.checkpoint("c1", ctx.scratch / "epoch-1")
            while "c1" not in ctx.saved:
                time.sleep(0.01)
        """,
            {"scratch": "/scratch"},
        )
        self.assertEqual(plugin.wait_for("checkpoint", id="c1")["path"], "epoch-1")
        plugin.send({"type": "saved", "checkpoint": "c1"})
        self.assertEqual(plugin.finish(), 0)

    def test_heartbeats_are_sent_in_the_background_while_the_block_runs(self) -> None:
        plugin = self.assert_succeeds("""
            with ctx.heartbeats(every_s=0.01):
                time.sleep(0.2)
            ctx.metric("mark", 1)
            time.sleep(0.1)
        """)
        kinds = [message["type"] for message in plugin.messages]
        self.assertIn("heartbeat", kinds)
        self.assertEqual(kinds[-2:], ["metric", "result"])


if __name__ == "__main__":
    unittest.main()
