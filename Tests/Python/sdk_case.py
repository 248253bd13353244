"""What the tests of the SDK share: a scratch folder and a plugin written down in the test."""

from __future__ import annotations

import tempfile
import textwrap
import unittest
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runner_side import PluginProcess, run_script

FRAME = """
import os, signal, subprocess, sys, threading, time
import sluice

def run(ctx):
{body}

sluice.main(run)
"""


class SDKCase(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="sluice-sdk-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def start(self, body: str, start: Mapping[str, Any] | None = None, **more: Any) -> PluginProcess:
        """A running plugin whose handler of the verb `run` has this body."""
        return self.start_script(
            FRAME.format(body=textwrap.indent(textwrap.dedent(body), "    ")), start, **more
        )

    def start_script(self, script: str, start: Mapping[str, Any] | None = None, **more: Any) -> PluginProcess:
        plugin = run_script(textwrap.dedent(script), self.folder, start, **more)
        self.addCleanup(plugin.kill)
        return plugin

    def finish(
        self, body: str, start: Mapping[str, Any] | None = None, **more: Any
    ) -> tuple[PluginProcess, int]:
        """The plugin after it has ended, and its exit status."""
        plugin = self.start(body, start, **more)
        return plugin, plugin.finish()

    def assert_succeeds(self, body: str, start: Mapping[str, Any] | None = None) -> PluginProcess:
        plugin, status = self.finish(body, start)
        self.assertEqual(status, 0, plugin.stderr)
        self.assertEqual(plugin.terminal["status"], "ok")
        return plugin
