import Glibc
import SluiceModel
import SluiceStore

/// The state folder and what is kept in it, opened once per process.
struct StateServices: Sendable {
    let folder: StateFolder
    /// Where artifacts, environments and the folders of deploys lie: the state folder, or an exchange.
    let lasting: StateFolder
    let store: Store
    let artifacts: ArtifactFiles
    let clock = SystemClock()
    /// Who holds the state folder, where it is for this process alone.
    private let temporary: TemporaryState?

    init(
        folder: StateFolder, lasting: StateFolder, store: Store, artifacts: ArtifactFiles,
        temporary: TemporaryState? = nil
    ) {
        self.folder = folder
        self.lasting = lasting
        self.store = store
        self.artifacts = artifacts
        self.temporary = temporary
    }

    /// `home` wins over the environment: a hook works on the folder that was recorded when it was installed, not on
    /// the one that a pusher's environment names.
    static func open(home: String? = nil) throws -> StateServices {
        let folder = StateFolder(path: try home ?? location())
        return StateServices(
            folder: folder, lasting: folder, store: try Store.open(folder), artifacts: ArtifactFiles(folder: folder))
    }

    /// A state folder for this process alone; what lasts is kept in an exchange, where there is one. The caller closes
    /// it.
    static func openTemporary(for exchange: Exchange? = nil) throws -> StateServices {
        let temporary = try TemporaryState(below: ProcessEnvironment["TMPDIR"] ?? "/tmp")
        let lasting = exchange?.folder ?? temporary.folder
        return StateServices(
            folder: temporary.folder, lasting: lasting, store: temporary.store,
            artifacts: ArtifactFiles(folder: lasting), temporary: temporary)
    }

    /// Removes a state folder that was for this process alone, and leaves any other.
    func close() { temporary?.remove() }

    /// Whether there is something for a worker to do.
    func hasWork() throws -> Bool {
        try store.hasQueued() || !interrupted().isEmpty || !store.parked().isEmpty
    }

    /// Whether something will be there for a worker when another run has ended, or has given back what it holds.
    func isWaitedFor() throws -> Bool { try store.hasQueued() || !store.parked().isEmpty }

    /// Runs that were begun and that nobody holds any more: their runner died. Not those that were let go of because
    /// they wait.
    func interrupted() throws -> [RunHead] {
        let parked = Set(try store.parked())
        return try store.heads(in: [.running, .waiting]).filter {
            try !parked.contains($0.id) && !RunLock.isHeld($0.id, in: folder)
        }
    }

    /// Where the state is, without links where it is there: by its own place it is known to hooks and hidden by sandboxes.
    static func location() throws -> String {
        let path = try namedLocation()
        guard path.hasPrefix("/"), let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    /// `SLUICE_HOME`, else `$XDG_STATE_HOME/sluice`, else `~/.local/state/sluice`.
    private static func namedLocation() throws -> String {
        if let home = ProcessEnvironment["SLUICE_HOME"] { return home }
        if let state = ProcessEnvironment["XDG_STATE_HOME"] { return state + "/sluice" }
        guard let home = ProcessEnvironment["HOME"] else {
            throw CommandFailure(
                .storage, "there is no place for the state folder", hint: "set SLUICE_HOME, or HOME")
        }
        return home + "/.local/state/sluice"
    }
}
