import Glibc
import SluiceModel
import Testing

@testable import SluiceStore

@Suite("the spool")
struct SpoolTests {
    let sandbox: StateSandbox
    let spool: Spool

    init() throws {
        sandbox = try StateSandbox()
        try sandbox.folder.prepare()
        spool = Spool(folder: sandbox.folder)
    }

    @Test("events come out oldest first, as they went in, and once")
    func order() throws {
        let late = try StateSandbox.event("a", at: StateSandbox.time.advanced(bySeconds: 5))
        let early = try StateSandbox.event("b")
        try spool.write(late)
        try spool.write(early)
        var seen: [Spool.Item] = []
        let problems = try spool.drain { (item) throws(StoreError) in seen.append(item) }
        #expect(problems.isEmpty)
        #expect(seen.map(\.event) == [early, late])
        #expect(seen.allSatisfy { $0.user == geteuid() })
        #expect(try spool.isEmpty)
    }

    @Test("an event stays when its taker fails, and the ones after it too")
    func failingTaker() throws {
        try spool.write(try StateSandbox.event("a"))
        try spool.write(try StateSandbox.event("b"))
        #expect(throws: StoreError.self) {
            try spool.drain { (_) throws(StoreError) in throw StoreError(.busy, "not now") }
        }
        var seen = 0
        _ = try spool.drain { (_) throws(StoreError) in seen += 1 }
        #expect(seen == 2)
    }

    @Test("who pushes hears that nothing of the push runs when it cannot be noted")
    func unwritable() throws {
        #expect(rmdir(sandbox.folder.spool + "/tmp") == 0)
        let event = try StateSandbox.event()
        let error = #expect(throws: StoreError.self) { try spool.write(event) }
        #expect(error?.code == .unavailable && error?.message.contains("nothing of it runs") == true)
    }

    @Test("what is no event is set aside and reported, and the rest is drained")
    func corrupt() throws {
        let folder = sandbox.folder.spool
        try Disk.write(Array("{\"schema\"".utf8), to: folder + "/new/0-half.json")
        try Disk.write([0xff, 0xfe], to: folder + "/new/0-bytes.json")
        try Disk.write([], to: folder + "/new/0-empty\n.json")
        #expect(mkfifo(folder + "/new/0-fifo", 0o644) == 0)
        #expect(symlink("/etc/passwd", folder + "/new/0-link") == 0)
        try spool.write(try StateSandbox.event())
        var seen = 0
        let problems = try spool.drain { (_) throws(StoreError) in seen += 1 }
        #expect(seen == 1)
        #expect(problems.count == 5)
        #expect(problems.allSatisfy { !$0.contains("\n") })
        #expect(try spool.isEmpty)
        #expect(Disk.exists(folder + "/bad/0-half.json"))
    }

    @Test("a shared spool lets others write and nobody else read")
    func shared() throws {
        try sandbox.folder.shareSpool()
        #expect(Disk.mode(sandbox.folder.path) == 0o711)
        #expect(Disk.mode(sandbox.folder.spool + "/new") == 0o1733)
        #expect(Disk.mode(sandbox.folder.artifacts) == 0o700)
        _ = try Store.open(sandbox.folder)
    }
}
