import SluiceModel

/// A pipeline as a workflow of GitHub Actions: one job that calls `sluice ci`, one that plans pull requests.
package struct GitHubWorkflow {
    private let pipeline: ExportedPipeline
    private let image: String?

    /// Minutes after which machines of GitHub's own end a job, and after which all others do.
    private static let ownMinutes: Int64 = 360
    private static let mostMinutes: Int64 = 7200
    private static let state = "~/.local/state/sluice"

    package static func export(_ pipeline: ExportedPipeline, image: String? = nil) -> ExportedText {
        let workflow = GitHubWorkflow(pipeline: pipeline, image: image)
        var findings = ExportFindings(pipeline, target: "GitHub Actions")
        findings.addForJob()
        workflow.addFindings(to: &findings)
        return ExportedText(text: YAMLText.document(workflow.document), diagnostics: findings.all)
    }

    private func addFindings(to findings: inout ExportFindings) {
        let push = pipeline.plan.pipeline.triggers.push
        for glob in (push.map { $0.branches + $0.tags + $0.paths } ?? []) where glob.pattern.contains("?") {
            findings.warn(
                "export.glob", "`?` in `\(glob.pattern)` matches any number of characters there",
                hint: "GitHub's patterns have no word for one character")
        }
        if let push, !push.paths.isEmpty, !push.tags.isEmpty {
            findings.warn(
                "export.paths", "`paths` of `triggers.push` do not count for tags: every one of them runs the job",
                hint: "GitHub compares branches alone")
        }
        if pipeline.jobMinutes(atMost: Self.mostMinutes) > Self.ownMinutes {
            findings.note(
                "export.job-time", "with all timeouts the job takes more than six hours",
                hint: "GitHub's own machines end it then; others do not")
        }
    }

    private var document: YAMLValue {
        .map([
            "name": .text("sluice " + pipeline.name), "on": events, "permissions": .map(["contents": .text("read")]),
            "jobs": .map(["sluice": runJob, "plan": planJob]),
        ])
    }

    private var events: YAMLValue {
        guard let push = pipeline.plan.pipeline.triggers.push, push.isEver else {
            return .map(["workflow_dispatch": .map([]), "pull_request": .map([])])
        }
        return .map([
            "push": .map([
                "branches": patterns(push.branches), "tags": patterns(push.tags), "paths": patterns(push.paths),
            ]),
            "pull_request": .map([]),
        ])
    }

    private func patterns(_ globs: [Glob]) -> YAMLValue? {
        globs.isEmpty ? nil : .texts(globs.map { GitHubPattern.text($0.pattern) })
    }

    private var runJob: YAMLValue {
        .map([
            "if": .text("github.event_name != 'pull_request'"), "runs-on": .text("ubuntu-24.04"),
            "container": image.map { .text($0) }, "concurrency": concurrency,
            "timeout-minutes": .number(pipeline.jobMinutes(atMost: Self.mostMinutes)),
            "steps": .list([checkout, restore, configure, run, save]),
        ])
    }

    private var planJob: YAMLValue {
        .map([
            "if": .text("github.event_name == 'pull_request'"), "runs-on": .text("ubuntu-24.04"),
            "container": image.map { .text($0) }, "timeout-minutes": .number(15),
            "steps": .list([checkout, configure, plan]),
        ])
    }

    /// Of the job that runs: pull requests are only planned, and belong to no group.
    private var concurrency: YAMLValue? {
        let policy = pipeline.plan.pipeline.concurrency
        guard policy.group != .none else { return nil }
        let reference = policy.group == .reference ? "-${{ github.ref }}" : ""
        return .map([
            "group": .text("sluice-\(pipeline.name)" + reference),
            "cancel-in-progress": .truth(policy.onNew == .cancel),
            // Else the ones that wait are dropped for the newest.
            "queue": policy.onNew == .queue ? .text("max") : nil,
        ])
    }

    private var checkout: YAMLValue {
        .map([
            "uses": .text("actions/checkout@v4"),
            "with": .map(["fetch-depth": .number(0), "persist-credentials": .truth(false)]),
        ])
    }

    /// No reference has a colon, so none is taken for the beginning of another.
    private var key: String { "sluice-\(pipeline.name)-${{ github.ref }}:" }

    /// The state folder of a reference is handed from one job to the next.
    private var restore: YAMLValue {
        .map([
            "uses": .text("actions/cache/restore@v4"),
            "with": .map(["path": .text(Self.state), "key": .text(attemptKey), "restore-keys": .text(key)]),
        ])
    }

    /// Also that of a failed run: what it has used is charged, and what it has made is in the cache.
    private var save: YAMLValue {
        .map([
            "uses": .text("actions/cache/save@v4"), "if": .text("always()"),
            "with": .map(["path": .text(Self.state), "key": .text(attemptKey)]),
        ])
    }

    private var attemptKey: String { key + "${{ github.run_id }}-${{ github.run_attempt }}" }

    private var configure: YAMLValue {
        .map([
            "name": .text("Configure"),
            "env": .map(["CONFIGURATION": .text("${{ vars.SLUICE_CONFIGURATION }}")]),
            "run": .text(
                "mkdir -p ~/.config/sluice\nprintf '%s\\n' \"$CONFIGURATION\" >~/.config/sluice/sluice.yaml\n"),
        ])
    }

    private var run: YAMLValue {
        let secrets = pipeline.secretNames.map { name in
            YAMLValue.Entry(
                key: SecretVariable.name(name), value: .text("${{ secrets.\(SecretVariable.name(name)) }}"))
        }
        return .map([
            "name": .text("Run"), "env": environment(and: secrets),
            "run": .text("sluice ci \(pipeline.name) --junit sluice.xml" + pipeline.overrideWords),
        ])
    }

    private var plan: YAMLValue {
        .map([
            "name": .text("Plan"), "env": environment(and: []),
            "run": .text(
                "sluice plan \(pipeline.name) --against HEAD~1 --markdown" + pipeline.overrideWords
                    + " >>\"$GITHUB_STEP_SUMMARY\""),
        ])
    }

    private func environment(and secrets: [YAMLValue.Entry]) -> YAMLValue? {
        let overrides = pipeline.overrideVariables.map { YAMLValue.Entry(key: $0.variable, value: .text($0.text)) }
        let all = overrides + secrets
        return all.isEmpty ? nil : .map(all)
    }
}
