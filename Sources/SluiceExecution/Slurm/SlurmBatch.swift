import SluiceModel

/// What `sbatch` is called with.
struct SlurmBatch {
    let order: JobOrder
    let terms: SlurmTerms
    let headroom: Int64

    /// Starts its arguments, as they are: nothing of a stage is ever text of a shell.
    static let script = "#!/bin/sh\nexec \"$@\"\n"

    var scriptPath: String { order.folder + "/batch" }
    private var environmentPath: String { order.folder + "/environment" }

    func writeFiles(script: String = Self.script) -> Bool {
        writeAtomically(Array(script.utf8), to: scriptPath, mode: 0o700)
            && writeAtomically(Array("PATH=\(order.searchPath)\0".utf8), to: environmentPath, mode: 0o600)
    }

    var arguments: [String] { options(suffix: String(order.key.prefix(8))) + [scriptPath] + order.program }

    /// `suffix`: of the names of its output, in Slurm's patterns.
    func options(suffix: String) -> [String] {
        // What stages are called may look like one of them.
        let folder = order.folder.replacing("%", with: "%%")
        return [
            // It is tried again by a new attempt, never behind the runner's back.
            "--parsable", "--no-requeue", "--job-name=\(name)", "--comment=\(order.key)", "--chdir=\(order.folder)",
            "--output=\(folder)/output.\(suffix)", "--error=\(folder)/errors.\(suffix)",
            "--export-file=\(environmentPath)",
        ] + resources
    }

    /// What decides when and where it can start.
    var resources: [String] {
        var options = [
            "--nodes=1", "--ntasks=1", "--cpus-per-task=\(amounts.cpus)", "--mem=\(amounts.memory)M",
            "--time=\(amounts.minutes)",
        ]
        if amounts.gpus > 0 { options.append("--gres=gpu:\(amounts.gpus)") }
        for (key, value) in [("partition", terms.partition), ("account", terms.account), ("qos", terms.qos)] {
            if let value { options.append("--\(key)=\(value)") }
        }
        return options
    }

    /// A name for people: what may stand in one of `squeue`'s columns.
    private var name: String {
        "sluice-" + String(order.stage.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }.prefix(60))
    }

    private var amounts: SlurmAmounts { SlurmAmounts(order.request, for: order.time, headroom: headroom) }
}

/// What a request takes, in Slurm's units.
struct SlurmAmounts {
    let cpus: Int64
    /// MiB.
    let memory: Int64
    let gpus: Int64
    let minutes: Int64

    /// `headroom`: bytes beyond the grant.
    init(_ request: ResourceRequest, for time: Duration, headroom: Int64) {
        cpus = max(1, Int64(request.cpus.doubleValue.rounded(.up)))
        memory = max(1, (request.memory + headroom + (1 << 20) - 1) >> 20)
        gpus = request.gpus
        minutes = max(1, (time.wholeMilliseconds + 59_999) / 60_000)
    }
}
