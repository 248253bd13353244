/// Results of earlier runs by cache key.
package protocol CacheIndex: Sendable {
    /// The newest usable entry. An untrusted reader may read trusted entries, never the reverse.
    func entry(for key: Digest, trusted: Bool) throws(StoreError) -> CacheEntry?
    /// The newest entry of the same pipeline and stage, to say which part of the key differs.
    func latest(pipeline: String, stage: String, repository: String) throws(StoreError) -> CacheEntry?
    /// The last succeeded deploy of a stage on a reference.
    func lastDeploy(pipeline: String, stage: String, repository: String, reference: String) throws(StoreError)
        -> DeployRecord?
}
