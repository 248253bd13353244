import SluiceModel

/// A pipeline as `.gitlab-ci.yml`: one job that calls `sluice ci`, one that plans merge requests.
package struct GitLabPipeline {
    private let pipeline: ExportedPipeline
    private let image: String?

    package static func export(_ pipeline: ExportedPipeline, image: String? = nil) -> ExportedText {
        var findings = ExportFindings(pipeline, target: "GitLab CI")
        findings.addForJob()
        if let push = pipeline.plan.pipeline.triggers.push, !push.paths.isEmpty {
            findings.warn(
                "export.paths", "`paths` of `triggers.push` is not told to GitLab: every push runs the job",
                hint: "GitLab compares a new branch with nothing, so it would leave pushes out")
        }
        let document = GitLabPipeline(pipeline: pipeline, image: image).document
        return ExportedText(text: YAMLText.document(document), diagnostics: findings.all)
    }

    private var document: YAMLValue { .map(["sluice": run, "sluice-plan": plan]) }

    private var run: YAMLValue {
        let report = "gl-code-quality-report.json"
        return .map([
            "image": image.map { .text($0) }, "rules": .list(rules),
            "variables": variables([.init(key: "SLUICE_HOME", value: .text("$CI_PROJECT_DIR/.sluice-state"))]),
            "resource_group": .text("sluice-\(pipeline.name)-$CI_COMMIT_REF_SLUG"),
            "cache": .map([
                "key": .text("sluice-\(pipeline.name)-$CI_COMMIT_REF_SLUG"), "paths": .texts([".sluice-state"]),
            ]),
            "script": .texts([
                "sluice ci \(pipeline.name) --junit sluice.xml --code-quality \(report)" + pipeline.overrideWords
            ]),
            "artifacts": .map([
                "when": .text("always"),
                "reports": .map(["junit": .text("sluice.xml"), "codequality": .text(report)]),
            ]),
        ])
    }

    private var plan: YAMLValue {
        .map([
            "image": image.map { .text($0) },
            "rules": .list([.map(["if": .text("$CI_PIPELINE_SOURCE == \"merge_request_event\"")])]),
            "variables": variables([]),
            "script": .texts([
                "sluice plan \(pipeline.name) --against \"$CI_MERGE_REQUEST_DIFF_BASE_SHA\"" + pipeline.overrideWords
            ]),
        ])
    }

    private func variables(_ more: [YAMLValue.Entry]) -> YAMLValue {
        let overrides = pipeline.overrideVariables.map { YAMLValue.Entry(key: $0.variable, value: .text($0.text)) }
        return .map([.init(key: "GIT_DEPTH", value: .text("0"))] + more + overrides)
    }

    private var rules: [YAMLValue] {
        guard let push = pipeline.plan.pipeline.triggers.push else {
            return [.map(["if": .text("$CI_PIPELINE_SOURCE == \"web\"")])]
        }
        let branches = push.branches.map { ("$CI_COMMIT_BRANCH", $0) }
        let tags = push.tags.map { ("$CI_COMMIT_TAG", $0) }
        return (branches + tags).map { variable, glob in
            .map([
                "if": .text("$CI_PIPELINE_SOURCE == \"push\" && \(variable) =~ /\(Self.expression(glob.pattern))/")
            ])
        }
    }

    /// A glob as a regular expression (RE2), with everything but letters and digits written by number.
    private static func expression(_ glob: String) -> String {
        var text = "^"
        var rest = Array(glob.unicodeScalars)[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "*" where rest.first == "*":
                rest.removeFirst()
                if rest.first == "/" {
                    rest.removeFirst()
                    text += "(.*\\/)?"
                } else {
                    text += ".*"
                }
            case "*": text += "[^\\/]*"
            case "?": text += "[^\\/]"
            case "/": text += "\\/"
            case "a"..."z", "A"..."Z", "0"..."9", "-", "_": text.unicodeScalars.append(scalar)
            default: text += "\\x{" + String(scalar.value, radix: 16) + "}"
            }
        }
        return text + "$"
    }
}
