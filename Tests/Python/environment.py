"""The Python with the plugins' requirements: `SLUICE_TEST_PYTHON`, else one that is built once and kept."""

from __future__ import annotations

import fcntl
import functools
import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from runner_side import ROOT

REQUIREMENTS = ROOT / "plugins" / "train-sklearn" / "requirements.txt"


@functools.lru_cache(maxsize=1)
def plugin_python() -> str:
    """The interpreter of an environment that holds what requirements.txt pins."""
    given = os.environ.get("SLUICE_TEST_PYTHON")
    return given or str(_built() / "bin" / "python3")


def _built() -> Path:
    """An environment below the system's temporary folder, one per requirements and Python version."""
    key = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()[:12]
    place = Path(tempfile.gettempdir()) / f"sluice-test-python-{os.getuid()}-{key}"
    place.mkdir(mode=0o700, exist_ok=True)
    ready = place / "ready"
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(place / "env")], check=True)
            pip = [str(place / "env" / "bin" / "python3"), "-m", "pip", "install", "--quiet"]
            subprocess.run([*pip, "--only-binary", ":all:", "-r", str(REQUIREMENTS)], check=True)
            ready.touch()
    return place / "env"
