import Glibc
import SluiceModel

/// Outputs on disk, by the SHA-256 of their content.
///
///     artifacts/ab/cdef…           the bytes of a file, 0444 or 0555
///     artifacts/ab/cdef….folder    the manifest of a folder (`FolderManifest`), which names its files
///     artifacts/tmp/               what is being written
///
/// A folder is stored as a manifest and its files, not as a whole: a file that many folders share (the same
/// training data, a model with one changed part) is kept once, and all files are stored, checked and given in one
/// way. A manifest has a name of its own kind, so no file with the same bytes can pass for a folder.
///
/// Nothing is synced: a power cut may take an artifact away (its size is wrong then, so `contains` says no and the
/// stage runs again) but cannot change it unseen.
package struct ArtifactFiles: ArtifactStore {
    private let folder: String

    package init(folder: StateFolder) { self.folder = folder.artifacts }

    package func ingest(
        name: String, type: ArtifactType, path: String, root: String, limits: OutputLimits,
        unless cancellation: Cancellation = Cancellation()
    ) throws(ArtifactError) -> Artifact {
        let output = try OutputPath(path, below: root)
        guard let status = try output.status() else {
            throw ArtifactError(.missing, "output \(name) was not made: there is nothing at \(output.shown)")
        }
        let objects = try ObjectFolder(folder, isGivenUp: { cancellation.state.killNow })
        if status.isFolder {
            return try FolderIngest(objects: objects, output: output, limits: limits).run(name: name, type: type)
        }
        try output.requireFile(status)
        try limits.check(Int64(status.st_size), of: output.shown)
        let stored = try objects.store(output.name, of: output.parent, shown: output.shown)
        return Artifact(name: name, digest: stored.digest, size: stored.size, type: type, isFolder: false)
    }

    package func restore(
        _ artifact: Artifact, to path: String, unless cancellation: Cancellation = Cancellation()
    ) throws(ArtifactError) {
        try restore(artifact, to: path, isWritable: false, isGivenUp: { cancellation.state.reason != nil })
    }

    /// A copy for a person: files that its owner may change.
    package func export(_ artifact: Artifact, to path: String) throws(ArtifactError) {
        try restore(artifact, to: path, isWritable: true, isGivenUp: { false })
    }

    package func contains(_ artifact: Artifact) -> Bool {
        // Asked for every stage of a plan: one look suffices for a file.
        guard artifact.isFolder else {
            return ObjectFolder.size(of: .file(artifact.digest), in: folder) == artifact.size
        }
        guard let objects = try? ObjectFolder(folder),
            let manifest = try? FolderManifest.read(artifact.digest, from: objects)
        else { return false }
        return
            (try? manifest.forEach { (file) throws(ArtifactError) in
                guard objects.size(of: .file(file.digest)) == file.size else {
                    throw ArtifactError(.missing, "a file of the artifact is gone")
                }
            }) != nil
    }

    private func restore(
        _ artifact: Artifact, to path: String, isWritable: Bool, isGivenUp: @escaping () -> Bool
    ) throws(ArtifactError) {
        let target = try OutputPath(target: path)
        guard try target.status() == nil else { throw ArtifactError(.failed, "\(target.shown) is there already") }
        let restore = ArtifactRestore(objects: try ObjectFolder(folder, isGivenUp: isGivenUp), isWritable: isWritable)
        do {
            if artifact.isFolder {
                try restore.folder(artifact.digest, to: target)
            } else {
                try restore.file(artifact.digest, to: target)
            }
        } catch {
            try? TreeRemoval.remove(path)
            throw error
        }
    }
}

extension OutputLimits {
    func check(_ size: Int64, of shown: String) throws(ArtifactError) {
        guard let bytes, size > bytes else { return }
        throw ArtifactError(.tooLarge, "\(shown) has \(size) bytes, more than the \(bytes) that were granted")
    }
}
