import SluiceModel

/// Asks the records whether what a stage would make is there already.
struct ResultLookup {
    let ports: RunPorts

    /// What is asked beside the key.
    struct Query: Sendable {
        var pipeline: String
        var stage: String
        var repository: String
        var reference: String?
        var isTrusted: Bool
        var policy: CachePolicy
        var isDeploy: Bool
    }

    /// A usable entry whose artifacts are all there.
    func entry(for key: Digest, _ query: Query) throws(StoreError) -> CacheEntry? {
        if query.isDeploy { return try deployed(key, query) }
        guard query.policy != .off, let entry = try ports.cache.entry(for: key, trusted: query.isTrusted),
            isFresh(entry, query.policy), entry.artifacts.allSatisfy(ports.artifacts.contains)
        else { return nil }
        return entry
    }

    private func isFresh(_ entry: CacheEntry, _ policy: CachePolicy) -> Bool {
        guard case .maxAge(let age) = policy else { return true }
        return ports.clock.now().seconds(since: entry.created) <= age.inSeconds
    }

    private func deployed(_ key: Digest, _ query: Query) throws(StoreError) -> CacheEntry? {
        guard let reference = query.reference,
            let last = try ports.cache.lastDeploy(
                pipeline: query.pipeline, stage: query.stage, repository: query.repository, reference: reference),
            last.key == key
        else { return nil }
        return CacheEntry(
            key: key, run: last.run, stage: query.stage, created: ports.clock.now(), trusted: query.isTrusted,
            parts: [], metrics: last.metrics, outputValues: last.outputValues, artifacts: last.artifacts,
            isDegraded: false)
    }
}
