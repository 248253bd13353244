"""Deploys a judged model to a folder of this machine; see plugin.yaml."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

import sluice
from releases import Releases
from smoke import smoke_test

HERE = Path(__file__).resolve().parent
NEEDED = {"model": ["model.joblib", "model.json", "dataset.json"], "report": ["samples.csv", "expected.json"]}
LOCK_PATIENCE_S = 60.0
CLEANUP_PATIENCE_S = 20.0


@dataclass
class Settings:
    """The params of plugin.yaml."""

    root: str | None = None
    keep: int = 5
    tolerance: float = 1e-6
    smoke_timeout_s: float = 120.0


def run(ctx: sluice.Context) -> None:
    settings = ctx.params_as(Settings)
    releases = Releases(root_folder(ctx, settings))
    for name, files in NEEDED.items():
        check_input(name, ctx.inputs[name].path, files)
    try:
        with releases.locked(ctx, LOCK_PATIENCE_S):
            releases.sweep()
            deploy(ctx, settings, releases)
    except OSError as error:
        raise sluice.DependencyError(
            f"the deployment folder cannot be used: {error}",
            code="deploy.folder",
            hint=f"check rights and space of {releases.root}",
        ) from error


def cleanup(ctx: sluice.Context) -> None:
    """Removes what an attempt left half-made; a release is either whole or not there."""
    releases = Releases(root_folder(ctx, ctx.params_as(Settings)))
    if not releases.root.is_dir():
        return
    with releases.locked(ctx, CLEANUP_PATIENCE_S):
        if removed := releases.sweep():
            ctx.log(f"removed what was left half-made: {removed}")


def deploy(ctx: sluice.Context, settings: Settings, releases: Releases) -> None:
    """Write, try, switch, try again; every step is whole or leaves things as they were."""
    previous = releases.current()
    before = set(releases.names())
    name = releases.write(
        {
            "model": ctx.inputs["model"].path,
            "report": ctx.inputs["report"].path,
            "predict.py": HERE / "predict.py",
            "requirements.txt": HERE / "requirements.txt",
        },
        provenance(ctx),
    )
    ctx.progress(1, 3, "steps", f"release {name} written")
    ctx.check()
    problem = smoke_test(releases.folder / name, settings.tolerance, settings.smoke_timeout_s)
    if problem:
        if name not in before:
            releases.remove(name)
        raise sluice.Failed(
            f"the smoke test of {name} failed before the switch, nothing has changed: {problem}"
        )
    ctx.progress(2, 3, "steps", "smoke test passed")
    ctx.check()
    switch(ctx, settings, releases, name, previous)
    for gone in releases.prune(settings.keep, {name, previous}):
        ctx.log(f"removed the old release {gone}")
    ctx.output("location", str(releases.link))
    ctx.output("release", name)
    ctx.output("previous", previous)
    ctx.log(f"score rows with: python3 {releases.link / 'predict.py'} rows.csv")
    ctx.progress(3, 3, "steps", f"{name} is current")


def switch(
    ctx: sluice.Context, settings: Settings, releases: Releases, name: str, previous: str | None
) -> None:
    """Makes the release current and tries it there; whatever goes wrong, the former one comes back."""
    try:
        releases.switch(name)
        problem = smoke_test(releases.link, settings.tolerance, settings.smoke_timeout_s)
        if problem:
            raise sluice.Failed(f"the smoke test of {name} failed after the switch: {problem}")
    except BaseException as error:
        releases.switch(previous)
        back = f"current is {previous} again" if previous else "there is no current release, as before"
        ctx.log(f"rolled back: {back}", level="warning")
        if isinstance(error, sluice.Failed):
            raise sluice.Failed(f"{error}; rolled back: {back}") from None
        raise


def root_folder(ctx: sluice.Context, settings: Settings) -> Path:
    root = Path(settings.root) if settings.root else ctx.deployment
    if root is None or not root.is_absolute():
        raise sluice.ConfigError(
            f"the root '{root}' is not an absolute path" if root else "there is no root",
            code="config.root",
            hint="set the param `root` to an absolute path",
        )
    return root


def check_input(name: str, folder: Path, files: list[str]) -> None:
    for file in files:
        if not (folder / file).is_file():
            raise sluice.UserError(
                f"the input `{name}` has no {file}",
                code="deploy.input",
                hint="connect `model` and `report` with an evaluate-classifier stage",
            )


def provenance(ctx: sluice.Context) -> dict[str, object]:
    """Where the release comes from."""
    about = json.loads((ctx.inputs["model"].path / "model.json").read_text(encoding="utf-8"))
    return {
        "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "run": ctx.run,
        "stage": ctx.stage,
        "commit": ctx.commit.oid,
        "reference": ctx.commit.reference,
        "family": about.get("family"),
        "inputs": {name: ctx.inputs[name].digest for name in NEEDED},
    }


if __name__ == "__main__":
    sluice.main({"run": run, "cleanup": cleanup})
