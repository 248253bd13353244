import Glibc
import SluiceModel

/// Puts copies of stored objects somewhere: never links to them, so that nobody can write into the store.
///
/// Files are read-only, folders are not: the copy is the stage's own, and programs that copy a read-only folder
/// (`cp -r`, `shutil.copytree`) could not write into theirs.
struct ArtifactRestore {
    let objects: ObjectFolder
    /// For a person, who may change the files.
    let isWritable: Bool

    func file(_ digest: Digest, to target: OutputPath) throws(ArtifactError) {
        try put(digest, isExecutable: nil, as: target.name, into: target.parent, shown: target.shown)
    }

    func folder(_ digest: Digest, to target: OutputPath) throws(ArtifactError) {
        let manifest = try FolderManifest.read(digest, from: objects)
        var path = FolderPath(top: try make(target.name, in: target.parent, shown: target.shown))
        try manifest.forEach { (file) throws(ArtifactError) in
            let shown = target.shown + "/" + ShownPath.text(of: file.path)
            var components = file.path.split(separator: UInt8(ascii: "/"))
            let name = FileName(bytes: components.removeLast())
            let folder = try path.enter(components) { (name, parent) throws(ArtifactError) in
                try make(name, in: parent, shown: shown)
            }
            try put(file.digest, isExecutable: file.isExecutable, as: name, into: folder, shown: shown)
        }
    }

    private func make(_ name: FileName, in parent: Descriptor, shown: String) throws(ArtifactError) -> Descriptor {
        guard mkdirat(parent.number, name.characters, 0o755) == 0 else { throw FileError("make", shown).artifactError }
        do { return try parent.open(name, Descriptor.folderFlags) } catch { throw error.artifactError }
    }

    private func put(
        _ digest: Digest, isExecutable: Bool?, as name: FileName, into folder: Descriptor, shown: String
    ) throws(ArtifactError) {
        let (source, status) = try objects.open(.file(digest))
        do throws(FileError) {
            let target = try folder.open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
            try FileCopy.copy(source, to: target, unless: objects.isGivenUp)
            let mode: mode_t = isExecutable ?? status.isExecutable ? 0o555 : 0o444
            guard fchmod(target.number, isWritable ? mode | 0o200 : mode) == 0 else {
                throw FileError("protect", shown)
            }
        } catch {
            throw ArtifactError(.failed, "cannot write \(shown): \(String(cString: strerror(error.number)))")
        }
    }
}

/// The open folders on the way to the file that is written: sorted paths leave a folder only when they are done
/// with it.
private struct FolderPath {
    private var levels: [(name: [UInt8], folder: Descriptor)]

    init(top: Descriptor) { levels = [(name: [], folder: top)] }

    mutating func enter(
        _ components: [ArraySlice<UInt8>],
        making make: (FileName, Descriptor) throws(ArtifactError) -> Descriptor
    ) throws(ArtifactError) -> Descriptor {
        var shared = 0
        while shared < components.count, shared + 1 < levels.count,
            components[shared].elementsEqual(levels[shared + 1].name)
        {
            shared += 1
        }
        levels.removeSubrange((shared + 1)...)
        for component in components[shared...] {
            let parent = levels[levels.count - 1].folder
            levels.append((name: Array(component), folder: try make(FileName(bytes: component), parent)))
        }
        return levels[levels.count - 1].folder
    }
}
