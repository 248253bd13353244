"""A cancel, a signal and the death of the runner all end a plugin in good order."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
import unittest

from runner_side import SDK, PluginProcess
from sdk_case import SDKCase

POLLING = """
    ctx.progress(1)
    while True:
        time.sleep(0.01)
        ctx.check()
"""
SLEEPING = """
    ctx.progress(1)
    time.sleep(600)
"""


class CancelTests(SDKCase):
    def assert_cancelled(self, plugin: PluginProcess, reason: str) -> None:
        self.assertEqual(plugin.finish(), 30, plugin.stderr)
        self.assertEqual(
            (plugin.terminal["status"], plugin.terminal["reason"]), ("failed", f"cancelled: {reason}")
        )

    def test_a_plugin_that_checks_ends_at_its_next_step(self) -> None:
        plugin = self.start(POLLING)
        plugin.wait_for("progress")
        plugin.cancel("superseded")
        self.assert_cancelled(plugin, "superseded")

    def test_a_cancel_interrupts_a_long_call_within_an_interruptible_block(self) -> None:
        plugin = self.start("""
            with ctx.interruptible():
                ctx.progress(1)
                time.sleep(600)
        """)
        plugin.wait_for("progress")
        plugin.cancel("budget")
        self.assert_cancelled(plugin, "budget")

    def test_a_cancel_before_the_block_ends_it_at_its_entry(self) -> None:
        plugin = self.start("""
            while not ctx.cancelled:
                time.sleep(0.01)
            with ctx.interruptible():
                ctx.metric("entered", 1)
        """)
        plugin.cancel()
        self.assert_cancelled(plugin, "user")
        self.assertEqual(plugin.values("metric"), {})

    def test_outside_of_such_a_block_the_work_is_finished(self) -> None:
        plugin = self.start("""
            ctx.progress(1)
            while not ctx.cancelled:
                time.sleep(0.01)
            time.sleep(0.1)
            ctx.metric("finished", 1)
        """)
        plugin.wait_for("progress")
        plugin.cancel()
        self.assertEqual((plugin.finish(), plugin.terminal["status"]), (0, "ok"))
        self.assertEqual(plugin.values("metric"), {"finished": 1})

    def test_sigterm_ends_a_plugin_that_never_checks(self) -> None:
        plugin = self.start(SLEEPING)
        plugin.wait_for("progress")
        os.kill(plugin.process.pid, signal.SIGTERM)
        self.assert_cancelled(plugin, "SIGTERM")

    def test_except_exception_does_not_swallow_it_and_finally_runs(self) -> None:
        plugin = self.start("""
            try:
                while True:
                    try:
                        ctx.progress(1)
                        time.sleep(600)
                    except Exception:
                        pass
            finally:
                ctx.metric("tidied", 1)
        """)
        plugin.wait_for("progress")
        plugin.cancel("timeout")
        os.kill(plugin.process.pid, signal.SIGTERM)
        self.assertEqual(plugin.finish(), 30)
        self.assertEqual(plugin.values("metric"), {"tidied": 1})

    def test_the_end_of_stdin_acts_like_a_cancel(self) -> None:
        plugin = self.start(POLLING)
        plugin.wait_for("progress")
        plugin.hang_up()
        self.assert_cancelled(plugin, "shutdown")

    def test_an_orphan_that_never_checks_ends_itself(self) -> None:
        plugin = self.start(SLEEPING)
        plugin.wait_for("progress")
        plugin.hang_up()
        self.assert_cancelled(plugin, "shutdown")

    def test_a_broken_stdout_acts_like_a_cancel_too(self) -> None:
        script = self.folder / "plugin.py"
        script.write_text(
            "import sluice\n\ndef run(ctx):\n    while True:\n        ctx.metric('rows', 1)\n"
            "        ctx.check()\n\nsluice.main(run)\n",
            encoding="utf-8",
        )
        with subprocess.Popen(
            [sys.executable, str(script), "run"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"PYTHONPATH": str(SDK)},
        ) as plugin:
            assert plugin.stdin is not None and plugin.stdout is not None
            plugin.stdin.write(b'{"type":"start","protocol":"sluice/1","token":"t","verb":"run"}\n')
            plugin.stdin.flush()
            plugin.stdout.readline()
            plugin.stdout.close()
            self.assertEqual(plugin.wait(60), 30)

    def test_a_signal_never_cuts_a_line_in_two(self) -> None:
        seed = random.randrange(1 << 32)
        print(f"seed {seed}")
        dice = random.Random(seed)
        for _ in range(12):
            plugin = self.start("""
                ctx.progress(1)
                while True:
                    ctx.log("x" * 100_000)
            """)
            plugin.wait_for("progress")
            time.sleep(dice.random() * 0.05)
            os.kill(plugin.process.pid, signal.SIGTERM)
            self.assert_cancelled(plugin, "SIGTERM")
            self.assertEqual(plugin.strays, [])

    def test_unknown_and_broken_lines_of_the_runner_are_ignored(self) -> None:
        plugin = self.start(POLLING)
        plugin.wait_for("progress")
        for line in (b"\n", b"garbage\n", b'{"type":"novelty"}\n', b'{"type":\n', b"\xff\xfe\n", b"[]\n"):
            plugin.send(line)
        plugin.cancel()
        self.assert_cancelled(plugin, "user")


if __name__ == "__main__":
    unittest.main()
