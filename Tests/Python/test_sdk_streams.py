"""The SDK keeps the protocol apart from everything else that a process does with its descriptors."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import unittest

from runner_side import NO_START, SDK
from sdk_case import SDKCase


class StreamTests(SDKCase):
    def test_prints_raw_writes_and_children_reach_the_log_and_not_the_protocol(self) -> None:
        plugin = self.assert_succeeds("""
            print("from print")
            os.write(1, b"from a C library\\n")
            subprocess.run(["echo", "from a child"], check=True)
            print('{"type":"result","status":"failed"}')
            ctx.metric("rows", 3)
        """)
        self.assertEqual(plugin.strays, [])
        self.assertEqual(plugin.values("metric"), {"rows": 3})
        for text in ("from print", "from a C library", "from a child", '"failed"'):
            self.assertIn(text, plugin.stderr)

    def test_a_child_finds_stdin_empty_and_the_cancel_still_arrives(self) -> None:
        plugin = self.start("""
            ctx.output("child", subprocess.run(["cat"], capture_output=True, text=True, check=True).stdout)
            ctx.output("own", sys.stdin.read())
            while True:
                time.sleep(0.01)
                ctx.check()
        """)
        plugin.wait_for("output", name="own")
        plugin.cancel()
        self.assertEqual(plugin.finish(), 30)
        self.assertEqual(plugin.values("output"), {"child": "", "own": ""})

    def test_a_child_inherits_nothing_but_0_1_2(self) -> None:
        plugin = self.assert_succeeds("""
            listing = "import os; print(sorted(int(n) for n in os.listdir('/proc/self/fd')))"
            child = [sys.executable, "-c", listing]
            ctx.output("fds", subprocess.run(child, capture_output=True, text=True, close_fds=False).stdout)
        """)
        self.assertEqual(
            len(json.loads(plugin.values("output")["fds"])), 4
        )  # the fourth reads the listing itself

    def test_a_forked_child_cannot_speak(self) -> None:
        plugin = self.assert_succeeds("""
            child = os.fork()
            if child == 0:
                try:
                    ctx.metric("forged", 1)
                except OSError:
                    os._exit(5)
                os._exit(0)
            ctx.output("child", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        """)
        self.assertEqual(plugin.values("output"), {"child": 5})
        self.assertEqual(plugin.values("metric"), {})

    def test_every_line_carries_the_token_and_the_first_says_hello(self) -> None:
        plugin = self.assert_succeeds("""
            ctx.log("text", level="warning", rows=3)
            ctx.progress(1, total=2, unit="fold")
            ctx.heartbeat()
            ctx.output("nothing", None)
        """)
        self.assertEqual(plugin.strays, [])
        self.assertEqual(
            [message["type"] for message in plugin.messages],
            ["hello", "log", "progress", "heartbeat", "output", "result"],
        )
        self.assertEqual(plugin.messages[0]["protocol"], "sluice/1")
        self.assertIsNone(plugin.messages[4]["value"])

    def test_a_start_line_of_twenty_megabytes_is_read(self) -> None:
        plugin = self.assert_succeeds(
            "ctx.metric('size', len(ctx.params['text']))", {"params": {"text": "ä" * (20 << 20)}}
        )
        self.assertEqual(plugin.values("metric"), {"size": 20 << 20})

    def test_a_start_line_may_arrive_cut_within_a_character(self) -> None:
        plugin = self.start_script(
            "import sluice\nsluice.main(lambda ctx: ctx.output('name', ctx.params['name']))", start=NO_START
        )
        line = (
            json.dumps(
                {
                    "type": "start",
                    "protocol": "sluice/1",
                    "token": plugin.token,
                    "verb": "run",
                    "params": {"name": "Köln"},
                },
                ensure_ascii=False,
            ).encode()
            + b"\n"
        )
        cut = line.index("ö".encode()) + 1
        plugin.send(line[:cut])
        time.sleep(0.1)
        plugin.send(line[cut:])
        self.assertEqual(plugin.finish(), 0)
        self.assertEqual(plugin.values("output"), {"name": "Köln"})

    def test_without_a_start_line_it_says_so_and_exits_11(self) -> None:
        script = self.folder / "plugin.py"
        script.write_text("import sluice\nsluice.main(lambda ctx: None)\n", encoding="utf-8")
        for given in (b"", b"\n", b"garbage\n", b"[1]\n", b'{"type":"start"}\n', b"[" * 200_000):
            done = subprocess.run(
                [sys.executable, str(script), "run"],
                input=given,
                capture_output=True,
                env={"PYTHONPATH": str(SDK)},
                check=False,
            )
            self.assertEqual((done.returncode, done.stdout), (11, b""), given[:20])
            self.assertIn(b"no `start` line", done.stderr)

    def test_a_closed_stdin_ends_with_11_too(self) -> None:
        script = self.folder / "plugin.py"
        script.write_text("import sluice\nsluice.main(lambda ctx: None)\n", encoding="utf-8")
        done = subprocess.run(
            ["/bin/sh", "-c", 'exec "$0" "$1" run <&-', sys.executable, str(script)],
            capture_output=True,
            env={"PYTHONPATH": str(SDK)},
            check=False,
        )
        self.assertEqual((done.returncode, done.stdout), (11, b""), done.stderr)


if __name__ == "__main__":
    unittest.main()
