import Glibc
import GRDB
import SluiceModel
import Testing

@testable import SluiceStore

@Suite("opening the store")
struct OpeningTests {
    @Test("an empty place becomes a state folder that only its owner may read")
    func empty() throws {
        let sandbox = try StateSandbox()
        let store = try sandbox.store()
        #expect(try store.heads(limit: 10).isEmpty)
        var status = stat()
        #expect(stat(sandbox.folder.path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o700)
        #expect(stat(sandbox.folder.database, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
    }

    @Test("a second opening finds what the first has written, in WAL mode and with full syncs")
    func again() throws {
        let sandbox = try StateSandbox()
        try sandbox.store().enqueue(try StateSandbox.event(), runs: [try StateSandbox.newRun()])
        let store = try sandbox.store()
        #expect(try store.heads(limit: 10).count == 1)
        #expect(try store.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "wal")
        #expect(try store.read { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == 2)
        #expect(try store.read { try Int.fetchOne($0, sql: "PRAGMA foreign_keys") } == 1)
    }

    @Test("a database of a newer version is refused and says what to do")
    func newer() throws {
        let sandbox = try StateSandbox()
        try sandbox.store().write { try $0.execute(sql: "PRAGMA user_version = 99") }
        let error = #expect(throws: StoreError.self) { try sandbox.store() }
        #expect(error?.code == .newer)
        #expect(error?.hint?.contains("format \(Schema.version)") == true)
    }

    @Test("a file that is no database is called damaged")
    func damaged() throws {
        let sandbox = try StateSandbox()
        try sandbox.folder.prepare()
        try Disk.write([UInt8](repeating: 65, count: 8192), to: sandbox.folder.database)
        #expect(throws: StoreError.self) { try sandbox.store() }
        do { _ = try sandbox.store() } catch { #expect((error as? StoreError)?.code == .corrupt) }
    }

    @Test("many who open an empty place at once all get the same whole database")
    func together() async throws {
        let sandbox = try StateSandbox()
        let folder = sandbox.folder
        try await withThrowingTaskGroup(of: Int64.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try Store.open(folder).begin(try StateSandbox.newRun(), at: StateSandbox.time).head.id.number
                }
            }
            var numbers: Set<Int64> = []
            for try await number in group { numbers.insert(number) }
            #expect(numbers == Set(1...8))
        }
    }

    @Test("a state folder that others may write into is refused")
    func writable() throws {
        let sandbox = try StateSandbox()
        try sandbox.folder.prepare()
        chmod(sandbox.folder.path, 0o777)
        let error = #expect(throws: StoreError.self) { try sandbox.store() }
        #expect(error?.hint == "chmod go-w \(sandbox.folder.path)")
    }

    @Test("a state folder of another user is refused", .enabled(if: geteuid() == 0, "needs root to give it away"))
    func foreign() throws {
        let sandbox = try StateSandbox()
        try sandbox.folder.prepare()
        chown(sandbox.folder.path, 12345, 12345)
        let error = #expect(throws: StoreError.self) { try sandbox.store() }
        #expect(error?.message.contains("belongs to user 12345") == true)
    }

    @Test("a relative path and a file in the folder's place are refused")
    func wrongPlace() throws {
        #expect(throws: StoreError.self) { try Store.open(StateFolder(path: "state")) }
        let sandbox = try StateSandbox()
        try Disk.write([], to: sandbox.folder.path)
        #expect(throws: StoreError.self) { try sandbox.store() }
    }

    @Test("network file systems are known by the mount table, local ones pass")
    func networkFileSystems() {
        let table = """
            22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
            40 22 0:45 / /home/a rw,relatime shared:2 master:3 - nfs4 server:/home rw,vers=4.2
            """
        #expect(StateFolder.networkFileSystem(of: 45, in: table) == "nfs4")
        #expect(StateFolder.networkFileSystem(of: (254 << 8) | 1, in: table) == nil)
        #expect(StateFolder.networkFileSystem(of: 46, in: table) == nil)
    }
}
