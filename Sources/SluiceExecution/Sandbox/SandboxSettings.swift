import SluiceModel

/// What code that is not trusted may have at most, whatever its pipeline and manifests say.
package struct UntrustedTerms: Sendable, Equatable {
    /// Bytes on disk of one attempt where the operator's pool has no `disk`.
    package static let usualDisk: Int64 = 4 << 30

    package var hasNetwork: Bool
    package var disk: Int64

    package init(hasNetwork: Bool = false, disk: Int64 = usualDisk) {
        self.hasNetwork = hasNetwork
        self.disk = disk
    }

    /// A pipeline of theirs names its own limits: those of disk and processes are ours, for a pool may have none.
    func bounded(_ request: AttemptRequest) -> AttemptRequest {
        guard !request.commit.trusted else { return request }
        var bounded = request
        bounded.grant.request.disk = min(request.grant.request.disk ?? disk, disk)
        let processes = request.grant.request.processes ?? ResourceRequest.usualProcesses
        bounded.grant.request.processes = min(processes, ResourceRequest.usualProcesses)
        return bounded
    }

    /// What of a request is more than that, for the record.
    func excesses(of request: AttemptRequest) -> [String] {
        let (asked, given) = (request.grant.request, bounded(request).grant.request)
        var excesses: [String] = []
        if let wanted = asked.disk, let disk = given.disk, disk < wanted {
            excesses.append("disk \(ByteCount.text(disk)) instead of \(ByteCount.text(wanted))")
        }
        if let wanted = asked.processes, let processes = given.processes, processes < wanted {
            excesses.append("\(processes) processes instead of \(wanted)")
        }
        return excesses.map { "it had \($0): what is not trusted has no more" }
    }
}

/// How attempts of this process are walled in, and what of this machine is nobody's business but the operator's.
package struct SandboxSettings: Sendable {
    package var choice: SandboxChoice
    /// Files and folders: state, configuration, sources of secrets.
    package var hidden: [String]
    /// Besides, where only what is needed is shown: repositories.
    package var hiddenWhenStrict: [String]
    /// Where `bwrap` is looked for besides the usual places.
    package var searchPath: String
    /// Whether programs that run without a sandbox may gain privileges by what is setuid, such as `sudo`.
    package var mayGainPrivileges = false
    /// What code that is not trusted may have at most.
    package var untrusted = UntrustedTerms()

    package init(
        _ choice: SandboxChoice, hidden: [String] = [], hiddenWhenStrict: [String] = [], searchPath: String = ""
    ) {
        self.choice = choice
        self.hidden = hidden
        self.hiddenWhenStrict = hiddenWhenStrict
        self.searchPath = searchPath
    }

    /// On a node, which knows no more of the operator's choice than what it is handed.
    init(onNodeFor request: AttemptRequest) {
        self.init(
            request.sandbox.onNode?.choice ?? .off, hidden: request.sandbox.onNode?.hidden ?? [],
            searchPath: request.searchPath)
    }

    /// What this machine gives, for `sluice doctor`: nil where attempts can be walled in, else why not.
    package static func obstacle(searchPath: String) -> PluginError? {
        guard case .failure(let error) = Bubblewrap.find(searchPath: searchPath) else { return nil }
        return error
    }
}

/// The wall of one attempt: what is put before its program, or why there is none.
enum SandboxWall {
    case bubblewrap(SandboxPrefix, Sandbox)
    /// The text is a warning, where there should have been one.
    case open(Sandbox, warning: String?)
    /// Without one it may not run.
    case refused(PluginError)

    init(for request: AttemptRequest, devices: [String], _ settings: SandboxSettings) {
        let isStrict = request.sandbox.isStrict || !request.commit.trusted || settings.choice == .strict
        let free = Sandbox.none(noNewPrivileges: !settings.mayGainPrivileges)
        guard isStrict || settings.choice == .auto else {
            self = .open(free, warning: nil)
            return
        }
        switch Bubblewrap.find(searchPath: settings.searchPath) {
        case .success(let program):
            let view = SandboxView(request: request, devices: devices, isStrict: isStrict, settings: settings)
            let sandbox = Sandbox(mechanism: .bubblewrap, isStrict: isStrict, hasNetwork: view.hasNetwork)
            self = .bubblewrap(SandboxPrefix(program: program.path, arguments: view.arguments), sandbox)
        case .failure(let error):
            self = isStrict ? .refused(error) : .open(free, warning: "it ran without a sandbox: \(error.message)")
        }
    }
}

extension SandboxWall {
    var prefix: SandboxPrefix? {
        guard case .bubblewrap(let prefix, _) = self else { return nil }
        return prefix
    }

    var sandbox: Sandbox {
        switch self {
        case .bubblewrap(_, let sandbox), .open(let sandbox, _): sandbox
        case .refused: .none
        }
    }

    var warnings: [String] {
        guard case .open(_, let warning?) = self else { return [] }
        return [warning]
    }
}

/// What one attempt sees.
struct SandboxView {
    let request: AttemptRequest
    let devices: [String]
    let isStrict: Bool
    let settings: SandboxSettings

    /// A `run` line of a trusted reference has no manifest to say that it needs the network, so it has it. Whether code
    /// that is not trusted may have it is not for its manifest to say.
    var hasNetwork: Bool {
        guard request.commit.trusted || settings.untrusted.hasNetwork else { return false }
        return wantsNetwork
    }

    private var wantsNetwork: Bool {
        switch request.sandbox.network {
        case .wanted: true
        case .unwanted: false
        case .unsaid: !isStrict
        }
    }

    var arguments: [String] {
        var view = SandboxArguments(hasNetwork: hasNetwork)
        if isStrict { view.showSystem(searchPath: request.searchPath) } else { view.showEverything() }
        if !devices.isEmpty { view.showGraphicsDevices() }
        // Before what is hidden: an interpreter may lie in the home that holds the configuration.
        for path in interpreter { view.showIfThere(path) }
        view.bindTemporary(request.folders.temporary)
        for path in settings.hidden + (isStrict ? settings.hiddenWhenStrict : []) { view.hide(path) }
        for path in given { view.show(path) }
        if let checkpoints = request.checkpoints { view.showIfThere(checkpoints) }
        for path in AttemptPlaces.writable(request) { view.give(path) }
        view.start(in: request.folders.workspace)
        return view.list
    }

    /// Its program and its inputs: read-only.
    private var given: [String] {
        var paths = request.inputs.flatMap { $0.items.map(\.path) }
        if case .plugin(_, let folder, let python) = request.program {
            paths.append(folder)
            if let python { paths.append(python) }
        }
        return paths
    }

    /// An interpreter that lies outside of the system, as version managers have them.
    private var interpreter: [String] {
        guard let environment = request.program.pythonEnvironment,
            let real = canonicalPath(environment + "/bin/python3"), !real.hasPrefix(environment)
        else { return [] }
        return Self.folders(ofInterpreter: real)
    }

    /// What an interpreter outside of the system needs of the place where it is installed, and nothing beside it.
    static func folders(ofInterpreter path: String) -> [String] {
        prefix(ofInterpreter: path).map { place in ["bin", "lib", "lib64"].map { "\(place)/\($0)" } } ?? []
    }

    /// `/opt/python` for `/opt/python/bin/python3`; nil within the system.
    static func prefix(ofInterpreter path: String) -> String? {
        guard let real = canonicalPath(path), !real.hasPrefix("/usr/") else { return nil }
        let steps = real.split(separator: "/")
        return steps.count > 3 ? "/" + steps.dropLast(2).joined(separator: "/") : nil
    }
}

/// `bwrap` and its arguments, up to the program's own.
struct SandboxPrefix: Equatable {
    var program: String
    var arguments: [String]
}

/// Where an attempt may write.
enum AttemptPlaces {
    static func writable(_ request: AttemptRequest) -> [String] {
        let folders = request.folders
        let roots = [folders.workspace, folders.scratch, folders.home, folders.temporary]
        let parents = request.outputs.compactMap { $0.path.lastIndex(of: "/").map($0.path.prefix(upTo:)) }
        let outside = Set(parents.map(String.init)).filter { parent in
            !roots.contains { parent == $0 || parent.hasPrefix($0 + "/") }
        }
        return roots + outside.sorted() + [request.deployment].compactMap(\.self)
    }
}
