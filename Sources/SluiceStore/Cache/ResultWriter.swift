import GRDB
import SluiceModel

/// Remembers what a stage made, within the transaction that ends it.
struct ResultWriter {
    let database: Database
    let completion: StageCompletion
    let run: RunID
    let time: Timestamp

    func insertCacheEntry() throws {
        let entry = completion.entry
        try database.run(
            """
            INSERT INTO cache_entries (key, repository, pipeline, stage, reference, run, trusted, created, body)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                entry.key.description, completion.repository, completion.pipeline, entry.stage, completion.reference,
                run.number, entry.trusted, entry.created.milliseconds, try JSONText.encode(entry),
            ])
    }

    func insertDeploy() throws {
        let entry = completion.entry
        let deploy = DeployRecord(
            key: entry.key, run: run, commit: completion.commit, metrics: entry.metrics,
            outputValues: entry.outputValues, artifacts: entry.artifacts)
        try database.run(
            """
            INSERT INTO deploys (key, repository, pipeline, stage, reference, run, time, body)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                deploy.key.description, completion.repository, completion.pipeline, entry.stage, completion.reference,
                run.number, time.milliseconds, try JSONText.encode(deploy),
            ])
    }
}
