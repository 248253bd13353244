import GRDB
import Glibc
import SluiceModel

/// Queue, journal, cache index and what is derived from them, in one SQLite database.
///
/// - One connection in WAL mode: readers of other processes never wait for a writer, and opening costs less than a
///   pool of connections, which matters because hooks open it.
/// - `synchronous = FULL`: a transaction is on disk when the call returns. An accepted push is deleted from the
///   spool after that, and an attempt starts after that; with NORMAL a power cut could lose either. It costs one
///   sync of the WAL per transaction, and there are tens of them in a run.
/// - Every change is one transaction; the tables' constraints refuse what may not be (`StoreError.constraint`).
package struct Store: Sendable {
    package let folder: StateFolder
    let database: DatabaseQueue

    /// How long a call waits for another process's transaction, in seconds.
    private static let patience = 10.0

    /// Makes the state folder and the database where they are missing and brings an older one up to date. A
    /// database of a newer version is refused with `.newer`.
    package static func open(_ folder: StateFolder) throws(StoreError) -> Store {
        try folder.prepare()
        if fileSize(folder.database) > 0 {
            let store = try connect(folder)
            if try store.version() == Schema.version { return store }
        }
        // One process at a time makes or migrates it.
        let lock = try HeldLock.hold(folder.locks + "/schema.lock")
        try makePrivate(folder.database)
        let store = try connect(folder)
        try store.migrate()
        withExtendedLifetime(lock) {}
        return store
    }

    private static func connect(_ folder: StateFolder) throws(StoreError) -> Store {
        var configuration = Configuration()
        configuration.label = "sluice"
        configuration.busyMode = .timeout(patience)
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        do {
            return Store(
                folder: folder, database: try DatabaseQueue(path: folder.database, configuration: configuration))
        } catch {
            throw StoreError(database: error)
        }
    }

    private static func fileSize(_ path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    /// SQLite's companions take the database's mode.
    private static func makePrivate(_ path: String) throws(StoreError) {
        do { _ = try Descriptor.open(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600) } catch {
            throw error.storeError
        }
    }

    private func version() throws(StoreError) -> Int {
        let version = try read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
        guard version <= Schema.version else {
            throw StoreError(
                .newer, "the state in \(folder.path) was written by a newer Sluice (format \(version))",
                hint: "this Sluice knows format \(Schema.version); use the newer one, or another SLUICE_HOME")
        }
        return version
    }

    private func migrate() throws(StoreError) {
        guard try version() < Schema.version else { return }
        do {
            try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
            try Schema.migrator.migrate(database)
        } catch {
            throw StoreError(database: error)
        }
    }

    /// One consistent view.
    func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        do { return try database.read(body) } catch { throw StoreError(database: error) }
    }

    /// As `read`, for one statement: it is a consistent view by itself and spares the transaction around it.
    func readAlone<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        do { return try database.unsafeRead(body) } catch { throw StoreError(database: error) }
    }

    /// One transaction: all of it or, when anything throws, nothing.
    @discardableResult
    func write<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        do { return try database.write(body) } catch { throw StoreError(database: error) }
    }
}
