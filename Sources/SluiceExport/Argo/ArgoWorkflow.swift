import SluiceModel

/// A pipeline as a Workflow of Argo: a DAG whose tasks call `sluice attempt stage`, and a volume for the exchange.
package struct ArgoWorkflow {
    private let pipeline: ExportedPipeline
    private let options: ArgoOptions

    /// Of the image; no stage needs to be root, and all must be the same user, whose files the exchange holds.
    private static let user: Int64 = 1000

    package static func export(_ pipeline: ExportedPipeline, _ options: ArgoOptions) -> ExportedText {
        let text = YAMLText.document(ArgoWorkflow(pipeline: pipeline, options: options).document)
        var findings = ExportFindings(pipeline, target: "Argo")
        findings.addForStages(state: options.state)
        findings.addForArgo(options, bytes: text.utf8.count)
        return ExportedText(text: text, diagnostics: findings.all)
    }

    private var document: YAMLValue {
        .map([
            "apiVersion": .text("argoproj.io/v1alpha1"), "kind": .text("Workflow"),
            "metadata": .map(["generateName": .text(StageSlugs.slug(pipeline.name) + "-")]), "spec": specification,
        ])
    }

    private var specification: YAMLValue {
        let priority = pipeline.plan.pipeline.priority
        return .map([
            "entrypoint": .text("pipeline"), "priority": priority == 0 ? nil : .number(Int64(priority)),
            "arguments": .map(["parameters": parameters]), "synchronization": synchronization,
            // A stage has no business with the cluster, but then Argo's own container needs an account by name.
            "automountServiceAccountToken": options.executorAccount == nil ? nil : .truth(false),
            "executor": options.executorAccount.map { .map(["serviceAccountName": .text($0)]) },
            "securityContext": .map([
                "runAsUser": .number(Self.user), "runAsGroup": .number(Self.user), "fsGroup": .number(Self.user),
            ]),
            "volumes": volumes, "templates": templates,
        ])
    }

    private var parameters: YAMLValue {
        let base = YAMLValue.map(["name": .text("base"), "value": .text("")])
        return .list(
            [
                .map(["name": .text("repository"), "value": options.repository.map { .text($0) }]),
                .map(["name": .text("commit"), "value": .text(pipeline.commit)]),
                .map(["name": .text("reference"), "value": .text(pipeline.reference ?? "")]),
            ] + (pipeline.readsChanges ? [base] : []))
    }

    /// One run of a group at a time.
    private var synchronization: YAMLValue? {
        let name = "sluice-" + pipeline.name
        switch pipeline.plan.pipeline.concurrency.group {
        case .none: return nil
        case .pipeline: return .map(["mutexes": .list([.map(["name": .text(name)])])])
        case .reference:
            return .map(["mutexes": .list([.map(["name": .text(name + "-{{workflow.parameters.reference}}")])])])
        }
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

    private var templates: YAMLValue {
        let groups = ArgoGroups(pipeline.stages)
        return .list(
            [dag("pipeline", groups.outer)]
                + groups.matrices.map { dag($0.name, $0.tasks, parallelism: $0.maxParallel) }
                + pipeline.stages.map { ArgoTemplate(pipeline: pipeline, stage: $0, options: options).value })
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
}
