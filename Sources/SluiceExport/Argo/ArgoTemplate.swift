import SluiceModel

/// What one stage is to Argo: a pod that clones the commit and calls `sluice attempt stage`.
struct ArgoTemplate {
    let pipeline: ExportedPipeline
    let stage: ExportedStage
    let options: ArgoOptions

    static let configuration = "/sluice/configuration"
    private static let exchange = "/sluice/exchange"
    private static let repository = "/sluice/repository"
    /// Bytes beyond the grant for the supervisor itself, so that it is the one who sees an overrun first.
    private static let headroom: Int64 = 128 << 20
    /// Seconds beyond the stage's grace for the supervisor itself, to write down how the stage ended.
    private static let afterGrace: Int64 = 20

    var value: YAMLValue {
        .map([
            "name": .text(ArgoGroups.template(stage)),
            "metadata": .map(["annotations": .map(["sluice.dev/stage": .text(JSONArgument.name(stage.name))])]),
            "activeDeadlineSeconds": .number(stage.deadline),
            // Argo has no key for how long a pod may take to end: without this it is killed after 30 s.
            "podSpecPatch": .text(
                "{\"terminationGracePeriodSeconds\": \(stage.grace.wholeSeconds + Self.afterGrace)}"),
            "retryStrategy": retryStrategy,
            "inputs": .map(["artifacts": .list([source])]),
            "container": container,
        ])
    }

    private var source: YAMLValue {
        .map([
            "name": .text("repository"), "path": .text(Self.repository),
            "git": .map([
                "repo": .text("{{workflow.parameters.repository}}"),
                "revision": .text("{{workflow.parameters.commit}}"),
            ]),
        ])
    }

    private var container: YAMLValue {
        .map([
            "image": .text(options.image), "command": .texts(["sluice"]), "args": .texts(arguments),
            "env": environment, "resources": resources, "volumeMounts": mounts,
        ])
    }

    private var arguments: [String] {
        let state = options.state.map { ["--state=\(Self.exchange)/" + $0] } ?? []
        let keep = options.keepDays.map { ["--keep-days=\($0)"] } ?? []
        let base = pipeline.readsChanges ? ["--changed-since", "{{workflow.parameters.base}}"] : []
        return ["attempt"] + stage.arguments + [
            "--pipeline=" + pipeline.name, "--repository=" + Self.repository,
            "--revision={{workflow.parameters.commit}}",
            "--reference", "{{workflow.parameters.reference}}",
        ] + base + ["--exchange=\(Self.exchange)/runs/{{workflow.uid}}"] + state + keep + pipeline.overrideArguments
    }

    private var mounts: YAMLValue {
        let exchange = YAMLValue.map(["name": .text("exchange"), "mountPath": .text(Self.exchange)])
        guard options.configuration != nil else { return .list([exchange]) }
        return .list([
            exchange,
            .map([
                "name": .text("configuration"), "mountPath": .text(Self.configuration), "readOnly": .truth(true),
            ]),
        ])
    }

    private var environment: YAMLValue {
        var variables: [YAMLValue] = [.map(["name": .text("HOME"), "value": .text("/tmp")])]
        if options.configuration != nil {
            variables.append(
                .map(["name": .text("SLUICE_CONFIG"), "value": .text(Self.configuration + "/sluice.yaml")]))
        }
        variables += stage.secrets.map { name in
            .map([
                "name": .text(SecretVariable.name(name)),
                "valueFrom": .map(["secretKeyRef": .map(["name": .text(options.secret), "key": .text(name)])]),
            ])
        }
        return .list(variables)
    }

    /// Requests are limits: what was granted is what it gets.
    private var resources: YAMLValue {
        let request = stage.request
        let millis = max(1, Int64((request.cpus.doubleValue * 1000).rounded(.up)))
        let amounts = YAMLValue.map([
            "cpu": .text("\(millis)m"), "memory": .text("\(request.memory + Self.headroom)"),
            "ephemeral-storage": request.disk.map { .text("\($0 + Self.headroom)") },
            options.gpu: request.gpus > 0 ? .text("\(request.gpus)") : nil,
        ])
        return .map(["requests": amounts, "limits": amounts])
    }

    /// `sluice attempt` says with 75 that the pipeline wants it tried again. A pod that was evicted (-1), killed (137) or
    /// ended by the cluster while the workflow goes on (130, 143) is lost, which every policy tries again.
    private var retryStrategy: YAMLValue? {
        guard stage.retries > 0 else { return nil }
        let backoff = stage.retry.backoff
        return .map([
            "limit": .number(Int64(stage.retries)), "retryPolicy": .text("Always"),
            "expression": .text(
                "lastRetry.status == 'Error' || lastRetry.exitCode in ['75', '-1', '130', '137', '143']"),
            "backoff": .map([
                "duration": .text("\(max(1, backoff.initial.wholeSeconds))s"),
                "factor": .number(Int64(max(1, backoff.factor.rounded()))),
                "cap": .text("\(max(1, backoff.max.wholeSeconds))s"),
            ]),
        ])
    }
}
