import Glibc
import SluiceModel

/// A place below a folder whose components have been opened one by one, so that no link leads elsewhere.
struct OutputPath {
    let parent: Descriptor
    let name: FileName
    /// For messages.
    let shown: String

    /// Errors: `.missing` where a folder on the way is not there, `.notRegular` where it, or the root, is a link.
    init(_ path: String, below root: String) throws(ArtifactError) {
        shown = ShownPath.text(of: path.utf8)
        let components = path.split(separator: "/").filter { $0 != "." }.map(String.init)
        guard let last = components.last, !components.contains(".."), !path.utf8.contains(0) else {
            throw ArtifactError(.failed, "not a path below the stage's folder: \(shown)")
        }
        var folder: Descriptor
        do { folder = try Descriptor.open(root, Descriptor.folderFlags) } catch {
            guard error.number == ELOOP || error.number == ENOTDIR else { throw error.artifactError }
            throw ArtifactError(.notRegular, "what the folder of \(shown) was is no folder any more")
        }
        for component in components.dropLast() {
            folder = try Self.enter(FileName(component), of: folder, shown)
        }
        parent = folder
        name = FileName(last)
    }

    /// Where something is to be put, by a path of our own.
    init(target path: String) throws(ArtifactError) {
        shown = ShownPath.text(of: path.utf8)
        guard let slash = path.lastIndex(of: "/"), path.index(after: slash) < path.endIndex else {
            throw ArtifactError(.failed, "not an absolute path: \(shown)")
        }
        let folder = path[..<slash]
        do { parent = try Descriptor.open(folder.isEmpty ? "/" : String(folder), O_RDONLY | O_DIRECTORY) } catch {
            throw error.artifactError
        }
        name = FileName(String(path[path.index(after: slash)...]))
    }

    func status() throws(ArtifactError) -> stat? {
        do { return try parent.status(of: name) } catch { throw error.artifactError }
    }

    func requireFile(_ status: stat) throws(ArtifactError) {
        guard !status.isFile else { return }
        throw ArtifactError(.notRegular, "\(shown) is \(status.kindName), not a file or folder")
    }

    private static func enter(
        _ name: FileName, of folder: Descriptor, _ shown: String
    ) throws(ArtifactError) -> Descriptor {
        do { return try folder.open(name, Descriptor.folderFlags) } catch {
            switch error.number {
            case ENOENT: throw ArtifactError(.missing, "there is nothing at \(shown)")
            case ELOOP, ENOTDIR:
                throw ArtifactError(
                    .notRegular, "on the way to \(shown), \(ShownPath.text(of: name.bytes)) is no folder")
            default: throw error.artifactError
            }
        }
    }
}

extension FileError {
    var artifactError: ArtifactError { ArtifactError(.failed, message) }
}
