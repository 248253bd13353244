import struct Crypto.SHA256
import struct Crypto.SHA256
import Glibc
import SluiceModel

/// The folders of attempts below the state folder: fulfils the engine's port.
package struct AttemptFolders: Workspaces {
    private let state: StateFolder

    package init(folder: StateFolder) { state = folder }

    package func folder(run: RunID, stage: String, number: Int) -> AttemptFolder {
        let name = state.attemptFolder(run: run, stage: stage, number: number)
        return AttemptFolder(root: state.path + "/" + name, name: name)
    }

    package func create(run: RunID, stage: String, number: Int) throws(StoreError) -> AttemptFolder {
        let folder = folder(run: run, stage: stage, number: number)
        try TreeRemoval.remove(folder.root)
        try makeFolder(folder.root)
        for path in [
            folder.workspace, folder.inputs, folder.outputs, folder.scratch, folder.home, folder.temporary,
        ] where mkdir(path, 0o700) != 0 {
            throw FileError("make", path).storeError
        }
        return folder
    }

    /// What cannot be removed is left for `gc`: an attempt's outcome does not depend on it.
    package func discard(_ folder: AttemptFolder, keepingOutputs: Bool) {
        var paths = [folder.workspace, folder.inputs, folder.scratch, folder.home, folder.temporary]
        if !keepingOutputs { paths.append(folder.outputs) }
        for path in paths { try? TreeRemoval.remove(path) }
    }

    package func makeFolder(_ path: String) throws(StoreError) {
        guard path.hasPrefix(state.path + "/"), !path.split(separator: "/").contains("..") else {
            throw StoreError(.failed, "not below the state folder: \(ShownPath.text(of: path.utf8))")
        }
        var made = state.path
        for part in path.dropFirst(state.path.count).split(separator: "/") {
            made += "/" + part
            if mkdir(made, 0o700) != 0, errno != EEXIST { throw FileError("make", made).storeError }
        }
    }

    package func files(below folder: String, matching globs: [Glob]) throws(StoreError) -> [String] {
        do throws(ArtifactError) {
            let place = try OutputPath(target: folder)
            var found: [String] = []
            let walk = TreeWalk(shown: folder, skipsOthers: true)
            try walk.visit(place.name, of: place.parent) { (file) throws(ArtifactError) in
                guard let path = String(validating: file.path, as: UTF8.self) else { return }
                if globs.contains(where: { $0.matches(path) }) { found.append(path) }
            }
            return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        } catch {
            throw StoreError(.failed, error.message)
        }
    }

    package func deployment(repository: String, pipeline: String, reference: String) throws(StoreError) -> String {
        let short = reference.hasPrefix("refs/") ? String(reference.dropFirst(5)) : reference
        let names = [Self.name(ofRepository: repository)] + [pipeline, short].map(StageFolderName.name)
        let path = state.deployments + "/" + names.joined(separator: "/")
        try makeFolder(path)
        return path
    }

    /// Readable, and another for every repository: its folder's name, and the start of its path's SHA-256.
    private static func name(ofRepository path: String) -> String {
        let steps = path.split(separator: "/")
        let own = steps.last == ".git" ? steps.dropLast().last : steps.last
        let digest = Digest(bytes: SHA256.hash(data: Array(path.utf8)))
        return StageFolderName.name(of: String(own ?? "repository")) + "-" + digest.hex.prefix(8)
    }
}
