import SluiceModel

/// A pipeline as a Workflow of Argo: a DAG whose tasks call `sluice attempt stage`, and a volume for the exchange.
package struct ArgoWorkflow {
    private let pipeline: ExportedPipeline
    private let options: ArgoOptions
    private var findings: ExportFindings

    private static let exchange = "/sluice/exchange"
    private static let repository = "/sluice/repository"
    private static let configuration = "/sluice/configuration"
    /// Of the image; no stage needs to be root, and all must be the same user, whose files the exchange holds.
    private static let user: Int64 = 1000
    /// Bytes beyond the grant for the supervisor itself, so that it is the one who sees an overrun first.
    private static let headroom: Int64 = 128 << 20

    package static func export(_ pipeline: ExportedPipeline, _ options: ArgoOptions) -> ExportedText {
        var workflow = ArgoWorkflow(pipeline, options)
        let document = workflow.document()
        return ExportedText(text: YAMLText.document(document), diagnostics: workflow.findings.all)
    }

    private init(_ pipeline: ExportedPipeline, _ options: ArgoOptions) {
        self.pipeline = pipeline
        self.options = options
        findings = ExportFindings(pipeline, target: "Argo")
    }

    private mutating func document() -> YAMLValue {
        findings.addCommon(state: options.state)
        addFindings()
        let groups = ArgoGroups(pipeline.stages)
        var templates = [dag("pipeline", groups.outer)]
        templates += groups.matrices.map { dag($0.name, $0.tasks, parallelism: $0.maxParallel) }
        templates += pipeline.stages.map(template)
        return .map([
            "apiVersion": .text("argoproj.io/v1alpha1"), "kind": .text("Workflow"),
            "metadata": .map(["generateName": .text(StageSlugs.slug(pipeline.name) + "-")]),
            "spec": .map([
                "entrypoint": .text("pipeline"),
                "arguments": .map(["parameters": parameters]),
                // A stage has no business with the cluster.
                "automountServiceAccountToken": .truth(false),
                "securityContext": .map([
                    "runAsUser": .number(Self.user), "runAsGroup": .number(Self.user), "fsGroup": .number(Self.user),
                ]),
                "volumes": volumes, "templates": .list(templates),
            ]),
        ])
    }

    private var parameters: YAMLValue {
        .list([
            .map(["name": .text("repository"), "value": options.repository.map { .text($0) }]),
            .map(["name": .text("commit"), "value": .text(pipeline.commit)]),
            .map(["name": .text("reference"), "value": .text(pipeline.reference ?? "")]),
        ])
    }

    private var volumes: YAMLValue {
        let exchange = YAMLValue.map([
            "name": .text("exchange"), "persistentVolumeClaim": .map(["claimName": .text(options.claim)]),
        ])
        let configuration = options.configuration.map {
            YAMLValue.map(["name": .text("configuration"), "configMap": .map(["name": .text($0)])])
        }
        return .list([exchange, configuration].compactMap(\.self))
    }

    private func dag(_ name: String, _ tasks: [ArgoGroups.Task], parallelism: Int? = nil) -> YAMLValue {
        .map([
            "name": .text(name), "parallelism": parallelism.map { .number(Int64($0)) },
            "dag": .map([
                // Stages behind a failed one do not start; what is `after: any` does.
                "failFast": .truth(false), "tasks": .list(tasks.map(task)),
            ]),
        ])
    }

    private func task(_ task: ArgoGroups.Task) -> YAMLValue {
        let ends =
            task.runsAfterFailure
            ? ["Succeeded", "Skipped", "Failed", "Errored", "Omitted"] : ["Succeeded", "Skipped"]
        let depends = task.needs.map { need in "(" + ends.map { "\(need).\($0)" }.joined(separator: " || ") + ")" }
        return .map([
            "name": .text(task.name), "template": .text(task.template),
            "depends": depends.isEmpty ? nil : .text(depends.joined(separator: " && ")),
            "when": task.stage.flatMap { ArgoCondition.when($0.planned, in: pipeline.plan) }.map { .text($0) },
        ])
    }

    private func template(_ stage: ExportedStage) -> YAMLValue {
        .map([
            "name": .text(ArgoGroups.template(stage)),
            "metadata": .map(["annotations": .map(["sluice.dev/stage": .text(JSONArgument.name(stage.name))])]),
            "activeDeadlineSeconds": .number(stage.deadline),
            "retryStrategy": retryStrategy(stage),
            "inputs": .map([
                "artifacts": .list([
                    .map([
                        "name": .text("repository"), "path": .text(Self.repository),
                        "git": .map([
                            "repo": .text("{{workflow.parameters.repository}}"),
                            "revision": .text("{{workflow.parameters.commit}}"),
                        ]),
                    ])
                ])
            ]),
            "container": container(stage),
        ])
    }

    private func container(_ stage: ExportedStage) -> YAMLValue {
        let state = options.state.map { ["--state=\(Self.exchange)/" + $0] } ?? []
        let keep = options.keepDays.map { ["--keep-days=\($0)"] } ?? []
        let arguments =
            ["attempt"] + stage.arguments + [
                "--pipeline=" + pipeline.name, "--repository=" + Self.repository,
                "--revision={{workflow.parameters.commit}}",
                "--reference={{workflow.parameters.reference}}",
                "--exchange=\(Self.exchange)/runs/{{workflow.uid}}",
            ] + state + keep + pipeline.overrideArguments
        let mounts =
            [YAMLValue.map(["name": .text("exchange"), "mountPath": .text(Self.exchange)])]
            + (options.configuration == nil
                ? []
                : [
                    .map([
                        "name": .text("configuration"), "mountPath": .text(Self.configuration),
                        "readOnly": .truth(true),
                    ])
                ])
        return .map([
            "image": .text(options.image), "command": .texts(["sluice"]), "args": .texts(arguments),
            "env": environment(stage), "resources": resources(stage.request), "volumeMounts": .list(mounts),
        ])
    }

    private func environment(_ stage: ExportedStage) -> YAMLValue? {
        var variables: [YAMLValue] = [.map(["name": .text("HOME"), "value": .text("/tmp")])]
        if options.configuration != nil {
            variables.append(
                .map(["name": .text("SLUICE_CONFIG"), "value": .text(Self.configuration + "/sluice.yaml")]))
        }
        variables += stage.secrets.map { name in
            .map([
                "name": .text(SecretVariable.name(name)),
                "valueFrom": .map([
                    "secretKeyRef": .map(["name": .text(options.secret), "key": .text(name)])
                ]),
            ])
        }
        return .list(variables)
    }

    /// Requests are limits: what was granted is what it gets.
    private func resources(_ request: ResourceRequest) -> YAMLValue {
        let millis = max(1, Int64((request.cpus.doubleValue * 1000).rounded(.up)))
        let amounts = YAMLValue.map([
            "cpu": .text("\(millis)m"), "memory": .text("\(request.memory + Self.headroom)"),
            "ephemeral-storage": request.disk.map { .text("\($0 + Self.headroom)") },
            options.gpu: request.gpus > 0 ? .text("\(request.gpus)") : nil,
        ])
        return .map(["requests": amounts, "limits": amounts])
    }

    /// `sluice attempt` says with 75 that the pipeline wants it tried again; a pod that is gone says nothing and counts as
    /// lost, which every policy tries again.
    private func retryStrategy(_ stage: ExportedStage) -> YAMLValue? {
        guard stage.retries > 0 else { return nil }
        let backoff = stage.retry.backoff
        return .map([
            "limit": .number(Int64(stage.retries)), "retryPolicy": .text("Always"),
            "expression": .text("lastRetry.exitCode == '75' || lastRetry.status == 'Error'"),
            "backoff": .map([
                "duration": .text("\(max(1, backoff.initial.wholeSeconds))s"),
                "factor": .number(Int64(max(1, backoff.factor.rounded()))),
                "cap": .text("\(max(1, backoff.max.wholeSeconds))s"),
            ]),
        ])
    }

    private mutating func addFindings() {
        if pipeline.stages.contains(where: { $0.retries > 0 && $0.retry.backoff.jitter }) {
            findings.note(
                "export.jitter", "pauses between attempts are not varied at random",
                hint: "`backoff.jitter: false` says so in the pipeline")
        }
        for stage in pipeline.stages {
            if let condition = stage.planned.definition.condition?.value,
                !ArgoCondition.isTold(stage.planned, in: pipeline.plan)
            {
                findings.note(
                    "export.condition",
                    "`if: \(condition)` of `\(findings.name(stage))` is decided by `sluice attempt`",
                    of: stage, hint: "a stage that is skipped so is shown as succeeded")
            }
            if stage.retries > 0, stage.retry.backoff.factor.rounded() != stage.retry.backoff.factor {
                findings.warn(
                    "export.backoff", "the factor of `\(findings.name(stage))` is rounded: Argo takes whole ones",
                    of: stage, hint: "write a whole number")
            }
        }
    }
}

/// The variable through which an engine hands a secret to `sluice attempt`; the operator's configuration names it under
/// `secrets` as `env`.
package enum SecretVariable {
    package static func name(_ secret: String) -> String {
        "SLUICE_SECRET_" + String(secret.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }
}
