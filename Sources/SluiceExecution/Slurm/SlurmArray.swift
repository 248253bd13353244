import Glibc
import SluiceModel

/// Attempts that go to Slurm as one array: each task finds its own by its number.
struct SlurmArray {
    /// In the order of their tasks.
    let orders: [JobOrder]
    /// The comment of its job, by which it is found again.
    let key = Token.random()
    let terms: SlurmTerms
    let headroom: Int64

    /// Starts what belongs to its task. Nothing of a stage is ever text of a shell.
    private static let script = """
        #!/bin/sh
        program=$1
        shift $((1 + 2 * SLURM_ARRAY_TASK_ID))
        exec "$program" attempt "$1" "$2"

        """

    /// Beside the stages of their run, because none of its attempts' folders stays until the last of them has ended.
    private var folder: String { "\(orders[0].runFolder ?? orders[0].folder)/.array-\(key.prefix(16))" }

    /// False with errno. Where each of them is has to be known before there is a job.
    func writeFiles() -> Bool {
        guard mkdir(folder, 0o700) == 0, batch.writeFiles(script: Self.script) else { return false }
        return orders.indices.allSatisfy { task in
            let place = SlurmArrayPlace(key: key, task: task, folder: folder)
            return WireJSON.encode(place).map {
                writeAtomically($0, to: SlurmArrayPlace.path(in: orders[task].folder), mode: 0o600)
            } ?? false
        }
    }

    var arguments: [String] {
        let files = orders.flatMap { $0.program.suffix(2) }
        return ["--array=0-\(orders.count - 1)"] + batch.options(suffix: "%a") + [batch.scriptPath]
            + orders[0].program.prefix(1) + files
    }

    private var batch: SlurmBatch {
        var order = orders[0]
        order.folder = folder
        order.key = key
        return SlurmBatch(order: order, terms: terms, headroom: headroom)
    }
}

/// Where in which array an attempt is: noted in its folder before the array is submitted.
struct SlurmArrayPlace: Codable, Equatable {
    /// The array's comment.
    var key: String
    var task: Int
    /// Where its tasks' output lies.
    var folder: String

    static func path(in folder: String) -> String { folder + "/array.json" }

    /// nil where it is no task of an array.
    static func read(in folder: String) -> SlurmArrayPlace? {
        smallFile(path(in: folder), limit: 1 << 16).flatMap { WireJSON.decode($0) }
    }
}
