import SluiceModel

/// Where Airflow's workers find what the stages need.
package struct AirflowOptions: Sendable {
    /// What the DAG is called; nil: as the pipeline.
    package var dagID: String?
    /// The repository on the workers; nil: whoever triggers the DAG says it.
    package var repository: String?
    /// A folder that all workers share, below which every run of the DAG gets one of its own; nil: as above.
    package var exchange: String?
    /// A state folder that all workers share; nil: there is none.
    package var state: String?
    /// Days for which exchanges of earlier runs stay that nobody uses; nil: for ever.
    package var keepDays: Int?
    /// Of a core a slot.
    package var pool: String
    /// Of a GPU a slot.
    package var gpuPool: String
    package var sluice: String

    package init(
        dagID: String? = nil, repository: String? = nil, exchange: String? = nil, state: String? = nil,
        keepDays: Int? = nil, pool: String = "default_pool", gpuPool: String = "default_pool", sluice: String = "sluice"
    ) {
        self.dagID = dagID
        self.repository = repository
        self.exchange = exchange
        self.state = state
        self.keepDays = keepDays
        self.pool = pool
        self.gpuPool = gpuPool
        self.sluice = sluice
    }

    /// Whether Airflow takes it as the name of a DAG.
    package static func mayBeDAG(_ id: String) -> Bool {
        (1...250).contains(id.utf8.count)
            && id.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) || "-_.".contains($0) }
    }
}

/// A pipeline as a DAG file of Airflow: one task a stage, each of which calls `sluice attempt stage`.
///
/// Everything of the pipeline is in two literals; the code below them is the same for every pipeline.
package struct AirflowDAG {
    private let pipeline: ExportedPipeline
    private let options: AirflowOptions
    private var findings: ExportFindings

    package static func export(_ pipeline: ExportedPipeline, _ options: AirflowOptions) -> ExportedText {
        var dag = AirflowDAG(
            pipeline: pipeline, options: options, findings: ExportFindings(pipeline, target: "Airflow"))
        dag.findings.addForStages(state: options.state)
        dag.addFindings()
        return ExportedText(text: dag.text, diagnostics: dag.findings.all)
    }

    private var text: String {
        ([Self.head] + constants + ["", "STAGES = {"] + pipeline.stages.flatMap(stage) + ["}", Self.body])
            .joined(separator: "\n") + "\n"
    }

    private var constants: [String] {
        [
            "PIPELINE = " + PythonText.literal(pipeline.name),
            "DAG_ID = " + PythonText.literal(options.dagID ?? pipeline.name),
            "DESCRIPTION = " + PythonText.literal(pipeline.description ?? ""),
            "COMMIT = " + PythonText.literal(pipeline.commit),
            "REFERENCE = " + PythonText.literal(pipeline.reference ?? ""),
            "REPOSITORY = " + optional(options.repository),
            "EXCHANGE = " + optional(options.exchange),
            "SLUICE = " + PythonText.literal(options.sluice),
            "ARGUMENTS = " + PythonText.literal(arguments),
            "PRIORITY = \(pipeline.plan.pipeline.priority)",
            "ONE_AT_A_TIME = " + PythonText.literal(pipeline.plan.pipeline.concurrency.group != .none),
            "READS_CHANGES = " + PythonText.literal(pipeline.readsChanges),
        ]
    }

    private var arguments: [String] {
        let state = options.state.map { ["--state=" + $0] } ?? []
        let keep = options.keepDays.map { ["--keep-days=\($0)"] } ?? []
        return state + keep + pipeline.overrideArguments
    }

    private func optional(_ text: String?) -> String { text.map { PythonText.literal($0) } ?? "None" }

    private func stage(_ stage: ExportedStage) -> [String] {
        let usesGPU = stage.request.gpus > 0
        let slots = usesGPU ? stage.request.gpus : max(1, Int64(stage.request.cpus.doubleValue.rounded(.up)))
        let backoff = stage.retry.backoff
        let secrets = stage.secrets.map { PythonText.literal($0) + ": " + PythonText.literal(SecretVariable.name($0)) }
        return [
            "    \(PythonText.literal(stage.slug)): {",
            "        \"arguments\": \(PythonText.literal(stage.arguments)),",
            "        \"needs\": \(PythonText.literal(stage.needs)),",
            "        \"trigger_rule\": \"\(stage.runsAfterFailure ? "all_done" : "none_failed")\",",
            "        \"pool\": \(PythonText.literal(usesGPU ? options.gpuPool : options.pool)),",
            "        \"pool_slots\": \(slots),",
            "        \"retries\": \(stage.retries),",
            "        \"retry_delay\": \(max(1, backoff.initial.wholeSeconds)),",
            "        \"max_retry_delay\": \(max(1, backoff.max.wholeSeconds)),",
            "        \"factor\": \(backoff.factor),",
            "        \"deadline\": \(stage.deadline),",
            "        \"grace\": \(stage.grace.wholeSeconds),",
            "        \"secrets\": {\(secrets.joined(separator: ", "))},",
            "    },",
        ]
    }

    private mutating func addFindings() {
        if pipeline.plan.pipeline.concurrency.group == .reference {
            findings.note(
                "export.group", "runs go one at a time, whatever their reference",
                hint: "`concurrency: { group: none }` lets them go side by side")
        }
        for stage in pipeline.stages {
            let name = findings.name(stage)
            if stage.planned.definition.matrix?.maxParallel != nil {
                findings.warn(
                    "export.max-parallel", "`max_parallel` of `\(name)` is not kept: only the pool limits it",
                    of: stage,
                    hint: "give --pool a pool with fewer slots")
            }
            if stage.retries > 0, ![1, 2].contains(stage.retry.backoff.factor) {
                findings.warn(
                    "export.backoff", "pauses between attempts at `\(name)` double where Airflow knows no other factor",
                    of: stage, hint: "newer ones do; `factor: 2` and `factor: 1` are the same in all")
            }
        }
        findings.note(
            "export.pool", "a pool of Airflow counts cores, or GPUs where a stage asks for some, and no memory",
            hint: "`airflow pools set NAME SLOTS` makes one; --pool and --gpu-pool name them")
    }
}
