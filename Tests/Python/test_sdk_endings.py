"""Each way a handler can end gives one terminal line, and the exit status that agrees with it."""

from __future__ import annotations

import unittest

from sdk_case import SDKCase


class EndingTests(SDKCase):
    def test_each_error_class_has_its_exit_status(self) -> None:
        for raised, error_class, status in [
            ("ConfigError", "config", 12),
            ("UserError", "user", 12),
            ("TransientError", "transient", 20),
            ("ResourceError", "resource", 21),
            ("DependencyError", "dependency", 22),
        ]:
            with self.subTest(raised):
                plugin, exit_status = self.finish(
                    f"raise sluice.{raised}('what', code='x.y', hint='how', detail='more', retry_after_s=3)"
                )
                self.assertEqual(exit_status, status)
                wanted = {
                    "type": "error",
                    "class": error_class,
                    "code": "x.y",
                    "message": "what",
                    "hint": "how",
                    "detail": "more",
                    "retry_after_s": 3,
                }
                self.assertEqual({**wanted, "token": plugin.token}, plugin.terminal)
                self.assertNotIn("Traceback", plugin.stderr)

    def test_an_estimate_is_one_line_before_the_result(self) -> None:
        script = """
            import sluice
            def estimate(ctx):
                large = sluice.Estimate("large", 1, 1, memory=1024, cost=0.5)
                return [sluice.Estimate("small", 1.5, 2), large]
            sluice.main({"estimate": estimate})
        """
        plugin = self.start_script(script, {"verb": "estimate"})
        self.assertEqual(plugin.finish(), 0, plugin.stderr)
        self.assertEqual([line["type"] for line in plugin.messages], ["hello", "estimate", "result"])
        profiles = [
            {"name": "small", "duration_s": {"p50": 1.5, "p90": 2}},
            {"name": "large", "duration_s": {"p50": 1, "p90": 1}, "memory": 1024, "cost": 0.5},
        ]
        self.assertEqual(plugin.messages[1]["profiles"], profiles)

    def test_verdicts_are_results(self) -> None:
        for raised, status, exit_status in [("Failed", "failed", 10), ("Skipped", "skipped", 0)]:
            plugin, ended = self.finish(f"raise sluice.{raised}('auc 0.91 is under 0.95')")
            self.assertEqual(ended, exit_status)
            self.assertEqual(
                (plugin.terminal["status"], plugin.terminal["reason"]), (status, "auc 0.91 is under 0.95")
            )

    def test_any_other_exception_is_internal_with_its_place_and_the_traceback_on_stderr(self) -> None:
        plugin, status = self.finish("ctx.params['absent']")
        self.assertEqual(status, 1)
        self.assertEqual(
            (plugin.terminal["class"], plugin.terminal["code"]), ("internal", "internal.exception")
        )
        self.assertIn("KeyError", plugin.terminal["message"])
        self.assertRegex(plugin.terminal["detail"], r"plugin\.py:\d+ in run")
        self.assertIn("Traceback", plugin.stderr)

    def test_an_exit_in_the_middle_is_no_success(self) -> None:
        for call in ("sys.exit(0)", "raise SystemExit", "raise GeneratorExit"):
            plugin, status = self.finish(call)
            self.assertEqual((status, plugin.terminal["class"]), (1, "internal"), call)

    def test_out_of_memory_is_of_class_resource(self) -> None:
        plugin, status = self.finish("raise MemoryError")
        self.assertEqual((status, plugin.terminal["class"]), (21, "resource"))

    def test_a_long_message_is_cut_and_kept_whole_in_the_detail(self) -> None:
        plugin, _ = self.finish("raise sluice.UserError('ü' * 1000)")
        self.assertEqual(len(plugin.terminal["message"]), 300)
        self.assertIn("ü" * 1000, plugin.terminal["detail"])

    def test_texts_of_any_length_and_no_text_at_all_end_well(self) -> None:
        for raised in (
            "Failed('x' * (3 << 20))",
            "UserError('', hint='y' * (3 << 20), detail='z' * (3 << 20))",
        ):
            plugin, status = self.finish(f"raise sluice.{raised}")
            self.assertIn(status, (10, 12))
            self.assertTrue(plugin.terminal.get("reason") or plugin.terminal.get("message"))

    def test_another_major_version_ends_with_11_and_names_both_sides(self) -> None:
        for asked, upgrade in [
            ("sluice/2", "SDK"),
            ("sluice/0", "runner"),
            ("other/1", "runner"),
            (None, "runner"),
        ]:
            plugin, status = self.finish("ctx.metric('ran', 1)", {"protocol": asked})
            self.assertEqual(
                (status, plugin.terminal["class"], plugin.terminal["code"]),
                (11, "config", "protocol.version"),
            )
            self.assertIn(f"the runner speaks {asked}", plugin.terminal["message"])
            self.assertIn("speaks sluice/1", plugin.terminal["message"])
            self.assertEqual(plugin.terminal["hint"], f"upgrade the {upgrade}")
            self.assertEqual(plugin.values("metric"), {})

    def test_a_later_minor_version_with_unknown_fields_is_spoken(self) -> None:
        plugin, status = self.finish(
            "pass",
            {
                "protocol": "sluice/1.7",
                "grant": {"cpus": 2, "novelty": 1},
                "novelty": {"a": 1},
                "inputs": {"a": {"path": "/x", "novelty": 1}},
            },
        )
        self.assertEqual(status, 0, plugin.stderr)

    def test_verbs_find_their_handlers(self) -> None:
        script = """
            import sluice
            sluice.main({"run": lambda ctx: ctx.output("verb", "run"),
                         "cleanup": lambda ctx: ctx.output("verb", "cleanup")})
        """
        for verb in ("run", "cleanup"):
            plugin = self.start_script(script, verb=verb)
            self.assertEqual((plugin.finish(), plugin.values("output")), (0, {"verb": verb}))
        plugin = self.start_script(script, verb="estimate")
        self.assertEqual((plugin.finish(), plugin.terminal["code"]), (12, "config.verb"))

    def test_nothing_follows_the_terminal_line(self) -> None:
        plugin = self.assert_succeeds("""
            def chatter():
                while True:
                    ctx.metric("late", 1)
            for _ in range(4):
                threading.Thread(target=chatter, daemon=True).start()
            time.sleep(0.05)
        """)
        self.assertGreater(len(plugin.messages), 2)
        self.assertEqual(plugin.strays, [])

    def test_what_is_not_connected_is_named(self) -> None:
        plugin, status = self.finish("ctx.inputs['data'].path")
        self.assertEqual((status, plugin.terminal["code"]), (12, "config.input"))
        self.assertIn("'data'", plugin.terminal["message"])


if __name__ == "__main__":
    unittest.main()
