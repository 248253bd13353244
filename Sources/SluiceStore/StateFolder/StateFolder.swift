import Glibc
import SluiceModel

/// The layout of the state folder (`SLUICE_HOME`): one per service user, outside of every repository.
///
///     sluice.db                          queue, journal and derived tables
///     artifacts/                         outputs by digest
///     runs/<id>/<stage>/<number>/        attempts: logs, and workspaces of those on this machine
///     environments/                      interpreters' environments by key
///     spool/{tmp,new,bad}                events that hooks wrote
///     repositories                       git directories whose hooks were installed for this folder
///     locks/                             what is alive: held file locks
///     deployments/                       folders that outlive runs
///     trees/                             what commits hold, below the workspaces of attempts (`KeptTrees`)
///     id                                 what this folder's part of a shared root is called (`SharedFolder`)
package struct StateFolder: Sendable, Hashable {
    /// Absolute.
    package let path: String

    package init(path: String) { self.path = path }

    package var database: String { path + "/sluice.db" }
    package var artifacts: String { path + "/artifacts" }
    package var runs: String { path + "/runs" }
    package var environments: String { path + "/environments" }
    package var spool: String { path + "/spool" }
    package var locks: String { path + "/locks" }
    /// What commits hold, below the workspaces of attempts.
    var trees: String { path + "/trees" }
    package var deployments: String { path + "/deployments" }

    /// The folder of one attempt, relative to `path` or to what is shared with its nodes.
    package func attemptFolder(run: RunID, stage: String, number: Int) -> String {
        "runs/\(run)/\(StageFolderName.name(of: stage))/\(number)"
    }

    /// Where an attempt's log is: with its nodes while it runs elsewhere, then here.
    package func folders(of started: RunEvent.Started, at stage: String, in run: RunID) -> [AttemptFolder] {
        let own = path + "/" + attemptFolder(run: run, stage: stage, number: started.number)
        let all = started.folder.hasPrefix("/") ? [own, started.folder] : [own]
        return all.map { AttemptFolder(root: $0, name: "") }
    }

    /// Makes what is missing, readable by its owner alone, and refuses a folder that cannot be trusted or cannot
    /// hold the database.
    package func prepare() throws(StoreError) {
        guard path.hasPrefix("/"), !path.utf8.contains(0) else {
            throw StoreError(.unavailable, "the state folder's path is not absolute: \(path)", hint: "set SLUICE_HOME")
        }
        if try !isThere(path) { try makeWithParents(path) }
        try checkOwner()
        try checkFileSystem()
        for folder in [artifacts, runs, environments, spool, locks, deployments, trees] { try make(folder) }
        for folder in ["tmp", "new", "bad"] { try make(spool + "/" + folder) }
    }

    /// Makes what an exchange needs. It has no database, so it may lie on a network file system.
    func prepareForExchange() throws(StoreError) {
        guard path.hasPrefix("/"), !path.utf8.contains(0) else {
            throw StoreError(.unavailable, "the exchange's path is not absolute: \(path)")
        }
        if try !isThere(path) { try makeWithParents(path) }
        try checkOwner(called: "exchange")
        for folder in [artifacts, environments, locks, deployments, path + "/stages"] { try make(folder) }
    }

    /// Lets hooks of other users leave events: they may make files in the spool, but list and read nothing.
    package func shareSpool() throws(StoreError) {
        for (folder, mode) in [
            (path, 0o711), (spool, 0o711), (spool + "/tmp", 0o1733), (spool + "/new", 0o1733),
        ] as [(String, mode_t)] {
            guard chmod(folder, mode) == 0 else { throw FileError("share", folder).storeError }
        }
    }

    private func isThere(_ path: String) throws(StoreError) -> Bool {
        var status = stat()
        if stat(path, &status) == 0 {
            guard status.isFolder else { throw StoreError(.unavailable, "\(path) is not a folder") }
            return true
        }
        guard errno == ENOENT else { throw FileError("look at", path).storeError }
        return false
    }

    private func makeWithParents(_ path: String) throws(StoreError) {
        var made = ""
        for part in path.split(separator: "/") {
            made += "/" + part
            if try !isThere(made) { try make(made) }
        }
    }

    private func make(_ folder: String) throws(StoreError) {
        if mkdir(folder, 0o700) == 0 || errno == EEXIST { return }
        let failure = FileError("make", folder)
        throw StoreError(.unavailable, failure.message, hint: "SLUICE_HOME names another place for the state")
    }
}
