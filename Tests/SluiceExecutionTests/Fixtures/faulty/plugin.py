"""A plugin that keeps the contract, without an SDK, except for the one case that the file `fault` beside it names."""
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
FAULT = open(f"{HERE}/fault").read().strip()
# Long enough for a line to come while it works.
HEARS = ("cancel.", "stdin.", "cleanup.after-kill", "cleanup.after-cancel", "checkpoint.saved")
WORKS = FAULT.startswith(HEARS)
cancelled = threading.Event()
reasons = []


def fault(name):
    return FAULT == name


def leave(status):
    sys.stdout.flush()
    os._exit(status)


def hang():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(600)


def read_start():
    if sys.stdin is None:
        leave(0 if fault("start.closed-stdin") else 11)
    raw = os.read(0, 1 << 16) if fault("start.split") else sys.stdin.buffer.readline()
    if fault("start.crlf") and raw.endswith(b"\r\n") or fault("start.escaped") and b"\\u002f" in raw:
        leave(1)
    if fault("start.long") and len(raw) > 1 << 20 or fault("start.giant-params") and len(raw) > 200_000:
        leave(1)
    if not raw:
        leave(0 if fault("start.none") else 11)
    try:
        return json.loads(raw)
    except ValueError:
        leave(0 if fault("start.garbage") else 11)


def say(kind, **fields):
    if fault("stdout.closed"):
        try:
            os.write(1, b" \n")
        except BrokenPipeError:
            hang()
    line = json.dumps({"type": kind, "token": start["token"], **fields})
    try:
        print(line, flush=True)
    except BrokenPipeError:
        leave(30)


def end(with_status, kind, **fields):
    if fault("lines.ended"):
        os.write(1, json.dumps({"type": kind, "token": start["token"], **fields}).encode())
        leave(with_status)
    say(kind, **fields)
    if fault("end.one-terminal"):
        say(kind, **fields)
    if fault("end.nothing-after"):
        say("log", message="one thing more")
    leave(3 if fault("end.agrees") else with_status)


def stop():
    reason = reasons[0]
    known = ("user", "shutdown", "timeout")
    if fault("cancel.unknown-reason") and reason not in known:
        leave(7)
    if FAULT in ("cancel.at-once", "cancel.at-boundaries") and reason == "user":
        hang()
    if fault("cancel.twice"):
        time.sleep(0.2)
        if len(reasons) > 1:
            hang()
    if FAULT.startswith("stdin.") and reason == "shutdown":
        hang()
    end(30, "result", status="failed", reason=f"cancelled: {reason}")


def listen():
    for raw in sys.stdin.buffer:
        message = json.loads(raw)
        if message["type"] == "cancel":
            reasons.append(message["reason"])
            cancelled.set()
        elif message["type"] == "saved":
            if fault("checkpoint.saved") or fault("runner.unknown-saved") and message["checkpoint"] != "first":
                leave(9)
        elif fault("runner.unknown-type"):
            leave(9)
    if not reasons:
        reasons.append("shutdown")
        cancelled.set()


def work(seconds):
    if cancelled.wait(seconds):
        stop()


def check_start():
    wire = start["protocol"]
    if wire != "sluice/1" and not (wire.startswith("sluice/1.") and not fault("start.minor-version")):
        if fault("start.newer-protocol") and wire == "sluice/2":
            return
        if not fault("start.version-text"):
            print(f"the runner speaks {wire}, this is sluice/1", file=sys.stderr)
        leave(11)
    for one in start["inputs"].values():
        if fault("start.unknown-fields") and "x_unknown" in one:
            leave(1)
    if fault("start.odd-paths") and " " in start["workspace"]:
        leave(1)


def run():
    scratch = start["scratch"]
    open(f"{scratch}/started", "w").close()
    if "resume" in start and fault("checkpoint.resume"):
        leave(1)
    if fault("cancel.sigterm"):
        signal.signal(signal.SIGTERM, lambda *_: hang())
    if fault("messages.hello"):
        say("log", message="first")
    say("hello", protocol="sluice/1")
    if fault("end.in-time"):
        hang()
    if FAULT in ("end.no-leftovers", "cancel.no-leftovers"):
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.Popen(["sleep", "600"], start_new_session=True, **quiet)
    if fault("cancel.agrees"):
        leave(30)
    if fault("lines.token"):
        print(json.dumps({"type": "log", "message": "without"}), flush=True)
    if fault("lines.well-formed"):
        print('{"token":"%s","type":"log","message":"a","message":"b"}' % start["token"], flush=True)
    if fault("lines.known-types"):
        say("metrics", name="lines", value=1)
    if fault("lines.secrets"):
        print(os.environ["TOKEN"], file=sys.stderr)
    if fault("messages.metric-rate"):
        for step in range(1500):
            say("metric", name="loss", value=1, step=step)
    if fault("messages.names"):
        for number in range(1001):
            say("output", name=f"value-{number}", value=1)
    offered = "/tmp" if fault("checkpoint.path") else "first"
    open(f"{scratch}/first", "w").close()
    say("checkpoint", id="first", path=offered)
    work(1.5 if WORKS else 0.02)
    files(scratch)
    if start["params"].get("bad"):
        message = "x" * 400 if fault("end.error-text") else "it is bad"
        end(12, "error", **{"class": "user", "code": "user.bad", "message": message})
    end(0, "result", status="ok")


def files(scratch):
    place, text = start["outputs"]["count"]["path"], start["inputs"]["text"]["path"]
    value = "many" if fault("lines.fields") else random.random() if fault("pure.metrics") else 3
    if not fault("messages.metrics"):
        say("metric", name="lines", value=value)
    say("output", name="kind", value=random.random() if fault("pure.values") else "text")
    if fault("outputs.regular"):
        os.symlink("/etc/hostname", place)
    elif not fault("outputs.exist"):
        with open(place, "w") as output:
            output.write(str(random.random()) if fault("pure.outputs") else "3")
    if fault("outputs.declared"):
        open(os.path.dirname(place) + "/other", "w").close()
    if fault("files.inputs"):
        os.chmod(text, 0o644)
        open(text, "a").write("more")
    if fault("files.plugin"):
        open(f"{HERE}/cache", "w").close()
    if fault("files.outside"):
        open("../left", "w").close()
    open(f"{scratch}/ended", "w").close()


def estimate():
    low = 5 if fault("estimate.profiles") else 1
    high = 2 + random.random() if fault("estimate.repeatable") else 2
    answer = [{"name": "default", "duration_s": {"p50": low, "p90": high}}]
    for _ in range(2 if fault("estimate.one-line") else 1):
        say("estimate", profiles=answer)
    if fault("estimate.no-outputs"):
        open(start["outputs"]["count"]["path"], "w").close()
    if fault("estimate.ends"):
        leave(1)
    end(0, "result", status="ok")


def cleanup():
    scratch = start["scratch"]
    has = {name: os.path.exists(f"{scratch}/{name}") for name in ("started", "ended", "cleaned")}
    if fault("cleanup.after-run") and has["started"] or fault("cleanup.twice") and has["cleaned"]:
        leave(1)
    if fault("cleanup.without-run") and not has["started"]:
        leave(1)
    if FAULT in ("cleanup.after-kill", "cleanup.after-cancel") and has["started"] and not has["ended"]:
        leave(1)
    open(f"{scratch}/cleaned", "w").close()
    end(0, "result", status="ok")


start = read_start()
check_start()
threading.Thread(target=listen, daemon=True).start()
verbs = {"run": run, "estimate": estimate, "cleanup": cleanup}
if start["verb"] not in verbs:
    end(0, "result", status="ok") if fault("start.unknown-verb") else leave(12)
verbs[start["verb"]]()
