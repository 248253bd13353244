"""Counts the lines of the input `text` into the output `count`."""

from __future__ import annotations

import sluice


def run(ctx: sluice.Context) -> None:
    skips_empty, at_least = ctx.params["skip_empty"], ctx.params["at_least"]
    count = 0
    with ctx.inputs["text"].path.open("rb") as text:
        for number, line in enumerate(text, start=1):
            if number % 10_000 == 0:
                ctx.check()  # raises when the runner has asked to stop
                ctx.progress(number, unit="lines")
            count += not (skips_empty and not line.strip())
    print(f"counted {count} lines")  # a line of the log: stdout is not the protocol any more
    ctx.metric("lines", count)
    if count < at_least:
        raise sluice.Failed(f"{count} lines, and {at_least} are wanted")
    ctx.outputs["count"].path.write_text(f"{count}\n")


def estimate(ctx: sluice.Context) -> list[sluice.Estimate]:
    return [sluice.Estimate(ctx.grant.profile or "default", p50_s=1, p90_s=2)]


if __name__ == "__main__":
    sluice.main({"run": run, "estimate": estimate})
