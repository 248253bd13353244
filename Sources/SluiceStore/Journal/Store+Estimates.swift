import GRDB
import SluiceModel

extension Store {
    /// What the latest succeeded attempts at a kind of work took, newest first. `before` leaves out that run and all
    /// after it, for a look back; `onlyTrusted` what runs did that are not trusted.
    package func samples(
        of kind: WorkKind, repository: String, before run: RunID? = nil, limit: Int, onlyTrusted: Bool = true
    ) throws(StoreError) -> [WorkSample] {
        try readAlone { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT pipeline, stage, wall_s, data_bytes, memory_peak
                    FROM attempts JOIN runs ON runs.id = attempts.run
                    WHERE attempts.repository = ? AND work = ? AND profile = ? AND attempts.outcome = 'succeeded'
                        AND run < ? AND (runs.trusted = 1 OR NOT ?)
                    ORDER BY run DESC LIMIT ?
                    """, arguments: [repository, kind.work, kind.profile, run?.number ?? Int64.max, onlyTrusted, limit])
            return rows.map { row in
                WorkSample(
                    pipeline: row["pipeline"], stage: row["stage"], wall: row["wall_s"], dataBytes: row["data_bytes"],
                    memoryPeak: row["memory_peak"] ?? 0)
            }
        }
    }

    /// How well estimates held, by repository, kind of work and source, over the latest `runs` runs. With `max(run)`
    /// among the results, SQLite takes the quantile from the newest of each group's rows.
    package func estimateCoverage(runs: Int) throws(StoreError) -> [EstimateCoverage] {
        try readAlone { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT repository, work, profile, estimate_source AS source, count(*) AS attempts,
                        sum(wall_s <= estimate_s) AS covered, avg(wall_s / max(estimate_s, 0.001)) AS ratio,
                        max(run) AS newest, estimate_quantile AS quantile
                    FROM attempts
                    WHERE outcome = 'succeeded' AND estimate_s IS NOT NULL
                        AND run > (SELECT coalesce(max(id), 0) FROM runs) - ?
                    GROUP BY repository, work, profile, estimate_source
                    ORDER BY repository, work, profile, estimate_source
                    """, arguments: [runs])
            return try rows.map { try EstimateCoverage(row: $0) }
        }
    }
}

extension EstimateCoverage {
    fileprivate init(row: Row) throws {
        let source: String = row["source"]
        guard let source = Plan.Estimate.Source(rawValue: source) else {
            throw StoreError(.corrupt, "the state holds an estimate from `\(source)`")
        }
        self.init(
            repository: row["repository"], kind: WorkKind(work: row["work"], profile: row["profile"]), source: source,
            quantile: row["quantile"], attempts: row["attempts"], covered: row["covered"], meanRatio: row["ratio"])
    }
}
