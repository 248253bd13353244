import GRDB
import SluiceModel

/// Newest means last written: the order of the rows, which no clock can turn around.
extension Store: CacheIndex {
    package func entry(for key: Digest, trusted: Bool) throws(StoreError) -> CacheEntry? {
        try results(before: nil).entry(for: key, trusted: trusted)
    }

    package func latest(pipeline: String, stage: String, repository: String) throws(StoreError) -> CacheEntry? {
        try results(before: nil).latest(pipeline: pipeline, stage: stage, repository: repository)
    }

    package func lastDeploy(
        pipeline: String, stage: String, repository: String, reference: String
    ) throws(StoreError) -> DeployRecord? {
        try results(before: nil).lastDeploy(
            pipeline: pipeline, stage: stage, repository: repository, reference: reference)
    }

    /// What runs before this one had made; nil: all of them.
    package func results(before run: RunID?) -> EarlierResults { EarlierResults(store: self, before: run) }
}

/// The results of runs up to one of them, for a look back: what later runs made was not there then.
package struct EarlierResults: CacheIndex {
    let store: Store
    let before: RunID?

    private var bound: Int64 { before?.number ?? .max }

    package func entry(for key: Digest, trusted: Bool) throws(StoreError) -> CacheEntry? {
        try one(
            CacheEntry.self,
            """
            SELECT body FROM cache_entries WHERE key = ? AND (trusted = 1 OR NOT ?) AND run < ?
            ORDER BY id DESC LIMIT 1
            """, [key.description, trusted, bound])
    }

    package func latest(pipeline: String, stage: String, repository: String) throws(StoreError) -> CacheEntry? {
        try one(
            CacheEntry.self,
            """
            SELECT body FROM cache_entries WHERE stage = ? AND pipeline = ? AND repository = ? AND run < ?
            ORDER BY id DESC LIMIT 1
            """, [stage, pipeline, repository, bound])
    }

    package func lastDeploy(
        pipeline: String, stage: String, repository: String, reference: String
    ) throws(StoreError) -> DeployRecord? {
        try one(
            DeployRecord.self,
            """
            SELECT body FROM deploys WHERE stage = ? AND pipeline = ? AND repository = ? AND reference = ? AND run < ?
            ORDER BY id DESC LIMIT 1
            """, [stage, pipeline, repository, reference, bound])
    }

    private func one<Value: Decodable>(
        _ type: Value.Type, _ sql: String, _ arguments: StatementArguments
    ) throws(StoreError) -> Value? {
        try store.readAlone { database in
            try database.value(String.self, sql, arguments).map { try JSONText.decode(type, from: $0) }
        }
    }
}
