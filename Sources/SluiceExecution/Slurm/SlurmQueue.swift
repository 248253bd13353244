import Glibc
import SluiceModel

/// The jobs of this user, as `squeue` lists them: also those that ended a while ago.
enum SlurmQueue {
    struct Row: Equatable {
        /// `12`, of a task of an array `12_3`.
        var job: String
        var state: String
        var reason: String
        /// The raw wait status.
        var exit: Int32
        var comment: String
    }

    static func read(_ programs: SlurmPrograms) -> Result<[Row], UnreadableFile> {
        let fields = ["JobArrayID", "State", "exit_code", "Comment", "Reason"].map { $0 + ":\(separator)" }
        let answer = programs.run(
            "squeue",
            ["--noheader", "--array", "--states=all", "--user=\(geteuid())", "-O", fields.joined(separator: ",")])
        guard answer.isGood else { return .failure(UnreadableFile(answer.complaint)) }
        return .success(answer.lines.compactMap(row))
    }

    private static let all = SharedWatches<SlurmPrograms, Row>()

    /// Executors on one cluster share one.
    static func watch(_ programs: SlurmPrograms) -> JobWatch<Row> {
        all.watch(programs) {
            JobWatch(remembered: { SlurmAccounting.ending(of: $0, programs) }) {
                read(programs).map { rows in Dictionary(rows.map { ($0.job, $0) }) { first, _ in first } }
            }
        }
    }

    private static let separator = "|"

    /// `12|RUNNING|0|KEY|None|`
    static func row(_ line: String) -> Row? {
        let fields = line.split(separator: "|", maxSplits: 4, omittingEmptySubsequences: false).map(String.init)
        guard fields.count == 5, !fields[0].isEmpty, let exit = Int32(fields[2]) else { return nil }
        return Row(
            job: fields[0], state: fields[1], reason: fields[4].filter { $0 != "|" }, exit: exit, comment: fields[3])
    }
}

extension SlurmQueue.Row {
    /// Of an array's task its number.
    var task: Int? { job.split(separator: "_").dropFirst().first.flatMap { Int($0) } }
}

extension SlurmQueue.Row: JobRow {
    var isPending: Bool { state == "PENDING" }

    func sighting(waited: Duration, patience: Duration) -> JobSighting {
        switch state {
        case "PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "SPECIAL_EXIT", "RESV_DEL_HOLD":
            switch SlurmReason(reason) {
            case .never: return .impossible(reason)
            case .notNow where waited >= patience: return .impossible("\(reason), for \(Int(waited.inSeconds)) s now")
            // The scheduler has not looked at it yet.
            case .notNow, .usual: return reason == "None" ? .unseen : .pending(reason: SlurmReason.words(for: reason))
            }
        case "RUNNING", "COMPLETING", "STAGE_OUT", "SIGNALING", "SUSPENDED", "STOPPED", "RESIZING": return .running
        default: return .ended(JobEnding(cause: cause, words: words))
        }
    }

    /// `FAILED 0:9`
    private var words: String {
        let status = "\(exit >> 8 & 0xFF):\(exit & 0x7F)"
        return state + (exit == 0 ? "" : " \(status)") + (reason == "None" || reason.isEmpty ? "" : " (\(reason))")
    }

    private var cause: JobEnding.Cause {
        switch state {
        case "COMPLETED": .completed
        case "OUT_OF_MEMORY": .outOfMemory
        case "TIMEOUT", "DEADLINE": .timeout
        case "PREEMPTED": .preempted
        case "NODE_FAIL", "BOOT_FAIL", "REVOKED": .nodeFailed
        case "CANCELLED": .cancelled
        default: .failed
        }
    }
}
