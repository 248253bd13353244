/// One revision's files, read from git objects (or, for a worktree, from disk). Reads only; runs no filter.
package protocol TreeReader: Sendable {
    /// nil where there is nothing at the path. Paths are relative, with `/`, without `.` and `..`.
    func entry(at path: String) throws(GitError) -> TreeEntry?
    /// Every file, link and submodule at or below a folder (`""` is the root), sorted by path bytes.
    func entries(under folder: String) throws(GitError) -> [TreeEntry]
    /// A file's bytes; `limit` refuses larger ones with `.tooLarge` before they are read.
    func contents(of entry: TreeEntry, limit: Int) throws(GitError) -> [UInt8]
    /// Writes entries below an existing folder, keeping their paths; regular files only, executable bit kept.
    func snapshot(_ entries: [TreeEntry], into folder: String) throws(GitError)
}

package struct TreeEntry: Sendable, Hashable {
    package enum Kind: Sendable, Hashable { case file, executable, link, folder, submodule }

    package var path: String
    package var oid: ObjectID
    package var kind: Kind

    package init(path: String, oid: ObjectID, kind: Kind) {
        self.path = path
        self.oid = oid
        self.kind = kind
    }

    package var isRegular: Bool { kind == .file || kind == .executable }
}

/// What differs between two revisions, for `paths` filters and `changed()`.
package enum ChangedPaths: Sendable, Equatable {
    /// There is nothing to compare with.
    case everything
    case paths([String])
}

/// Finds plugins outside of the commit: the operator's folders, then the one beside the binary.
package protocol PluginFinder: Sendable {
    /// All folders with that name, best first. Throws when one is there but cannot be used.
    func folders(named name: String) throws(PluginError) -> [PluginFolder]
    /// Every name that would be found, for hints.
    func names() -> [String]
}

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

/// A succeeded deploy: nothing is done again while the key is equal.
package struct DeployRecord: Sendable, Codable, Equatable {
    package var key: Digest
    package var run: RunID
    package var commit: ObjectID
    package var metrics: [String: Double]
    package var outputValues: [String: JSONValue]
    package var artifacts: [Artifact]

    package init(
        key: Digest, run: RunID, commit: ObjectID, metrics: [String: Double], outputValues: [String: JSONValue],
        artifacts: [Artifact]
    ) {
        self.key = key
        self.run = run
        self.commit = commit
        self.metrics = metrics
        self.outputValues = outputValues
        self.artifacts = artifacts
    }
}

/// What a stage made once, and the parts of the key under which it is found again.
package struct CacheEntry: Sendable, Codable, Equatable {
    package var key: Digest
    package var run: RunID
    package var stage: String
    package var created: Timestamp
    package var trusted: Bool
    package var parts: [CacheKeyPart]
    package var metrics: [String: Double]
    package var outputValues: [String: JSONValue]
    package var artifacts: [Artifact]
    package var isDegraded: Bool

    package init(
        key: Digest, run: RunID, stage: String, created: Timestamp, trusted: Bool, parts: [CacheKeyPart],
        metrics: [String: Double], outputValues: [String: JSONValue], artifacts: [Artifact], isDegraded: Bool
    ) {
        self.key = key
        self.run = run
        self.stage = stage
        self.created = created
        self.trusted = trusted
        self.parts = parts
        self.metrics = metrics
        self.outputValues = outputValues
        self.artifacts = artifacts
        self.isDegraded = isDegraded
    }
}

/// One named ingredient of a cache key: `plugin`, `params.lr`, `input.data`, `env.X`, `script`, `source`.
package struct CacheKeyPart: Sendable, Codable, Hashable {
    package var name: String
    package var value: String

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// An output that is kept: named by the digest of its content.
package struct Artifact: Sendable, Codable, Hashable {
    package var name: String
    package var digest: Digest
    /// Bytes; of a folder the sum of its files.
    package var size: Int64
    package var type: ArtifactType
    /// Whether it is a folder of files.
    package var isFolder: Bool

    package init(name: String, digest: Digest, size: Int64, type: ArtifactType, isFolder: Bool) {
        self.name = name
        self.digest = digest
        self.size = size
        self.type = type
        self.isFolder = isFolder
    }
}

/// Outputs by digest, on disk.
package protocol ArtifactStore: Sendable {
    /// Digests and stores a file or folder that lies at `path` below `root`, opened without following links.
    /// The source may be consumed. Errors: `.missing`, `.notRegular`, `.tooLarge` (over `limit` bytes).
    func ingest(name: String, type: ArtifactType, path: String, root: String, limit: Int64?) throws(ArtifactError)
        -> Artifact
    /// Puts a copy at `path`, whose parent exists; read-only for others. Verifies what changed since it was stored.
    func restore(_ artifact: Artifact, to path: String) throws(ArtifactError)
    /// Whether all of its bytes are there.
    func contains(_ artifact: Artifact) -> Bool
}

/// The durable record of runs: every change is one transaction.
package protocol RunJournal: Sendable {
    /// Appends events, numbers them, and brings the tables that are derived from them up to date.
    @discardableResult
    func append(_ events: [RunEvent.Kind], to run: RunID, at time: Timestamp) throws(StoreError) -> [RunEvent]
    func events(of run: RunID) throws(StoreError) -> [RunEvent]
    /// Makes the cache entry and, for deploys, the deploy record, in the same transaction as the events.
    func finish(_ completion: StageCompletion, events: [RunEvent.Kind], to run: RunID, at time: Timestamp)
        throws(StoreError) -> [RunEvent]
}

/// What is remembered of a stage that ended well.
package struct StageCompletion: Sendable, Equatable {
    package var pipeline: String
    package var repository: String
    package var reference: String?
    package var commit: ObjectID
    package var entry: CacheEntry
    /// False: only remembered as a deploy or not at all.
    package var isCacheable: Bool
    package var isDeploy: Bool

    package init(
        pipeline: String, repository: String, reference: String?, commit: ObjectID, entry: CacheEntry,
        isCacheable: Bool, isDeploy: Bool
    ) {
        self.pipeline = pipeline
        self.repository = repository
        self.reference = reference
        self.commit = commit
        self.entry = entry
        self.isCacheable = isCacheable
        self.isDeploy = isDeploy
    }
}

/// Where attempts run. Both calls block their thread until everything that was started is gone.
package protocol Executor: Sendable {
    var name: String { get }
    func execute(
        _ request: AttemptRequest, cancellation: Cancellation, observe: @escaping @Sendable (AttemptEvent) -> Void
    ) -> AttemptResult
}

/// Builds the interpreters' environments that plugins ask for.
package protocol EnvironmentProvider: Sendable {
    /// What identifies the environment, without building it or running anything of the commit; `isBuilt` says
    /// whether it is there already.
    func identity(of requirements: [UInt8]?, searchPath: String) throws(PluginError) -> EnvironmentIdentity
    /// Builds it unless it is there; parallel callers wait for one build. Returns its folder.
    func provide(_ identity: EnvironmentIdentity, requirements: [UInt8]?, log: @escaping @Sendable (String) -> Void)
        throws(PluginError) -> ProvidedEnvironment
}

package struct EnvironmentIdentity: Sendable, Hashable, Codable {
    /// Of requirements, interpreter version, platform and SDK.
    package var key: Digest
    package var interpreter: String
    /// Digest of the resolved packages; nil until it is built.
    package var lock: String?

    package init(key: Digest, interpreter: String, lock: String?) {
        self.key = key
        self.interpreter = interpreter
        self.lock = lock
    }
}

package struct ProvidedEnvironment: Sendable, Equatable {
    package var folder: String
    package var lock: String
    /// Seconds spent building; 0 when it was there.
    package var buildSeconds: Double

    package init(folder: String, lock: String, buildSeconds: Double) {
        self.folder = folder
        self.lock = lock
        self.buildSeconds = buildSeconds
    }
}

/// Time, as the engine sees it.
package protocol Clock: Sendable {
    func now() -> Timestamp
}
