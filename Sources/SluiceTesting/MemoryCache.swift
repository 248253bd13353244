import SluiceModel
import Synchronization

/// Results of earlier runs, in memory.
package final class MemoryCache: CacheIndex {
    private struct Inner {
        var entries: [CacheEntry] = []
        var deploys: [String: DeployRecord] = [:]
    }

    private let inner = Mutex(Inner())

    package init() {}

    package func add(_ entry: CacheEntry) { inner.withLock { $0.entries.append(entry) } }

    /// What a journal does with a completion.
    package func remember(_ completion: StageCompletion) {
        if completion.isCacheable { add(completion.entry) }
        guard completion.isDeploy, let reference = completion.reference else { return }
        let entry = completion.entry
        inner.withLock {
            $0.deploys["\(entry.stage) \(reference)"] = DeployRecord(
                key: entry.key, run: entry.run, commit: completion.commit, metrics: entry.metrics,
                outputValues: entry.outputValues, artifacts: entry.artifacts)
        }
    }

    package func entry(for key: Digest, trusted: Bool) throws(StoreError) -> CacheEntry? {
        inner.withLock { $0.entries.last { $0.key == key && ($0.trusted || !trusted) } }
    }

    package func latest(pipeline: String, stage: String, repository: String) throws(StoreError) -> CacheEntry? {
        inner.withLock { $0.entries.last { $0.stage == stage } }
    }

    package func lastDeploy(
        pipeline: String, stage: String, repository: String, reference: String
    ) throws(StoreError) -> DeployRecord? {
        inner.withLock { $0.deploys["\(stage) \(reference)"] }
    }
}
