import Glibc
import SluiceModel
import Testing

@testable import SluiceStore

@Suite("locks")
struct LockTests {
    let sandbox: StateSandbox

    init() throws {
        sandbox = try StateSandbox()
        try sandbox.folder.prepare()
    }

    @Test("a run is held by one holder and free again when that one lets go")
    func run() throws {
        let folder = sandbox.folder
        #expect(try !RunLock.isHeld(RunID(1), in: folder))
        var lock = try RunLock.tryHold(RunID(1), in: folder)
        #expect(lock != nil)
        #expect(try RunLock.isHeld(RunID(1), in: folder))
        #expect(try RunLock.tryHold(RunID(1), in: folder) == nil)
        #expect(try !RunLock.isHeld(RunID(2), in: folder))
        lock = nil
        #expect(try !RunLock.isHeld(RunID(1), in: folder))
        lock = try RunLock.tryHold(RunID(1), in: folder)
        #expect(lock != nil)
    }

    @Test("a lock file that a dead process left is no lock")
    func left() throws {
        try Disk.write([], to: sandbox.folder.locks + "/worker-1.lock")
        #expect(try !WorkerLock.isHeld(in: sandbox.folder))
        let lock = try WorkerLock.tryHold(in: sandbox.folder)
        #expect(lock != nil)
    }

    @Test("among many who try at once one holds at any time")
    func race() async throws {
        let folder = sandbox.folder
        let held = try await withThrowingTaskGroup(of: HeldLock?.self) { group in
            for _ in 0..<16 { group.addTask { try RunLock.tryHold(RunID(1), in: folder) } }
            return try await group.reduce(into: [HeldLock?]()) { $0.append($1) }
        }
        #expect(held.compactMap(\.self).count == 1)
    }

    @Test("several workers have a place each; the one of a hook has none beside them")
    func places() throws {
        let folder = sandbox.folder
        var held = try [WorkerLock.tryHold(in: folder), WorkerLock.tryHold(in: folder)]
        #expect(try held.allSatisfy { $0 != nil } && WorkerLock.count(in: folder) == 2)
        #expect(try WorkerLock.tryHoldAlone(in: folder) == nil)
        held.removeFirst()
        #expect(try WorkerLock.tryHoldAlone(in: folder) == nil, "the first place is free, the second is not")
        held.removeFirst()
        let alone = try WorkerLock.tryHoldAlone(in: folder)
        #expect(try alone != nil && WorkerLock.tryHoldAlone(in: folder) == nil)
        withExtendedLifetime(alone) {}
    }
}
