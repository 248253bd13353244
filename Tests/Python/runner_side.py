"""The runner's side of `sluice/1` for tests: starts a plugin, speaks to it over pipes, keeps what it said."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SDK = ROOT / "sdk" / "python"
PATIENCE_S = 120.0
NO_START: dict[str, Any] = {"type": "none"}  # a start that is not sent: the test writes its own


class PluginProcess:
    """One running plugin: `messages` are its lines with the token, `strays` all other lines of its stdout."""

    def __init__(
        self,
        command: list[str],
        folder: Path,
        start: Mapping[str, Any] | None = None,
        verb: str = "run",
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.token = secrets.token_hex(16)
        self.messages: list[dict[str, Any]] = []
        self.strays: list[bytes] = []
        self._stderr: list[bytes] = []
        self._news = threading.Condition()
        self._ended = False
        self._home = tempfile.TemporaryDirectory(prefix="sluice-home-")
        self.process = subprocess.Popen(
            [*command, verb],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            env={
                "PATH": os.environ["PATH"],
                "HOME": self._home.name,
                "TMPDIR": self._home.name,
                "SLUICE": "1",
                "LANG": "C.UTF-8",
                "OMP_NUM_THREADS": "1",
                "PYTHONPATH": str(SDK),
                "PYTHONDONTWRITEBYTECODE": "1",
                "PYTHONWARNINGS": "error",
                **(environment or {}),
            },
        )
        self._threads = [
            threading.Thread(target=self._read_stdout, daemon=True),
            threading.Thread(target=self._read_stderr, daemon=True),
        ]
        for thread in self._threads:
            thread.start()
        if start is not NO_START:
            self.send(
                {
                    "type": "start",
                    "protocol": "sluice/1",
                    "token": self.token,
                    "verb": verb,
                    "run": "r1",
                    "stage": "stage",
                    "attempt": 1,
                    "params": {},
                    "seed": 7,
                    **(start or {}),
                }
            )

    def send(self, message: Mapping[str, Any] | bytes) -> None:
        line = message if isinstance(message, bytes) else json.dumps(message).encode() + b"\n"
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(line)
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # it has ended already; its exit status says the rest

    def cancel(self, reason: str = "user", grace_s: float = 10) -> None:
        self.send({"type": "cancel", "reason": reason, "grace_s": grace_s})

    def hang_up(self) -> None:
        """Closes the plugin's stdin, as a runner that dies does."""
        assert self.process.stdin is not None
        self.process.stdin.close()

    def wait_for(self, type: str, **fields: Any) -> dict[str, Any]:
        """The first message of this type with these fields, waiting for it."""

        def found() -> dict[str, Any] | None:
            wanted = {"type": type, **fields}.items()
            return next((message for message in self.messages if wanted <= _flat(message).items()), None)

        with self._news:
            if not self._news.wait_for(lambda: found() or self._ended, PATIENCE_S):
                self.kill()
                raise AssertionError(f"no {type} {fields} came; {self.messages} {self.stderr}")
            message = found()
        if message is None:
            raise AssertionError(f"no {type} {fields} came; {self.messages} {self.stderr}")
        return message

    def finish(self) -> int:
        """Waits for the end of the process and of its output; the exit status."""
        try:
            status = self.process.wait(PATIENCE_S)
            for thread in self._threads:
                thread.join(PATIENCE_S)
            return status
        finally:
            self.kill()

    def kill(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if (
                stream is not None
                and not stream.closed
                and not any(thread.is_alive() for thread in self._threads)
            ):
                with contextlib.suppress(BrokenPipeError):
                    stream.close()
        self._home.cleanup()

    @property
    def stderr(self) -> str:
        return b"".join(self._stderr).decode("utf-8", "replace")

    @property
    def terminal(self) -> dict[str, Any]:
        """The one terminal line; more than one, or a line after it, is an error of the test."""
        ends = [
            index for index, message in enumerate(self.messages) if message["type"] in ("result", "error")
        ]
        if ends != [len(self.messages) - 1]:
            raise AssertionError(f"terminal lines at {ends} of {self.messages}\n{self.stderr}")
        return self.messages[-1]

    def values(self, type: str) -> dict[str, Any]:
        """Metrics (those without a step) or outputs, by name."""
        return {
            message["name"]: message["value"]
            for message in self.messages
            if message["type"] == type and "step" not in message
        }

    def _read_stdout(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            message = _parse(line)
            with self._news:
                if message.get("token") == self.token:
                    self.messages.append(message)
                else:
                    self.strays.append(line)
                self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()

    def _read_stderr(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self._stderr.append(line)


def _flat(message: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that can be compared as a set."""
    return {name: value for name, value in message.items() if not isinstance(value, (dict, list))}


def _parse(line: bytes) -> dict[str, Any]:
    """Reads as strictly as the runner: no NaN, no duplicate keys."""

    def refuse(constant: str) -> None:
        raise ValueError(constant)

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(pairs) != len(dict(pairs)):
            raise ValueError("duplicate keys")
        return dict(pairs)

    try:
        message = json.loads(line.decode("utf-8"), parse_constant=refuse, object_pairs_hook=unique)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}


def run_script(body: str, folder: Path, start: Mapping[str, Any] | None, **more: Any) -> PluginProcess:
    """Starts a plugin that is written down in a test: `body` is Python that calls `sluice.main`."""
    script = folder / "plugin.py"
    script.write_text(body, encoding="utf-8")
    return PluginProcess([sys.executable, str(script)], folder, start, **more)
