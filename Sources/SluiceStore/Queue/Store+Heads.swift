import GRDB
import SluiceModel

extension Store {
    /// Errors: `.notFound`.
    package func head(of run: RunID) throws(StoreError) -> RunHead {
        try read { try RunHead.fetch($0, run) }
    }

    /// The newest runs, newest first; `before` goes on where an earlier page ended.
    package func heads(
        limit: Int, before: RunID? = nil, pipeline: String? = nil
    ) throws(StoreError) -> [RunHead] {
        try read { database in
            var conditions: [String] = []
            var arguments: StatementArguments = []
            if let before {
                conditions.append("id < ?")
                arguments += [before.number]
            }
            if let pipeline {
                conditions.append("pipeline = ?")
                arguments += [pipeline]
            }
            let condition = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
            return try RunHead.fetch(database, condition + " ORDER BY id DESC LIMIT ?", arguments + [limit])
        }
    }

    /// All runs in these states, oldest first: what a worker looks through after a restart.
    package func heads(in states: Set<RunPhase>) throws(StoreError) -> [RunHead] {
        let words = states.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")
        return try read { try RunHead.fetch($0, "WHERE state IN (\(words)) ORDER BY id", []) }
    }

    package func counts() throws(StoreError) -> QueueCounts {
        try read { database in
            var counts = QueueCounts()
            let rows = try Row.fetchAll(
                database, sql: "SELECT state, outcome, count(*) AS number FROM runs GROUP BY state, outcome")
            for row in rows {
                let number: Int = row["number"]
                switch RunPhase(rawValue: row["state"]) {
                case .queued: counts.queued += number
                case .waiting: counts.waiting += number
                case .running: counts.running += number
                case .ended:
                    if let outcome = RunOutcome(rawValue: row["outcome"]) { counts.ended[outcome] = number }
                case nil: break
                }
            }
            return counts
        }
    }
}
