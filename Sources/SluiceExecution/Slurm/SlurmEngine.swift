import Glibc
import SluiceModel

/// Slurm as an engine: `sbatch`, `scancel`, and one `squeue` a second for all jobs of this process.
struct SlurmEngine: JobEngine {
    let name = "slurm"
    let terms: SlurmTerms
    let programs: SlurmPrograms
    private let watch: JobWatch<SlurmQueue.Row>

    /// `headroom`: bytes beyond the grant for the supervisor itself, so that it is the one who sees an overrun first.
    let headroom: Int64

    init(terms: SlurmTerms, programs: SlurmPrograms, headroom: Int64 = 128 << 20) {
        self.terms = terms
        self.programs = programs
        self.headroom = headroom
        watch = SlurmQueue.watch(programs)
    }

    func submit(_ order: JobOrder) -> Submission {
        let batch = SlurmBatch(order: order, terms: terms, headroom: headroom)
        guard batch.writeFiles() else { return .unreachable("\(order.folder) cannot be written: \(errorText(errno))") }
        let answer = programs.run("sbatch", batch.arguments)
        guard answer.isGood, let job = answer.lines.first.flatMap(Self.jobNumber) else {
            return SlurmPrograms.isUnreachable(answer.complaint)
                ? .unreachable(answer.complaint) : .refused(Self.words(of: answer.complaint))
        }
        return .accepted(job)
    }

    func find(_ order: JobOrder) -> JobSearch {
        switch SlurmQueue.read(programs) {
        case .failure(let why): return .unreachable(why.message)
        case .success(let rows):
            return rows.first { $0.comment == order.key }.map { .found($0.job) } ?? .none
        }
    }

    func sighting(of job: String) -> JobSighting { watch.sighting(of: job, patience: terms.patience) }

    /// Without control groups Slurm calls a job that it killed for its memory failed, and says so only to the job.
    func explained(_ ending: JobEnding, in folder: String) -> JobEnding {
        guard ending.cause == .failed else { return ending }
        let files = (folderNames(folder) ?? []).filter { $0.hasPrefix("errors.") }
        let said = files.compactMap { smallFile("\(folder)/\($0)", limit: 1 << 20) }
        let isMemory = said.contains { text in
            let text = String(decoding: text, as: UTF8.self)
            return text.contains("exceeded memory limit") || text.contains("oom-kill") || text.contains("oom_kill")
        }
        return isMemory ? JobEnding(cause: .outOfMemory, words: ending.words) : ending
    }

    func unwatch(_ job: String) { watch.remove(job) }

    /// Its batch script is the supervisor: what the plugin hears is the supervisor's to say.
    func stop(_ job: String) -> Bool { programs.run("scancel", ["--batch", "--signal=TERM", job]).isGood }

    func cancel(_ job: String, isImmediate: Bool) -> Bool {
        if isImmediate { _ = programs.run("scancel", ["--full", "--signal=KILL", job]) }
        let answer = programs.run("scancel", [job])
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
