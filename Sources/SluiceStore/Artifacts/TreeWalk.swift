import Glibc
import SluiceModel

/// Visits every file below a folder, by descriptors, without following a link; refuses what is no file or folder.
/// Memory and descriptors grow with the depth alone, which is limited.
struct TreeWalk {
    /// For messages.
    let shown: String
    /// Passes over what is no file or folder instead of refusing it.
    var skipsOthers = false
    /// Beyond it the walk is refused.
    var mostFolders = Int.max

    static let deepest = 200

    struct File {
        var folder: Descriptor
        var name: FileName
        /// Relative to where the walk began.
        var path: [UInt8]
        var status: stat
    }

    private struct Level {
        var folder: Descriptor
        var reader: FolderReader
        /// With a closing slash; empty at the top.
        var path: [UInt8]
    }

    func visit(
        _ name: FileName, of parent: Descriptor, _ body: (File) throws(ArtifactError) -> Void
    ) throws(ArtifactError) {
        var levels = [try enter(name, of: parent, path: [])]
        var folders = 0
        while let level = levels.last {
            guard let (name, status) = try next(of: level) else {
                levels.removeLast()
                continue
            }
            let path = level.path + name.bytes
            if status.isFolder {
                guard levels.count < Self.deepest else {
                    throw ArtifactError(.tooLarge, "\(shown) has more than \(Self.deepest) folders in each other")
                }
                folders += 1
                guard folders <= mostFolders else {
                    throw ArtifactError(.tooLarge, "\(shown) has more than \(mostFolders) folders")
                }
                levels.append(try enter(name, of: level.folder, path: path + [UInt8(ascii: "/")]))
            } else if status.isFile {
                try body(File(folder: level.folder, name: name, path: path, status: status))
            } else if !skipsOthers {
                let place = shown + "/" + ShownPath.text(of: path)
                throw ArtifactError(.notRegular, "\(place) is \(status.kindName), not a file or folder")
            }
        }
    }

    private func next(of level: Level) throws(ArtifactError) -> (FileName, stat)? {
        do throws(FileError) {
            while let name = try level.reader.next() {
                if let status = try level.folder.status(of: name) { return (name, status) }
            }
            return nil
        } catch {
            throw error.artifactError
        }
    }

    private func enter(_ name: FileName, of parent: Descriptor, path: [UInt8]) throws(ArtifactError) -> Level {
        do throws(FileError) {
            let folder = try parent.open(name, Descriptor.folderFlags)
            return Level(folder: folder, reader: try FolderReader(folder), path: path)
        } catch {
            let reason = String(cString: strerror(error.number))
            throw ArtifactError(.failed, "cannot look through \(shown)/\(ShownPath.text(of: path)): \(reason)")
        }
    }
}
