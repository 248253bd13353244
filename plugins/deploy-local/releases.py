"""The folder of releases: each is written aside, made durable and moved into place whole."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import sluice

NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{12}")
HALF_MADE = ".incoming-"


class Releases:
    """Releases below one root. Whoever changes anything holds the lock."""

    def __init__(self, root: Path) -> None:
        self.root, self.folder, self.link = root, root / "releases", root / "current"

    @contextlib.contextmanager
    def locked(self, ctx: sluice.Context, patience_s: float) -> Iterator[None]:
        """Waits for other deploys to the same root; the lock goes with the process, however it ends."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.root / ".lock").open("w") as file:
            end = time.monotonic() + patience_s
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    ctx.check()
                    if time.monotonic() > end:
                        raise sluice.TransientError(
                            "another deploy holds the folder", code="deploy.locked"
                        ) from None
                    time.sleep(0.1)
            yield

    def current(self) -> str | None:
        """The release in force."""
        if not self.link.is_symlink():
            if self.link.exists():
                raise sluice.UserError(
                    f"{self.link} is not a link to a release",
                    code="deploy.occupied",
                    hint="move it away, or deploy to another `root`",
                )
            return None
        return Path(os.readlink(self.link)).name

    def write(self, sources: Mapping[str, Path], about: Mapping[str, Any]) -> str:
        """The name of a durable release of these folders and files; an intact equal one is used again."""
        staged = Path(tempfile.mkdtemp(prefix=HALF_MADE, dir=self.root))
        try:
            staged.chmod(0o755)
            for name, source in sources.items():
                copy(source, staged / name)
            files = digests(staged)
            content = hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()[:12]
            for name in self.names():
                if name.endswith(content) and self.is_intact(name, files):
                    return name
            name = f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{content}"
            text = json.dumps({"format": "sluice.release/1", "name": name, **about, "files": files}, indent=1)
            (staged / "release.json").write_text(text + "\n", encoding="utf-8")
            make_durable(staged)
            staged.rename(self.folder / name)
            sync(self.folder)
            return name
        finally:
            shutil.rmtree(staged, ignore_errors=True)

    def is_intact(self, name: str, files: Mapping[str, str]) -> bool:
        found = digests(self.folder / name)
        return found.pop("release.json", None) is not None and found == files

    def switch(self, name: str | None) -> None:
        """Makes a release the current one in one step; None: there is none any more."""
        if name is None:
            self.link.unlink(missing_ok=True)
        else:
            aside = self.root / f"{HALF_MADE}current"
            aside.unlink(missing_ok=True)
            aside.symlink_to(Path("releases") / name)
            aside.rename(self.link)
        sync(self.root)

    def names(self) -> list[str]:
        """All releases, the newest first."""
        return sorted(
            (path.name for path in self.folder.iterdir() if NAME.fullmatch(path.name)), reverse=True
        )

    def prune(self, keep: int, needed: set[str | None]) -> list[str]:
        """Removes all but the newest releases and those that are needed; the names of those that went."""
        gone = [name for name in self.names()[keep:] if name not in needed]
        for name in gone:
            self.remove(name)
        return gone

    def remove(self, name: str) -> None:
        """Moves the release away first, so that no half of it is ever seen."""
        aside = Path(tempfile.mkdtemp(prefix=HALF_MADE, dir=self.root))
        (self.folder / name).rename(aside / name)
        shutil.rmtree(aside, ignore_errors=True)

    def sweep(self) -> int:
        """Removes what deploys left half-made, which nobody works on while the lock is held."""
        left = list(self.root.glob(f"{HALF_MADE}*"))
        for path in left:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        return len(left)


def copy(source: Path, target: Path) -> None:
    """Copies contents and not rights: inputs may be read-only, and a release must be removable."""
    if source.is_dir():
        target.mkdir()
        for path in source.iterdir():
            copy(path, target / path.name)
    else:
        shutil.copyfile(source, target)


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of each file, by its path within the folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def make_durable(folder: Path) -> None:
    for path in folder.rglob("*"):
        sync(path)
    sync(folder)


def sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
