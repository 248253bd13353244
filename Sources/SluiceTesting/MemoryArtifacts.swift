import SluiceModel
import Synchronization

/// Artifacts by digest, taken from and given to a disk in memory.
package final class MemoryArtifacts: ArtifactStore {
    private let disk: MemoryDisk
    /// Files by their path below the artifact's root; a file itself has the path "".
    private let stored = Mutex<[Digest: [String: [UInt8]]]>([:])

    package init(disk: MemoryDisk) { self.disk = disk }

    package func ingest(
        name: String, type: ArtifactType, path: String, root: String, limits: OutputLimits,
        unless cancellation: Cancellation
    ) throws(ArtifactError) -> Artifact {
        let place = root + "/" + path
        let all = disk.files
        let content = Dictionary(
            uniqueKeysWithValues: disk.paths(below: place).map {
                (String($0.dropFirst(place.utf8.count)), all[$0] ?? [])
            })
        guard !content.isEmpty else { throw ArtifactError(.missing, "\(name) was not made") }
        let size = Int64(content.values.reduce(0) { $0 + $1.count })
        guard content.count <= limits.files else { throw ArtifactError(.tooLarge, "\(name) has too many files") }
        if let limit = limits.bytes, size > limit { throw ArtifactError(.tooLarge, "\(name) has \(size) bytes") }
        let digest = StandInDigest.of(content.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined())
        stored.withLock { $0[digest] = content }
        return Artifact(name: name, digest: digest, size: size, type: type, isFolder: content[""] == nil)
    }

    package func restore(
        _ artifact: Artifact, to path: String, unless cancellation: Cancellation
    ) throws(ArtifactError) {
        guard let content = stored.withLock({ $0[artifact.digest] }) else {
            throw ArtifactError(.missing, "\(artifact.name) is gone")
        }
        for (below, bytes) in content { disk.write(bytes, to: path + below) }
    }

    package func contains(_ artifact: Artifact) -> Bool { stored.withLock { $0[artifact.digest] != nil } }

    /// Puts one file in, without an attempt.
    package func put(_ text: String, named name: String) -> Artifact {
        let digest = StandInDigest.of(text)
        stored.withLock { $0[digest] = ["": Array(text.utf8)] }
        return Artifact(name: name, digest: digest, size: Int64(text.utf8.count), type: .file, isFolder: false)
    }
}
