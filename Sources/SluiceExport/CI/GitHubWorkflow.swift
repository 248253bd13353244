import SluiceModel

/// A pipeline as a workflow of GitHub Actions: one job that calls `sluice ci`, one that plans pull requests.
package struct GitHubWorkflow {
    private let pipeline: ExportedPipeline
    private let image: String?
    private var findings: ExportFindings

    package static func export(_ pipeline: ExportedPipeline, image: String? = nil) -> ExportedText {
        var workflow = GitHubWorkflow(
            pipeline: pipeline, image: image, findings: ExportFindings(pipeline, target: "GitHub Actions"))
        workflow.findings.addForJob()
        let document = workflow.document()
        return ExportedText(text: YAMLText.document(document), diagnostics: workflow.findings.all)
    }

    private mutating func document() -> YAMLValue {
        .map([
            "name": .text("sluice " + pipeline.name), "on": events(), "permissions": .map(["contents": .text("read")]),
            // The state folder of a reference is handed from one job to the next.
            "concurrency": .map([
                "group": .text("sluice-\(pipeline.name)-${{ github.ref }}"), "cancel-in-progress": .truth(false),
            ]),
            "jobs": .map([
                "sluice": job(
                    "github.event_name != 'pull_request'", [checkout, cache, configure, run]),
                "plan": job("github.event_name == 'pull_request'", [checkout, plan]),
            ]),
        ])
    }

    private mutating func events() -> YAMLValue {
        guard let push = pipeline.plan.pipeline.triggers.push else {
            return .map(["workflow_dispatch": .map([]), "pull_request": .map([])])
        }
        return .map([
            "push": .map([
                "branches": patterns(push.branches), "tags": patterns(push.tags), "paths": patterns(push.paths),
            ]),
            "pull_request": .map([]),
        ])
    }

    private mutating func patterns(_ globs: [Glob]) -> YAMLValue? {
        guard !globs.isEmpty else { return nil }
        return .texts(
            globs.map { glob in
                if glob.pattern.contains("?") {
                    findings.warn(
                        "export.glob", "`?` in `\(glob.pattern)` matches any number of characters there",
                        hint: "GitHub's patterns have no word for one character")
                }
                return Self.pattern(glob.pattern)
            })
    }

    /// `*` and `**` mean the same; what else means something there is escaped.
    private static func pattern(_ glob: String) -> String {
        glob.map { character in
            switch character {
            case "?": "*"
            case "+", "[", "]", "!", "\\": "\\" + String(character)
            default: String(character)
            }
        }.joined()
    }

    private func job(_ condition: String, _ steps: [YAMLValue]) -> YAMLValue {
        .map([
            "if": .text(condition), "runs-on": .text("ubuntu-24.04"), "container": image.map { .text($0) },
            "steps": .list(steps),
        ])
    }

    private var checkout: YAMLValue {
        .map([
            "uses": .text("actions/checkout@v4"),
            "with": .map(["fetch-depth": .number(0), "persist-credentials": .truth(false)]),
        ])
    }

    private var cache: YAMLValue {
        let key = "sluice-\(pipeline.name)-${{ github.ref }}-"
        return .map([
            "uses": .text("actions/cache@v4"),
            "with": .map([
                "path": .text("~/.local/state/sluice"), "key": .text(key + "${{ github.run_id }}"),
                "restore-keys": .text(key),
            ]),
        ])
    }

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
