/// The wording of what only a pipeline definition can get wrong, as far as one file shows it.
enum PipelineFindings {
    static func schema(_ text: String) -> Finding {
        Finding(
            "pipeline.unknown-schema", "the schema `\(text)` is not known",
            hint: text.hasPrefix("sluice/v")
                ? "this version of Sluice reads `sluice/v1`; a newer one may read this file"
                : "write `schema: sluice/v1`")
    }

    static func tooMany(_ what: String, _ count: Int, limit: Int) -> Finding {
        Finding("pipeline.too-large", "there are \(count) \(what); at most \(limit) are planned")
    }

    static let stagesAreList = Finding(
        "pipeline.wrong-type", "`stages` should be a map, this is a list",
        hint: "write the stage's name as a key, `train:`, and its own keys indented below it")
    static let noStages = Finding("pipeline.no-stages", "the pipeline has no stages")

    static func noAction(_ stage: String) -> Finding {
        Finding(
            "pipeline.no-action", "stage `\(stage)` does nothing",
            hint: "add `uses: PLUGIN`, or `run: COMMAND` for a command line")
    }

    static func usesAndRun(_ stage: String) -> Finding {
        Finding(
            "pipeline.two-actions", "stage `\(stage)` has both `uses` and `run`", hint: "keep one, or make two stages")
    }

    static let withOfRun = Finding(
        "pipeline.with-of-run", "`with` has no meaning for a `run` stage",
        hint: "use `${params.x}` in the script, or `env`")

    /// `mayBeOutside`: an input, which can be a file outside of the commit.
    static func badPath(_ path: String, mayBeOutside: Bool = false) -> Finding {
        Finding(
            "pipeline.bad-path", "`\(path)` is no path of the commit",
            hint: "paths are relative to the repository's root, without `..`"
                + (mayBeOutside ? "; `{ file: /absolute/path }` names a file outside of it" : ""))
    }

    static func badWorkspacePath(_ path: String) -> Finding {
        Finding(
            "pipeline.bad-path", "`\(path)` is no path of the workspace",
            hint: "paths are relative to the stage's working directory, without `..`")
    }

    static func relativeFile(_ path: String) -> Finding {
        Finding(
            "pipeline.bad-path", "`\(path)` is no absolute path",
            hint: "`file` begins with `/` and has no `.` or `..`; a file of the commit is written without `file`")
    }

    static func unknownStage(_ name: String, known: [String]) -> Finding {
        Finding(
            "pipeline.unknown-stage", "there is no stage `\(name)`",
            hint: NearestName.hint(for: name, of: known, kind: "stages"))
    }

    static func cycle(_ names: [String]) -> Finding {
        let path = (names + names.prefix(1)).joined(separator: " → ")
        return Finding(
            "pipeline.cycle",
            names.count == 1 ? "the stage waits for itself: \(path)" : "stages wait for each other: \(path)",
            hint: "remove one of these edges from `inputs`, `needs` or `select`")
    }

    static func selectWithoutMatrix(_ stage: String) -> Finding {
        Finding(
            "pipeline.select-without-matrix", "stage `\(stage)` has no matrix to select from",
            hint: "leave `select` out: the stage has one result")
    }

    static func unknownProfile(_ name: String, known: [String]) -> Finding {
        Finding(
            "pipeline.unknown-profile", "there is no profile `\(name)`",
            hint: NearestName.hint(for: name, of: known, kind: "profiles")
                ?? "the pipeline has no `profiles`: add them at the top level")
    }

    static func severalRequests(_ keys: [String]) -> Finding {
        let names = keys.map { "`\($0)`" }.joined(separator: " and ")
        return Finding(
            "pipeline.two-requests", "\(names) exclude each other", hint: "`profiles` holds several, in order")
    }

    static let profileList = Finding(
        "pipeline.wrong-type", "`profiles` of a stage should be a list with members, in order of preference",
        hint: "for example `profiles: [{ use: large }, { use: small, degraded: true }]`")

    static func profileTwice(_ name: String, earlier line: Int) -> Finding {
        Finding("pipeline.duplicate-profile", "the profile name `\(name)` is used in line \(line) already")
    }

    static let emptyMatrix = Finding(
        "pipeline.empty-matrix", "the matrix has no axes", hint: "for example `matrix: { model: [logreg, forest] }`")

    static func largeMatrix(_ count: Int, limit: Int) -> Finding {
        let number = count >= 1_000_000 ? "a million instances or more" : "\(count) instances"
        return Finding("pipeline.large-matrix", "the matrix makes \(number); at most \(limit) are planned")
    }

    static func matrixTemplate(_ axis: String) -> Finding {
        Finding(
            "pipeline.bad-value", "a value of axis `\(axis)` is not plain text",
            hint: "values are written out, without `${…}` and control characters")
    }

    static func cellTwice(_ value: String, _ axis: String) -> Finding {
        Finding(
            "pipeline.bad-value", "axis `\(axis)` has `\(value)` twice",
            hint: "instances go by the text of their values")
    }

    static func instanceTwice(_ name: String) -> Finding {
        Finding(
            "pipeline.bad-value", "two instances would be called `[\(name)]`",
            hint: "instances go by the text of their values: leave the commas out")
    }

    static let checkWithoutBound = Finding(
        "pipeline.missing-key", "the check has neither `min` nor `max`",
        hint: "for example `{ metric: auc, min: 0.95 }`")
    static let emptyCheck = Finding("pipeline.bad-value", "`min` is larger than `max`: no metric passes")
    static let objective = Finding(
        "pipeline.bad-value", "`objective` should name each of its goals once",
        hint: "for example `[penalty, cost, makespan]`")
    static let quantile = Finding(
        "pipeline.bad-value", "`quantile` should be between 0 and 1, both excluded", hint: "for example `0.9`")
    static let factor = Finding("pipeline.bad-value", "`factor` should be between 1 and 100")
    static let emptyEscalation = Finding(
        "pipeline.bad-value", "`escalate` says nothing", hint: "for example `escalate: { memory: x2 }`")
    static let idleEscalation = Finding(
        "pipeline.idle-escalation", "`escalate` has no effect: `classes` does not list `resource`",
        hint: "for example `classes: [transient, resource]`", severity: .warning)

    static func escalation(_ key: String, _ text: String) -> Finding {
        Finding(
            "pipeline.bad-value", "`\(key)` in `escalate` should be a factor, `\(text)` is none",
            hint: "for example `\(key): x2` for twice as much as the attempt before")
    }

    static func escalationRange(_ key: String) -> Finding {
        Finding("pipeline.bad-value", "`\(key)` in `escalate` should be above `x1` and at most `x100`")
    }

    static let zeroTimeout = Finding("pipeline.bad-value", "`timeout` should be more than nothing")

    static func variable(_ name: String) -> Finding {
        Finding(
            "pipeline.bad-name", "`\(name)` cannot be the name of an environment variable",
            hint: "letters, digits and `_`, no digit in front")
    }

    /// What the runner sets itself, or what would reach a loader before the stage.
    static func isReserved(variable name: String) -> Bool {
        name.hasPrefix("SLUICE") || name.hasPrefix("GIT_") || name.hasPrefix("LD_")
    }

    static func reservedVariable(_ name: String) -> Finding {
        Finding(
            "pipeline.reserved-variable", "a stage cannot set `\(name)`",
            hint: "names that begin with `SLUICE`, `GIT_` and `LD_` belong to the runner")
    }

    static func badInterpolation(_ error: ExpressionError) -> Finding {
        Finding("pipeline.bad-interpolation", error.message, hint: error.hint ?? "`$$` is a plain dollar")
    }

    static func badExpression(_ error: ExpressionError) -> Finding {
        Finding("pipeline.bad-expression", error.message, hint: error.hint)
    }

    static func script(_ fault: ScriptTemplate.Fault) -> Finding {
        Finding(fault.id, fault.error.message, hint: fault.error.hint)
    }
}
