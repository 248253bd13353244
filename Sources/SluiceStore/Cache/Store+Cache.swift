import GRDB
import SluiceModel

/// Newest means last written: the order of the rows, which no clock can turn around.
extension Store: CacheIndex {
    package func entry(for key: Digest, trusted: Bool) throws(StoreError) -> CacheEntry? {
        try one(
            CacheEntry.self,
            """
            SELECT body FROM cache_entries WHERE key = ? AND (trusted = 1 OR NOT ?) ORDER BY id DESC LIMIT 1
            """, [key.description, trusted])
    }

    package func latest(pipeline: String, stage: String, repository: String) throws(StoreError) -> CacheEntry? {
        try one(
            CacheEntry.self,
            """
            SELECT body FROM cache_entries WHERE stage = ? AND pipeline = ? AND repository = ?
            ORDER BY id DESC LIMIT 1
            """, [stage, pipeline, repository])
    }

    package func lastDeploy(
        pipeline: String, stage: String, repository: String, reference: String
    ) throws(StoreError) -> DeployRecord? {
        try one(
            DeployRecord.self,
            """
            SELECT body FROM deploys WHERE stage = ? AND pipeline = ? AND repository = ? AND reference = ?
            ORDER BY id DESC LIMIT 1
            """, [stage, pipeline, repository, reference])
    }

    private func one<Value: Decodable>(
        _ type: Value.Type, _ sql: String, _ arguments: StatementArguments
    ) throws(StoreError) -> Value? {
        try readAlone { database in
            try database.value(String.self, sql, arguments).map { try JSONText.decode(type, from: $0) }
        }
    }
}
