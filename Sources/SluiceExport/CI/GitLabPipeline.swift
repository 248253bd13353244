import SluiceModel

/// A pipeline as `.gitlab-ci.yml`: one job that calls `sluice ci`, one that plans merge requests.
package struct GitLabPipeline {
    private let pipeline: ExportedPipeline
    private let image: String?

    /// Minutes; GitLab takes no more than a month.
    private static let mostMinutes: Int64 = 43_200
    private static let codeQuality = "gl-code-quality-report.json"

    package static func export(_ pipeline: ExportedPipeline, image: String? = nil) -> ExportedText {
        let file = GitLabPipeline(pipeline: pipeline, image: image)
        var findings = ExportFindings(pipeline, target: "GitLab CI")
        findings.addForJob()
        file.addFindings(to: &findings)
        return ExportedText(text: YAMLText.document(file.document), diagnostics: findings.all)
    }

    private var concurrency: Concurrency { pipeline.plan.pipeline.concurrency }
    private var isInterruptible: Bool { concurrency.group != .none && concurrency.onNew == .cancel }

    private func addFindings(to findings: inout ExportFindings) {
        if let push = pipeline.plan.pipeline.triggers.push, !push.paths.isEmpty {
            findings.warn(
                "export.paths", "`paths` of `triggers.push` is not told to GitLab: every push runs the job",
                hint: "GitLab compares a new branch with nothing, so it would leave pushes out")
        }
        if concurrency.group != .none {
            findings.note(
                "export.order", "jobs that wait for each other begin in any order",
                hint: "set `process_mode` of the resource group to `oldest_first` by GitLab's API")
        }
        if isInterruptible, concurrency.group == .pipeline {
            findings.warn(
                "export.concurrency", "`on_new: cancel` holds within a branch alone",
                hint: "GitLab cancels older pipelines of the same reference")
        }
    }

    private var document: YAMLValue {
        .map([
            "workflow": isInterruptible
                ? .map(["auto_cancel": .map(["on_new_commit": .text("interruptible")])]) : nil,
            // Files of several pipelines may be included into one.
            "sluice \(pipeline.name)": run, "sluice-plan \(pipeline.name)": plan,
        ])
    }

    private var run: YAMLValue {
        .map([
            "image": image.map { .text($0) }, "rules": .list(rules),
            // The project's own limit, an hour unless it says otherwise, is that of one stage.
            "timeout": .text("\(pipeline.jobMinutes(atMost: Self.mostMinutes)) minutes"),
            "variables": variables([.init(key: "SLUICE_HOME", value: .text("$CI_PROJECT_DIR/.sluice-state"))]),
            "resource_group": resourceGroup, "interruptible": isInterruptible ? .truth(true) : nil,
            "cache": .map([
                "key": .text(group(of: "$CI_COMMIT_REF_SLUG")), "paths": .texts([".sluice-state"]),
                // What a failed run has used is charged, and what it has made is in there.
                "when": .text("always"),
            ]),
            "script": .texts([
                "sluice ci \(pipeline.name) --junit sluice.xml --code-quality \(Self.codeQuality)"
                    + pipeline.overrideWords
            ]),
            "artifacts": .map([
                "when": .text("always"),
                "reports": .map(["junit": .text("sluice.xml"), "codequality": .text(Self.codeQuality)]),
            ]),
        ])
    }

    private var resourceGroup: YAMLValue? {
        switch concurrency.group {
        case .none: nil
        case .pipeline: .text(group(of: ""))
        case .reference: .text(group(of: "$CI_COMMIT_REF_SLUG"))
        }
    }

    /// A slug has no `_`, so no pipeline and reference are taken for others.
    private func group(of slug: String) -> String { "sluice-\(pipeline.name)_\(slug)" }

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
        guard let push = pipeline.plan.pipeline.triggers.push, push.isEver else {
            return [.map(["if": .text("$CI_PIPELINE_SOURCE == \"web\"")])]
        }
        let branches = push.branches.map { ("$CI_COMMIT_BRANCH", $0) }
        let tags = push.tags.map { ("$CI_COMMIT_TAG", $0) }
        return (branches + tags).map { variable, glob in
            .map([
                "if": .text("$CI_PIPELINE_SOURCE == \"push\" && \(variable) =~ /\(GitLabPattern.text(glob.pattern))/")
            ])
        }
    }
}
