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
