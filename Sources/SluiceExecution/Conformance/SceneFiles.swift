import Glibc
import SluiceModel

/// The folders of a scene, laid out as those of an attempt, and what has become of them.
struct SceneFiles {
    struct Findings: Sendable {
        /// By the output's name: its digest; nil for one that is no regular file or folder of them.
        var outputs: [String: String?] = [:]
        var irregular: [String] = []
        /// What lies where no output was declared.
        var undeclared: [String] = []
        /// Beside the folders that a plugin may write to.
        var outside: [String] = []
        var changedInputs: [String] = []
        var pluginChanged = false
    }

    private static let own: Set<String> = ["in", "out", "work", "scratch", "home", "tmp", "deployment"]

    let subject: PluginSubject
    let root: String
    private let inputs: [String: [String]]
    private var inputDigests: [String: String] = [:]

    func path(_ part: String) -> String { "\(root)/\(part)" }

    /// Copies the example's inputs. Throws what cannot be read.
    init(subject: PluginSubject, scene: Scene, below folder: String) throws(PluginError) {
        self.subject = subject
        root = folder + "/" + scene.folder
        inputs = scene.example.inputs
        guard mkdir(root, 0o755) == 0 || errno == EEXIST else { throw Self.failure("cannot make", root) }
        // An earlier scene in this folder has left them read-only.
        removeTree(path("in"))
        for name in Self.own { mkdir(root + "/" + name, 0o755) }
        for (name, paths) in inputs {
            let isMany = subject.manifest.inputs.first { $0.name == name }?.isMany == true
            if isMany { mkdir("\(root)/in/\(name)", 0o755) }
            for (position, path) in paths.enumerated() {
                let place = isMany ? "\(root)/in/\(name)/\(position)" : "\(root)/in/\(name)"
                try Self.copy("\(subject.folder)/\(path)", to: place)
                inputDigests[place] = try Self.digest(place)
            }
        }
        makeReadOnly(below: path("in"))
    }

    /// As the plugin is told of them.
    var requestInputs: [AttemptRequest.Input] {
        subject.manifest.inputs.compactMap { input in
            guard let paths = inputs[input.name] else { return nil }
            let items = paths.indices.map { position in
                let place = input.isMany ? path("in/\(input.name)/\(position)") : path("in/\(input.name)")
                return AttemptRequest.Input.Item(
                    instance: input.isMany ? paths[position] : nil, path: place, digest: inputDigests[place] ?? "",
                    type: input.type)
            }
            return AttemptRequest.Input(name: input.name, items: items, isMany: input.isMany)
        }
    }

    var requestOutputs: [AttemptRequest.Output] {
        subject.manifest.outputs.map { .init(name: $0.name, type: $0.type, path: path("out/\($0.name)")) }
    }

    func findings() -> Findings {
        var found = Findings()
        for output in subject.manifest.outputs {
            let place = path("out/\(output.name)")
            guard Self.kind(place) != nil else { continue }
            let irregular = Self.irregular(place)
            found.irregular += irregular.map { String($0.dropFirst(path("out").count + 1)) }
            found.outputs[output.name] = .some(irregular.isEmpty ? try? Self.digest(place) : nil)
        }
        let declared = Set(subject.manifest.outputs.map(\.name))
        found.undeclared = (folderNames(path("out")) ?? []).filter { !declared.contains($0) }
        found.outside = (folderNames(root) ?? []).filter { !Self.own.contains($0) }
        let declaredInputs = Set(inputs.keys)
        found.outside += (folderNames(path("in")) ?? []).filter { !declaredInputs.contains($0) }.map { "in/\($0)" }
        for (place, digest) in inputDigests.sorted(by: { $0.key < $1.key }) where (try? Self.digest(place)) != digest {
            found.changedInputs.append(String(place.dropFirst(root.count + 1)))
        }
        found.pluginChanged = (try? FolderDigest.of(subject.folder))?.description != subject.digest
        return found
    }

    // MARK: Files

    private static func kind(_ path: String) -> mode_t? {
        var information = stat()
        return lstat(path, &information) == 0 ? information.st_mode & S_IFMT : nil
    }

    /// Everything at or below a path that is neither a regular file nor a folder.
    private static func irregular(_ path: String) -> [String] {
        switch kind(path) {
        case S_IFREG: []
        case S_IFDIR: (folderNames(path) ?? []).flatMap { irregular("\(path)/\($0)") }
        default: [path]
        }
    }

    private static func digest(_ path: String) throws(PluginError) -> String {
        if kind(path) == S_IFDIR { return try FolderDigest.of(path).description }
        guard let digest = FolderDigest.hash(path) else { throw failure("cannot read", path) }
        return digest.description
    }

    private static func copy(_ source: String, to place: String) throws(PluginError) {
        switch kind(source) {
        case S_IFDIR:
            mkdir(place, 0o755)
            for name in folderNames(source) ?? [] { try copy("\(source)/\(name)", to: "\(place)/\(name)") }
        case S_IFREG:
            guard let bytes = smallFile(source, limit: 256 << 20), writeAtomically(bytes, to: place) else {
                throw failure("cannot copy", source)
            }
        default:
            throw PluginError(.unreadable, "the example's input \(source) is no regular file or folder")
        }
    }

    private static func failure(_ what: String, _ path: String) -> PluginError {
        PluginError(.unreadable, "\(what) \(path): \(errorText(errno))")
    }
}
