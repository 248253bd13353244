import Glibc
import SluiceModel

/// What a partition has, and how long it lets a request wait.
package struct SlurmPool: Sendable {
    private let terms: SlurmTerms
    private let programs: SlurmPrograms

    package init(_ terms: SlurmTerms, searchPath: String) {
        self.terms = terms
        programs = SlurmPrograms(terms, searchPath)
    }

    /// All nodes of the partition that work, together; a message where Slurm does not say.
    package func capacity() -> Result<ResourceRequest, EngineUnreachable> {
        let fields = ["NodeHost", "CPUsState", "Memory", "Gres", "StateCompact"].map { $0 + ":|" }
        let partition = terms.partition.map { ["--partition=\($0)"] } ?? []
        let answer = programs.run("sinfo", ["--noheader", "--Node", "-O", fields.joined(separator: ",")] + partition)
        guard answer.isGood else { return .failure(EngineUnreachable(message: answer.complaint)) }
        var seen: Set<String> = []
        let nodes = answer.lines.compactMap(SlurmNode.init).filter { seen.insert($0.name).inserted && $0.works }
        guard !nodes.isEmpty else { return .failure(EngineUnreachable(message: "no node of the partition works")) }
        return .success(
            ResourceRequest(
                cpus: Amount(nodes.reduce(0) { $0 + $1.cpus }), memory: nodes.reduce(0) { $0 + $1.memory },
                gpus: nodes.reduce(0) { $0 + $1.gpus }))
    }

    /// When Slurm would start such a job, or the allocation for it, from now on; nil where it does not say.
    package func wait(for request: ResourceRequest) -> Duration? {
        let allocation = terms.allocation.flatMap { $0.fits(request) ? $0 : nil }
        let order = JobOrder(
            key: "test", stage: "test", program: ["/bin/true"], searchPath: "/", folder: "/",
            request: allocation?.request ?? request, time: allocation?.time ?? .seconds(60), grace: .zero)
        let options = SlurmBatch(order: order, terms: terms, headroom: 0).resources
        let answer = programs.run("sbatch", ["--test-only", "--wrap=true"] + options)
        guard let start = answer.notes.compactMap(Self.start).first else { return nil }
        return .seconds(max(0, start - Int64(time(nil))))
    }

    /// `sbatch: Job 5 to start at 2026-11-27T01:54:30 using 1 processors on nodes n1 in partition main`, in UTC.
    static func start(_ line: String) -> Int64? {
        guard let range = line.firstRange(of: " to start at ") else { return nil }
        let numbers = line[range.upperBound...].prefix(19).split { !$0.isWholeNumber }.compactMap { Int32($0) }
        guard numbers.count == 6 else { return nil }
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (numbers[0] - 1900, numbers[1] - 1, numbers[2])
        (parts.tm_hour, parts.tm_min, parts.tm_sec) = (numbers[3], numbers[4], numbers[5])
        return Int64(timegm(&parts))
    }
}

/// A line of `sinfo`: `n1|0/8/0/8|9642|gpu:2(S:0)|idle|`
struct SlurmNode: Equatable {
    var name: String
    var cpus: Int64
    /// Bytes.
    var memory: Int64
    var gpus: Int64
    var works: Bool

    init?(_ line: String) {
        let fields = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        guard fields.count >= 5, let mebibytes = Int64(fields[2]) else { return nil }
        // Allocated, idle, other, total.
        let cpus = fields[1].split(separator: "/").compactMap { Int64($0) }
        guard cpus.count == 4 else { return nil }
        name = fields[0]
        self.cpus = cpus[0] + cpus[1]
        memory = mebibytes << 20
        gpus = Self.gpus(fields[3])
        let state = fields[4].prefix { $0.isLetter }
        works = ["idle", "alloc", "mix", "comp", "resv", "plnd"].contains { state.hasPrefix($0) } && self.cpus > 0
    }

    /// `gpu:2`, `gpu:a100:4(S:0-1),shard:8`
    private static func gpus(_ text: String) -> Int64 {
        text.split(separator: ",").reduce(0) { sum, part in
            let words = part.prefix { $0 != "(" }.split(separator: ":")
            guard words.first == "gpu", let count = words.last.flatMap({ Int64($0) }) else { return sum }
            return sum + count
        }
    }
}
