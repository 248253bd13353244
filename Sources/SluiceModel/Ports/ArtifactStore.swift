/// How much is taken in as one output.
package struct OutputLimits: Sendable, Equatable {
    /// Bytes, apparent sizes; nil: nothing is said.
    package var bytes: Int64?
    /// Files of a folder, and folders below it.
    package var files: Int

    package init(bytes: Int64? = nil, files: Int = AttemptRequest.Limits().files) {
        self.bytes = bytes
        self.files = files
    }
}

/// Outputs by digest, on disk.
package protocol ArtifactStore: Sendable {
    /// Digests and stores a file or folder that lies at `path` below `root`, opened without following links.
    /// The source may be consumed. Gives up when everything is to end at once: what a stage has made by the time of its
    /// cancellation is taken in. Errors: `.missing`, `.notRegular`, `.tooLarge`.
    func ingest(
        name: String, type: ArtifactType, path: String, root: String, limits: OutputLimits,
        unless cancellation: Cancellation
    ) throws(ArtifactError) -> Artifact
    /// Puts a copy at `path`, whose parent exists; read-only for others. Verifies what changed since it was stored. Gives up
    /// when it is cancelled.
    func restore(_ artifact: Artifact, to path: String, unless cancellation: Cancellation) throws(ArtifactError)
    /// Whether all of its bytes are there.
    func contains(_ artifact: Artifact) -> Bool
}
