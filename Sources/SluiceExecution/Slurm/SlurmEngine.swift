import Glibc
import SluiceModel

/// Slurm as an engine: `sbatch`, `scancel`, and one `squeue` a second for all jobs of this process.
struct SlurmEngine: JobEngine {
    let name = "slurm"
    let terms: SlurmTerms
    let programs: SlurmPrograms
    private let watch: JobWatch<SlurmQueue.Row>
    private let gathering: JobGathering<Alike>
    /// nil: every attempt is a job, or a task of one.
    private let allocations: SlurmAllocations?

    /// `headroom`: bytes beyond the grant for the supervisor itself, so that it is the one who sees an overrun first.
    let headroom: Int64
    /// As many that come at the same moment are an array.
    let leastTasks: Int

    /// Milliseconds. The scheduler starts jobs by a tick of a second or more, so this delays nothing that matters.
    private static let moment: Int64 = 150

    /// What jobs have to have in common to be tasks of one array.
    private struct Alike: Hashable {
        var resources: [String]
        var program: [String]
        var searchPath: String
        var runFolder: String
    }

    init(
        terms: SlurmTerms, programs: SlurmPrograms, headroom: Int64 = 128 << 20, leastTasks: Int = 2,
        gathering moment: Int64 = moment
    ) {
        gathering = JobGathering(moment: moment)
        allocations = terms.allocation.map { SlurmAllocations($0, headroom: headroom) }
        self.leastTasks = leastTasks
        self.terms = terms
        self.programs = programs
        self.headroom = headroom
        watch = SlurmQueue.watch(programs)
    }

    func submit(_ order: JobOrder) -> Submission {
        guard let runFolder = order.runFolder else { return submitAlone(order) }
        let inAllocation = allocations?.submit(
            order, in: runFolder, searchPath: programs.searchPath, hasEnded: hasEnded, open: submitAlone)
        if let inAllocation { return inAllocation }
        // Where it was before is not where it is found again.
        unlink(AllocatedPlace.path(in: order.folder))
        let alike = Alike(
            resources: batch(order).resources, program: Array(order.program.dropLast(2)),
            searchPath: order.searchPath, runFolder: runFolder)
        return gathering.submit(order, with: alike) { orders in
            orders.count < leastTasks ? orders.map(submitAlone) : submitArray(orders)
        }
    }

    private func hasEnded(_ job: String) -> Bool {
        switch watch.sighting(of: job, patience: terms.patience) {
        case .ended, .gone, .impossible: true
        case .unseen, .pending, .running, .unstarted, .unreachable: false
        }
    }

    private func submitAlone(_ order: JobOrder) -> Submission {
        unlink(SlurmArrayPlace.path(in: order.folder))
        let batch = batch(order)
        guard batch.writeFiles() else { return .unreachable("\(order.folder) cannot be written: \(errorText(errno))") }
        return submission(batch.arguments)
    }

    /// A site may refuse an array, for its size, whose tasks it would take one by one.
    private func submitArray(_ orders: [JobOrder]) -> [Submission] {
        let array = SlurmArray(orders: orders, terms: terms, headroom: headroom)
        guard array.writeFiles() else {
            return orders.map { _ in .unreachable("an array cannot be written: \(errorText(errno))") }
        }
        switch submission(array.arguments) {
        case .accepted(let job): return orders.indices.map { .accepted("\(job)_\($0)") }
        case .refused: return orders.map(submitAlone)
        case .unreachable(let why): return orders.map { _ in .unreachable(why) }
        }
    }

    private func batch(_ order: JobOrder) -> SlurmBatch { SlurmBatch(order: order, terms: terms, headroom: headroom) }

    private func submission(_ arguments: [String]) -> Submission {
        let answer = programs.run("sbatch", arguments)
        guard answer.isGood, let job = answer.lines.first.flatMap(Self.jobNumber) else {
            return SlurmPrograms.isUnreachable(answer.complaint)
                ? .unreachable(answer.complaint) : .refused(Self.words(of: answer.complaint))
        }
        return .accepted(job)
    }

    func find(_ order: JobOrder) -> JobSearch {
        if let job = AllocatedJob(of: order) { return .found(job.name) }
        switch SlurmQueue.read(programs) {
        case .failure(let why): return .unreachable(why.message)
        case .success(let rows):
            let place = SlurmArrayPlace.read(in: order.folder)
            let row = rows.first { row in
                row.comment == order.key || place.map { row.comment == $0.key && row.task == $0.task } ?? false
            }
            return row.map { .found($0.job) } ?? .none
        }
    }

    func sighting(of job: String, in folder: String) -> JobSighting {
        guard AllocatedJob.isOne(job) else { return watch.sighting(of: job, patience: terms.patience) }
        guard let allocated = AllocatedJob(job, in: folder) else { return .gone }
        return allocated.sighting(watch.sighting(of: allocated.holder, patience: terms.patience))
    }

    /// Without control groups Slurm calls a job that it killed for its memory failed, and says so only to the job.
    func explained(_ ending: JobEnding, in folder: String) -> JobEnding {
        guard ending.cause == .failed else { return ending }
        let said = errorFiles(of: folder).compactMap { smallFile($0, limit: 1 << 20) }
            .map { String(decoding: $0, as: UTF8.self) }
        let signs: [(cause: JobEnding.Cause, words: [String])] = [
            (.outOfMemory, ["exceeded memory limit", "oom-kill", "oom_kill", "Out Of Memory"]),
            (.timeout, ["DUE TO TIME LIMIT"]),
        ]
        let sign = signs.first { sign in said.contains { text in sign.words.contains { text.contains($0) } } }
        return sign.map { JobEnding(cause: $0.cause, words: ending.words) } ?? ending
    }

    /// Of a job's own output, or of its task's.
    private func errorFiles(of folder: String) -> [String] {
        if let place = SlurmArrayPlace.read(in: folder) { return ["\(place.folder)/errors.\(place.task)"] }
        return (folderNames(folder) ?? []).filter { $0.hasPrefix("errors.") }.map { "\(folder)/\($0)" }
    }

    /// A job that holds an allocation is one for many.
    func unwatch(_ job: String) { if !AllocatedJob.isOne(job) { watch.remove(job) } }

    /// Its batch script is the supervisor: what the plugin hears is the supervisor's to say. A signal to a step would
    /// reach the plugin, too: there the supervisor reads what the runner has written.
    func stop(_ job: String, in folder: String) -> Bool {
        AllocatedJob.isOne(job) || programs.run("scancel", ["--batch", "--signal=TERM", job]).isGood
    }

    func cancel(_ job: String, in folder: String, isImmediate: Bool) -> Bool {
        guard AllocatedJob.isOne(job) else { return cancel(job, ["--full", "--signal=KILL"], isImmediate) }
        guard let allocated = AllocatedJob(job, in: folder) else { return true }
        if allocated.withdraw() {
            giveUpUnused(allocated)
            return true
        }
        switch allocated.step(programs) {
        case .failure: return false
        case .success(let step): return step.map { cancel($0, ["--signal=KILL"], isImmediate) } ?? true
        }
    }

    /// One that has begun ends by itself.
    private func giveUpUnused(_ allocated: AllocatedJob) {
        switch watch.sighting(of: allocated.holder, patience: terms.patience) {
        case .unseen, .pending, .impossible:
            allocations?.giveUp(allocated.allocation) { _ = programs.run("scancel", [allocated.holder]) }
        case .running, .ended, .gone, .unstarted, .unreachable: break
        }
    }

    private func cancel(_ what: String, _ killing: [String], _ isImmediate: Bool) -> Bool {
        if isImmediate { _ = programs.run("scancel", killing + [what]) }
        let answer = programs.run("scancel", [what])
        return answer.isGood || answer.complaint.contains("Invalid job id")
    }

    /// `12`, or `12;cluster`.
    private static func jobNumber(_ line: String) -> String? {
        let number = line.prefix { $0 != ";" }
        return !number.isEmpty && number.allSatisfy(\.isWholeNumber) ? String(number) : nil
    }

    private static func words(of complaint: String) -> String {
        complaint.replacing("sbatch: error: ", with: "").replacing("Batch job submission failed: ", with: "")
    }
}
