"""Sluice's SDK for plugins in Python: protocol `sluice/1`, one file, standard library only, Python ≥ 3.9.

    import sluice

    def run(ctx: sluice.Context) -> None:
        rows = load(ctx.inputs["data"].path)
        ctx.metric("rows", len(rows))
        save(rows, ctx.outputs["model"].path)

    if __name__ == "__main__":
        sluice.main(run)                       # or sluice.main({"run": run, "cleanup": cleanup})

A handler that returns has succeeded; that of the verb `estimate` returns a list of `Estimate`.
`raise sluice.Failed("auc 0.91 is under 0.95")` is its own verdict, `raise sluice.UserError("…", hint="…")`
and its siblings are errors with a class; anything else is a bug.

`main` moves the protocol to private descriptors, so that `print`, C libraries and child processes can write
to stdout (it is the log) and read stdin (it is empty) without touching it. It must run in the main thread.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, NoReturn, TypeVar

PROTOCOL = "sluice/1"
MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 60  # of a value; the protocol allows 64 for the whole line
MAX_LINE = 1 << 20
MAX_OUTPUT = 64 << 10
MAX_MESSAGE = 300
ORPHAN_GRACE_S = 10.0  # what is left to a plugin whose runner is gone

T = TypeVar("T")


class PluginError(Exception):
    """An error with a class, which decides who is to blame and whether a retry makes sense."""

    error_class, exit_status = "internal", 1

    def __init_subclass__(cls, error_class: str, exit_status: int) -> None:
        cls.error_class, cls.exit_status = error_class, exit_status

    def __init__(
        self, message: str, *, code: str = "", hint: str = "", detail: str = "", retry_after_s: float = 0
    ) -> None:
        super().__init__(message)
        self.code = code or f"{self.error_class}.error"
        self.hint, self.detail, self.retry_after_s = hint, detail, retry_after_s


class ConfigError(PluginError, error_class="config", exit_status=12):
    """The stage is configured wrongly: a param, a missing input, an unknown verb."""


class UserError(PluginError, error_class="user", exit_status=12):
    """What the user gave cannot be used: a corrupt file, a column that is not there."""


class TransientError(PluginError, error_class="transient", exit_status=20):
    """It may work when tried again."""


class ResourceError(PluginError, error_class="resource", exit_status=21):
    """More than the stage's grant is needed."""


class DependencyError(PluginError, error_class="dependency", exit_status=22):
    """Something outside is down."""


class Failed(Exception):
    """The plugin's own verdict: it worked, and the answer is no."""

    status, exit_status = "failed", 10


class Skipped(Exception):
    """There is nothing to do; what needs this stage's data is skipped too."""

    status, exit_status = "skipped", 0


class Cancelled(BaseException):
    """The stage was cancelled. Not an `Exception`, so that `except Exception` does not swallow it."""

    exit_status = 30


class Artifact(NamedTuple):
    """An input, or the place of an output: nothing is at its `path` yet, the parent exists."""

    path: Path
    type: str = "file"
    digest: str | None = None
    instance: str | None = None  # which one, when an input is a list


class Commit(NamedTuple):
    """The revision of the run; only trusted ones get secrets and deploys."""

    oid: str = ""
    reference: str | None = None
    trusted: bool = False


class Grant(NamedTuple):
    """What the gate has admitted: cores, bytes, devices, bytes per second."""

    profile: str | None = None
    cpus: float = 1
    memory: int | None = None
    gpus: int = 0
    disk: int | None = None
    network: int | None = None
    deadline: str | None = None


class Estimate(NamedTuple):
    """What a call would take with a profile: half of all are faster than `p50_s`, nine of ten
    than `p90_s`."""

    profile: str
    p50_s: float
    p90_s: float
    memory: int | None = None  # bytes
    cost: float | None = None


class _Channel:
    """The protocol's two descriptors, taken away from everything else in the process and its children."""

    def __init__(self) -> None:
        try:
            source = os.dup(0)  # os.dup gives close-on-exec descriptors
        except OSError:  # closed: nobody is there
            source = os.open(os.devnull, os.O_RDONLY)
        self.lines = open(source, "rb", closefd=False)
        self._sink = os.dup(1)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        if null > 0:
            os.close(null)
        os.dup2(2, 1)
        sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
        os.register_at_fork(after_in_child=self._abandon)

    def _abandon(self) -> None:
        """In a forked child: the protocol is the parent's alone, and SIGTERM simply ends the child."""
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.close(self.lines.fileno())
        os.close(self._sink)
        self._sink = -1

    def write(self, line: bytes) -> None:
        view = memoryview(line)
        while view:
            view = view[os.write(self._sink, view) :]


class Context:
    """All that a handler gets: what `start` says as typed values, and the lines that it may send."""

    def __init__(self, start: Mapping[str, Any], channel: _Channel) -> None:
        self.start = start
        self.verb: str = start.get("verb", "run")
        self.run: str = str(start.get("run", ""))
        self.stage: str = str(start.get("stage", ""))
        self.attempt: int = start.get("attempt", 1)
        self.params: dict[str, Any] = start.get("params") or {}
        self.seed: int = start.get("seed") or 0
        self.workspace = Path(start.get("workspace") or ".")
        self.scratch = Path(start.get("scratch") or ".")
        self.commit: Commit = _pick(Commit, start.get("commit"))
        self.grant: Grant = _pick(Grant, start.get("grant"))
        self.inputs: Mapping[str, Any] = _Artifacts("input", start.get("inputs"))  # one Artifact or a list
        self.outputs: Mapping[str, Artifact] = _Artifacts("output", start.get("outputs"))
        self.resume: Mapping[str, str] | None = start.get("resume")  # checkpoint, path
        place = (start.get("deployment") or {}).get("path")
        self.deployment: Path | None = Path(place) if place else None  # outlives the run, for deploys
        self.cancel_reason: str | None = None
        self._channel, self._lock = channel, threading.Lock()
        self._writer: int | None = None
        self._closed = self._calm = self._due = self._eager = False
        self._cancelled = threading.Event()
        self.saved: set[str] = set()  # the checkpoints that are durably stored

    # What a handler says

    def log(self, message: str, level: str = "info", **fields: Any) -> None:
        """A line of the stage's log; `level` is debug, info, warning or error."""
        self._send("log", level=level, message=str(message)[:MAX_OUTPUT], fields=fields or None)

    def progress(
        self, done: float, total: float | None = None, unit: str | None = None, message: str | None = None
    ) -> None:
        self._send("progress", done=done, total=total, unit=unit, message=message)

    def metric(self, name: str, value: float, step: int | None = None) -> None:
        """A finite number. The last one without a step is the stage's metric; steps make a curve."""
        number = value.item() if hasattr(value, "item") else value
        if isinstance(number, bool) or not isinstance(number, (int, float)) or not math.isfinite(number):
            raise ValueError(f"metric '{name}' must be a finite number, not {value!r}")
        self._send("metric", name=name, value=number, step=step)

    def output(self, name: str, value: Any) -> None:
        """A JSON value of at most 64 KiB, for the conditions and params of later stages."""
        size = len(_encode(value))
        if size > MAX_OUTPUT:
            raise ValueError(f"output '{name}' has {size} bytes and {MAX_OUTPUT} are allowed: write a file")
        self._send("output", name=name, value=value)

    def checkpoint(self, id: str, path: str | Path) -> None:
        """Offers a file or folder below `scratch`; it may be resumed from once `saved` holds its id."""
        self._send("checkpoint", id=id, path=os.path.relpath(self.scratch / path, self.scratch))

    def heartbeat(self) -> None:
        self._send("heartbeat")

    @contextlib.contextmanager
    def heartbeats(self, every_s: float = 10.0) -> Iterator[None]:
        """Sends heartbeats while the block runs: for long calls that say nothing themselves."""
        stop = threading.Event()

        def beat() -> None:
            while not stop.wait(every_s):
                self.heartbeat()

        thread = threading.Thread(target=beat, name="sluice-heartbeat", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def params_as(self, kind: type[T]) -> T:
        """The params as the plugin's own dataclass; the runner has checked them by the manifest's schema."""
        try:
            return kind(**self.params)
        except TypeError as error:
            raise ConfigError(f"the params do not fit: {error}", code="config.params") from None

    # Cancellation

    @property
    def cancelled(self) -> bool:
        """True once the runner has asked to stop, or is gone."""
        return self._cancelled.is_set()

    def check(self) -> None:
        """Raises `Cancelled` when the runner has asked to stop: call it between steps of work."""
        if self.cancelled:
            raise Cancelled(self.cancel_reason)

    @contextlib.contextmanager
    def interruptible(self) -> Iterator[None]:
        """Within this block a cancel raises `Cancelled` in the main thread at once, else SIGTERM does."""
        self._eager = True
        try:
            self.check()
            yield
        finally:
            self._eager = False

    def _listen(self) -> None:
        """The reader's thread: `cancel`, `saved`, and the end of input when the runner is gone."""
        for line in self._channel.lines:
            message = _parse(line)
            if message.get("type") == "cancel":
                self._cancel(str(message.get("reason")))
            elif message.get("type") == "saved":
                self.saved.add(str(message.get("checkpoint")))
        self._cancel("shutdown")
        time.sleep(ORPHAN_GRACE_S * 0.7)  # nobody is left to send SIGTERM and SIGKILL
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(ORPHAN_GRACE_S * 0.3)
        os._exit(Cancelled.exit_status)

    def _cancel(self, reason: str) -> None:
        self.cancel_reason = self.cancel_reason or reason
        self._cancelled.set()
        if self._eager:
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGURG)

    def _interrupt(self, number: int, _frame: object) -> None:
        """The signal handler: raises at most once, and never in the middle of a line."""
        if self._calm or (number == signal.SIGURG and not self._eager):
            return
        if self._writer == threading.get_ident():
            self._due = True
            return
        self._calm = True
        raise Cancelled(self.cancel_reason or signal.Signals(number).name)

    # Lines

    def _send(self, type: str, **fields: Any) -> None:
        kept = {name: value for name, value in fields.items() if value is not None or name == "value"}
        line = _encode({"type": type, "token": self.start["token"], **kept}) + b"\n"
        if len(line) > MAX_LINE:
            raise ValueError(f"a '{type}' line of {len(line)} bytes is over the protocol's {MAX_LINE}")
        with self._lock:
            if self._closed:  # the terminal line is out: nothing more may be said
                return
            self._closed, self._writer = type in ("result", "error"), threading.get_ident()
            try:
                self._channel.write(line)
            except BrokenPipeError:
                self._cancel("shutdown")
            finally:
                self._writer = None
        if self._due and threading.current_thread() is threading.main_thread():
            self._due, self._calm = False, True
            raise Cancelled(self.cancel_reason or "SIGTERM")


Handler = Callable[[Context], Any]


def main(handlers: Handler | Mapping[str, Handler]) -> NoReturn:
    """Serves the request that this process was started for, and exits. A lone function is the verb `run`."""
    channel = _Channel()
    start = _parse(channel.lines.readline())
    if start.get("type") != "start" or not isinstance(start.get("token"), str):
        print("sluice: no `start` line on stdin: this program is a plugin, Sluice starts it", file=sys.stderr)
        sys.exit(11)
    ctx = Context(start, channel)
    for number in (signal.SIGTERM, signal.SIGURG):
        signal.signal(number, ctx._interrupt)
    threading.Thread(target=ctx._listen, name="sluice-reader", daemon=True).start()
    status, line = _serve(ctx, {"run": handlers} if callable(handlers) else handlers)
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
    ctx._send(**line)
    sys.exit(status)


def _serve(ctx: Context, handlers: Mapping[str, Handler]) -> tuple[int, dict[str, Any]]:
    """Runs the handler; the answer is the exit status and the one terminal line that agrees with it."""
    try:
        try:
            _check_protocol(ctx.start.get("protocol"))
            ctx._send("hello", protocol=PROTOCOL)
            if ctx.verb not in handlers:
                raise ConfigError(f"this plugin has no verb '{ctx.verb}'", code="config.verb")
            answer = handlers[ctx.verb](ctx)
            if ctx.verb == "estimate":
                ctx._send("estimate", profiles=[_profile(one) for one in answer])
        finally:
            ctx._calm, ctx._due = True, False  # from here on no signal raises
    except (Failed, Skipped) as verdict:
        reason = str(verdict)[:MAX_OUTPUT]
        return verdict.exit_status, {"type": "result", "status": verdict.status, "reason": reason}
    except (Cancelled, KeyboardInterrupt) as stop:
        return Cancelled.exit_status, {"type": "result", "status": "failed", "reason": f"cancelled: {stop}"}
    except MemoryError:
        return _error(ResourceError("out of memory", code="resource.memory"))
    except PluginError as error:
        return _error(error)
    except BaseException as bug:
        traceback.print_exc()
        at = traceback.extract_tb(bug.__traceback__)[-1]
        place = f"{os.path.basename(at.filename)}:{at.lineno} in {at.name}"
        return _error(PluginError(f"{type(bug).__name__}: {bug}", code="internal.exception", detail=place))
    return 0, {"type": "result", "status": "ok"}


def _profile(estimate: Estimate) -> dict[str, Any]:
    more = {"memory": estimate.memory, "cost": estimate.cost}
    duration = {"p50": estimate.p50_s, "p90": estimate.p90_s}
    known = {name: value for name, value in more.items() if value is not None}
    return {"name": estimate.profile, "duration_s": duration, **known}


def _error(error: PluginError) -> tuple[int, dict[str, Any]]:
    """The terminal line of an error; what does not fit the message is in the detail."""
    message = str(error) or "no message"
    detail = f"{message} {error.detail}" if len(message) > MAX_MESSAGE else error.detail
    texts = {"code": error.code, "message": message[:MAX_MESSAGE], "hint": error.hint, "detail": detail}
    line = {name: str(text)[:MAX_OUTPUT] for name, text in texts.items() if text}
    return error.exit_status, {
        "type": "error",
        "class": error.error_class,
        **line,
        "retry_after_s": error.retry_after_s or None,
    }


def _check_protocol(asked: Any) -> None:
    """Within a major version everything is compatible; another one is exit 11, with both sides named."""
    name, _, version = str(asked).partition("/")
    major = version.partition(".")[0]
    if f"{name}/{major}" != PROTOCOL:
        newer = name == "sluice" and major.isdigit() and int(major) > int(PROTOCOL.partition("/")[2])
        error = ConfigError(
            f"the runner speaks {asked}, this plugin's SDK (sluice.py) speaks {PROTOCOL}",
            code="protocol.version",
            hint=f"upgrade the {'SDK' if newer else 'runner'}",
        )
        error.exit_status = 11
        raise error


class _Artifacts(dict[str, Any]):
    """A map whose missing names are errors of the stage's configuration."""

    def __init__(self, noun: str, given: Mapping[str, Any] | None) -> None:
        for name, item in (given or {}).items():
            many = isinstance(item, list)
            self[name] = [_pick(Artifact, one) for one in item] if many else _pick(Artifact, item)
        self.noun = noun

    def __missing__(self, name: str) -> NoReturn:
        raise ConfigError(
            f"the {self.noun} '{name}' is not connected",
            code=f"config.{self.noun}",
            hint=f"name it under the stage's {self.noun}s",
        )


def _pick(kind: Any, given: Any) -> Any:
    """The fields that we know of what the runner gave; those that it left out keep their defaults."""
    known = {name: given[name] for name in kind._fields if (given or {}).get(name) is not None}
    return kind(**{name: Path(value) if name == "path" else value for name, value in known.items()})


def _parse(line: bytes) -> dict[str, Any]:
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return message if isinstance(message, dict) else {}


def _encode(value: Any) -> bytes:
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _plain(value: Any, depth: int = 0) -> Any:
    """The value as the protocol's JSON: no NaN, no integers over 2^53-1, text as keys, NumPy unwrapped."""
    if depth > MAX_DEPTH:
        raise ValueError(f"a value is nested deeper than {MAX_DEPTH} levels")
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} is not a number that JSON can carry")
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        raise ValueError(f"{value} is over the protocol's largest integer, 2^53-1")
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise ValueError("the keys of a JSON object must be text")
        return {key: _plain(one, depth + 1) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one, depth + 1) for one in value]
    return str(value) if isinstance(value, Path) else value
