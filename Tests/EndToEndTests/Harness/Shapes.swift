/// The shapes of docs/cli-reference.md.
enum Shapes {
    static let verdict = Shape.word(["admit", "degrade", "wait", "refuse"])
    static let outcomes = ["succeeded", "failed", "timedOut", "cancelled", "overLimit", "lost", "skipped", "cached"]
    static let diagnostic = Shape.object([
        "severity": .word(["error", "warning", "note"]), "id": .string, "message": .string, "file": .string,
        "line": .number, "column": .number, "hint": .optional(.string),
    ])
    static let revision = Shape.object([
        "oid": .string, "reference": .orNull(.string), "trusted": .bool, "worktree": .bool,
    ])
    static let limit = Shape.object([
        "scope": .string, "resource": .string, "limit": .number, "used": .number, "reserved": .number,
        "asked": .number, "left": .number,
    ])
    static let objective = Shape.object(["penalty": .number, "cost": .number, "makespan_s": .number])
    static let decision = Shape.object([
        "verdict": verdict, "profile": .optional(.string),
        "reason": .optional(.word(["capacity", "budget", "deadline", "policy"])), "limits": .list(limit),
        "conflict": .list(.string), "method": .string, "objective": .orNull(objective), "bound": .orNull(.number),
        "gap": .orNull(.number),
        "fixes": .list(.object(["limit": .string, "from": .number, "to": .orNull(.number)])),
    ])
    static let cache = Shape.object(["state": .word(["hit", "miss", "off"]), "reason": .orNull(.string)])
    static let estimate = Shape.object(["duration_s": .number, "source": .string])
    static let plan = Shape.object([
        "schema": .exactly("sluice.plan/v1"), "pipeline": .string, "revision": revision, "decision": decision,
        "diagnostics": .list(diagnostic),
        "stages": .list(
            .object([
                "name": .string, "needs": .list(.string), "profile": .orNull(.string), "degraded": .bool,
                "cache": cache, "estimate": .orNull(estimate), "start_s": .orNull(.number), "demand": .map(.number),
                "use": .map(.number), "decision": .orNull(decision),
            ])),
    ])
    static let head: [String: Shape] = [
        "id": .number, "pipeline": .string, "revision": revision, "trigger": .word(["manual", "push", "ci"]),
        "state": .word(["queued", "waiting", "running", "ended"]), "degraded": .bool,
        "outcome": .orNull(.word(["succeeded", "failed", "refused", "cancelled", "lost"])),
        "started": .orNull(.time), "ended": .orNull(.time),
    ]
    static let error = Shape.object([
        "class": .word(["config", "user", "transient", "resource", "dependency", "internal"]), "code": .string,
        "message": .string, "hint": .optional(.string), "stderr": .list(.string), "last_line": .optional(.string),
    ])
    static let enforcement = Shape.object([
        "mechanism": .word(["cgroup2", "cgroup1", "sampler"]), "kernel": .list(.string), "sampled": .list(.string),
    ])
    static let overrun = Shape.object([
        "resource": .word(["memory", "processes", "disk"]), "limit": .number, "peak": .number,
    ])
    static let attempt = Shape.object([
        "number": .number, "outcome": .orNull(.word(outcomes)), "exit": .optional(.number),
        "signal": .optional(.string), "profile": .string, "executor": .string, "sandbox": .orNull(.string),
        "wall_s": .orNull(.number), "cpu_s": .orNull(.number), "memory_peak": .orNull(.number),
        "written_bytes": .orNull(.number), "disk_peak": .optional(.number), "gpu_s": .optional(.number),
        "queued_s": .optional(.number), "began": .optional(.time),
        "waits": .optional(.list(.object(["reason": .string, "since": .time, "until": .orNull(.time)]))),
        "gpu_memory_peak": .optional(.number), "enforcement": .optional(enforcement), "over_limit": .optional(overrun),
        "gpus": .optional(.list(.string)),
        "error": .optional(error), "strays": .number, "warnings": .list(.string),
    ])
    static let stage = Shape.object([
        "name": .string, "outcome": .orNull(.word(outcomes)), "reason": .optional(.string), "cache": cache,
        "decision": .orNull(decision), "attempts": .list(attempt), "metrics": .map(.number), "outputs": .map(.any),
        "artifacts": .list(
            .object(["name": .string, "digest": .string, "size": .number, "type": .string])),
        "checks": .list(
            .object([
                "metric": .string, "value": .orNull(.number), "limit": .any, "baseline": .optional(.number),
                "verdict": .word(["pass", "fail", "inconclusive", "missing"]), "severity": .string,
            ])),
    ])
    static let run = Shape.object(
        head.merging([
            "schema": .exactly("sluice.run/v1"), "stages": .list(stage), "usage": .map(.number),
            "decision": .orNull(decision),
        ]) { $1 })
    static let event = Shape.object([
        "schema": .exactly("sluice.event/v1"), "seq": .number, "time": .time, "run": .number,
        "stage": .optional(.string), "attempt": .optional(.number),
        "type": .word([
            "planned", "rejected", "waiting", "attempt_started", "attempt_queued", "attempt_began", "attempt_ended",
            "retry_scheduled", "futile", "replanned", "check_judged", "stage_ended", "warning", "run_ended",
        ]),
    ])
    static let status = Shape.object([
        "schema": .exactly("sluice.status/v1"), "worker": .bool, "recent": .list(.object(head)),
        "runs": .list(
            .object(
                head.merging([
                    "stages_total": .number, "stages_ended": .number, "stages_running": .list(.string),
                    "stages_queued": .list(
                        .object(["stage": .string, "executor": .string, "since": .time, "reason": .orNull(.string)])),
                    "waiting_for": .orNull(.string),
                ]) { $1 })),
    ])
}
