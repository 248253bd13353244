import GRDB
import SluiceModel
import Testing

@testable import SluiceStore

/// What a killed process leaves is the database and its log as they are at that moment: so they are copied before every
/// statement of a run's life, and each copy is taken up as somebody would who finds it.
@Suite("a ledger whose process dies before any statement")
struct LedgerCrashTests {
    private let time = StateSandbox.time
    private let account = LedgerSamples.account(
        "week", .rolling(milliseconds: 7 * LedgerSamples.day), ["cost": "10"])

    @Test("nothing stays reserved, journal and ledger agree, and all that was not used can be promised once more")
    func everyMoment() throws {
        let sandbox = try StateSandbox()
        let store = try sandbox.store()
        let copies = Copies(of: sandbox)
        _ = try store.standings(of: [account], without: nil, at: time)
        try store.write { $0.trace { _ in copies.take() } }
        try live(in: store)
        try store.write { $0.trace(nil) }
        #expect(copies.folders.count > 40, "\(copies.folders.count)")
        var seen: Set<Amount> = []
        for folder in copies.folders { seen.insert(try takeUp(folder)) }
        // Before the first attempt, within each (booked as it was reserved), and after each.
        #expect(seen.map(\.description).sorted() == ["0", "0.5", "1.5", "2", "3.5", "4"], "\(seen)")
    }

    /// Two attempts, a retry of the first, and an end.
    private func live(in store: Store) throws {
        let run = try LedgerSamples.admitted(store, [account], rest: "6", at: time)
        try LedgerSamples.start(store, run, "a", share: "4", rest: "2", at: time)
        try LedgerSamples.end(store, run, "a", .failed, used: "0.5", rest: "5", at: time)
        try LedgerSamples.start(store, run, "a", number: 2, share: "3", rest: "2", at: time)
        try LedgerSamples.end(store, run, "a", number: 2, used: "1", rest: "2", at: time)
        try LedgerSamples.start(store, run, "b", share: "0.5", rest: "0", at: time)
        try LedgerSamples.end(store, run, "b", used: "0.5", rest: "0", at: time)
        try store.append([.runEnded(outcome: .succeeded, reason: nil)], to: run.id, at: time)
    }

    /// What was used by then.
    private func takeUp(_ folder: StateFolder) throws -> Amount {
        let store = try Store.open(folder)
        _ = try store.releaseDead(at: time)
        #expect(try store.openReservations().isEmpty, "\(folder.path)")
        let entries = try store.ledgerEntries(of: "week", limit: 1000).reversed()
        let settled = entries.filter { $0.kind == .settle && $0.resource == .cost }
        let used = settled.reduce(Amount.zero) { $0 + $1.amount }
        for run in try store.heads(limit: 10) { try expectAgreement(store, run, settled) }
        _ = try LedgerSamples.admitted(store, [account], rest: (Amount(10) - used).description, at: time)
        #expect(throws: (any Error).self) { try LedgerSamples.admitted(store, [account], rest: "0.01", at: time) }
        return used
    }

    /// An attempt that the journal knows is in the ledger, and no other.
    private func expectAgreement(_ store: Store, _ run: RunHead, _ settled: [LedgerEntry]) throws {
        let attempts = try LedgerSamples.attempts(of: run, in: store)
        let booked = settled.map { ("\($0.stage ?? "") \($0.attempt ?? 0)", $0) }
        #expect(attempts.started.sorted() == booked.map(\.0).sorted())
        for (name, entry) in booked {
            // Of one whose end nobody saw, what was reserved.
            #expect(entry.isDeclared == (attempts.used[name] == nil))
            #expect(entry.isDeclared || entry.amount == attempts.used[name])
        }
    }
}

/// Copies of a state folder's database.
private final class Copies {
    private let sandbox: StateSandbox
    private(set) var folders: [StateFolder] = []

    init(of sandbox: StateSandbox) { self.sandbox = sandbox }

    func take() {
        let folder = StateFolder(path: sandbox.path + "/copy-\(folders.count)")
        do {
            try folder.prepare()
            for suffix in ["", "-wal"] {
                guard let bytes = Disk.read(sandbox.folder.database + suffix) else { continue }
                try Disk.write(bytes, to: folder.database + suffix)
            }
            folders.append(folder)
        } catch {
            Issue.record("no copy: \(error)")
        }
    }
}
