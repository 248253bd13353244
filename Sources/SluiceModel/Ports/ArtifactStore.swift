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
