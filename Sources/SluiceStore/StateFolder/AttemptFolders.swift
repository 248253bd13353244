import struct Crypto.SHA256
import Glibc
import SluiceModel

/// The folders of attempts: fulfils the engine's port.
package struct AttemptFolders: Workspaces {
    private let state: StateFolder
    private let lasting: StateFolder
    /// By the executors whose nodes see nothing else of this state.
    private let shared: [String: SharedFolder]
    /// nil where workspaces are not laid over what is kept.
    private let trees: KeptTrees?

    /// `lasting` holds the folders of deploys; nil: the state folder does.
    package init(
        folder: StateFolder, lasting: StateFolder? = nil, shared: [String: SharedFolder] = [:], trees: KeptTrees? = nil
    ) {
        state = folder
        self.lasting = lasting ?? folder
        self.shared = shared
        self.trees = trees
    }

    package func folder(run: RunID, stage: String, number: Int, on executor: String) -> AttemptFolder {
        let name = state.attemptFolder(run: run, stage: stage, number: number)
        guard let place = shared[executor]?.path else { return folder(named: name) }
        return AttemptFolder(root: place + "/" + name, name: place + "/" + name, shared: place)
    }

    package func folder(named name: String) -> AttemptFolder {
        guard name.hasPrefix("/") else { return AttemptFolder(root: state.path + "/" + name, name: name) }
        return AttemptFolder(root: name, name: name, shared: SharedFolder(ofAttempt: name)?.path)
    }

    package func create(_ folder: AttemptFolder) throws(StoreError) {
        try TreeRemoval.remove(folder.root)
        try makeFolder(folder.root)
        for path in [
            folder.workspace, folder.inputs, folder.outputs, folder.scratch, folder.home, folder.temporary,
        ] where mkdir(path, 0o700) != 0 {
            throw FileError("make", path).storeError
        }
    }

    package func fill(
        _ folder: AttemptFolder, on executor: String, with sources: [TreeEntry], of tree: any TreeReader,
        unless cancellation: Cancellation
    ) throws(GitError) -> SnapshotKind? {
        // Other executors' processes do not descend from this thread, and would see nothing.
        if executor == ResourceRequest.local, let trees,
            trees.lay(sources, of: tree, in: folder, unless: cancellation)
        {
            return .overlay
        }
        return try tree.snapshot(sources, into: folder.workspace, unless: cancellation) ? .copy : nil
    }

    package func bringHome(_ folder: AttemptFolder) throws(StoreError) {
        guard let shared = folder.shared else { return }
        let own = AttemptFolder(root: state.path + folder.root.dropFirst(shared.utf8.count), name: "")
        try makeFolder(own.root)
        for file in [\AttemptFolder.metrics, \.transcript, \.log] {
            do { try LogTransfer.move(folder[keyPath: file], to: own[keyPath: file]) } catch { throw error.storeError }
        }
    }

    /// Also what the attempt made beside its folders. What cannot be removed is left: its outcome does not depend on it.
    package func discard(_ folder: AttemptFolder, keepingOutputs: Bool) {
        trees?.lift(folder)
        let kept = [folder.log, folder.metrics, folder.transcript] + (keepingOutputs ? [folder.outputs] : [])
        for path in FolderNames.all(in: folder.root).map({ folder.root + "/" + $0 }) where !kept.contains(path) {
            try? TreeRemoval.remove(path)
        }
        guard folder.shared != nil else { return }
        // Elsewhere nothing stays but what somebody may want to look at. Its parents are others' too while a run goes on.
        if keepingOutputs { rmdir(folder.outputs) }
        rmdir(folder.root)
    }

    package func makeFolder(_ path: String) throws(StoreError) {
        var made = try place(of: path)
        guard !path.split(separator: "/").contains("..") else { throw Self.outside(path) }
        for part in path.dropFirst(made.utf8.count).split(separator: "/") {
            made += "/" + part
            if mkdir(made, 0o700) != 0, errno != EEXIST { throw FileError("make", made).storeError }
        }
    }

    /// One of the state folders, or what is shared with nodes, ready to be used.
    private func place(of path: String) throws(StoreError) -> String {
        if let own = [state, lasting].first(where: { path.hasPrefix($0.path + "/") }) { return own.path }
        let place = shared.values.first { path.hasPrefix($0.path + "/") }
        guard let place else { throw Self.outside(path) }
        try place.prepare()
        return place.path
    }

    private static func outside(_ path: String) -> StoreError {
        StoreError(.failed, "not below the state folder: \(ShownPath.text(of: path.utf8))")
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

    package func deployment(
        repository: String, pipeline: String, reference: String, on executor: String
    ) throws(StoreError) -> String {
        let short = reference.hasPrefix("refs/") ? String(reference.dropFirst(5)) : reference
        let names = [Self.name(ofRepository: repository)] + [pipeline, short].map(StageFolderName.name)
        let path = (shared[executor]?.deployments ?? lasting.deployments) + "/" + names.joined(separator: "/")
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
