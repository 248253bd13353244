import Foundation
import Glibc
import SluiceModel
import SluiceTesting
import Testing

@testable import SluiceStore

/// Real processes at one ledger, each with a clock of its own, which are killed while they write.
@Suite("the ledger under several processes")
struct LedgerProcessTests {
    static let accounts = [
        LedgerSamples.account("week", .rolling(milliseconds: 7 * LedgerSamples.day), ["cost": "10"]),
        LedgerSamples.account("month", .month, ["cost": "10"]),
    ]
    private static let folderName = "SLUICE_TEST_LEDGER"

    @Test("killed at any moment, they never promise more than there is, and what they held is found and given back")
    func killed() throws {
        let sandbox = try StateSandbox()
        let store = try sandbox.store()
        var seed = SplitMix(seed: .random(in: .min ... .max))
        var workers = try (0..<3).map { _ in try Self.worker(at: sandbox) }
        for _ in 0..<12 {
            try Self.waitForEntries(.random(in: 1...60, using: &seed), store)
            usleep(.random(in: 0...3000, using: &seed))
            let place = Int.random(in: workers.indices, using: &seed)
            kill(workers[place].pid, SIGKILL)
            #expect(workers[place].wait().status == 128 + SIGKILL, "\(workers[place].errorsSoFar)")
            try expectWithinLimits(store)
            if Bool.random(using: &seed) { _ = try store.releaseDead(at: StateSandbox.time) }
            workers[place] = try Self.worker(at: sandbox)
        }
        try Self.waitForRefusal(store)
        for worker in workers { kill(worker.pid, SIGKILL) }
        for worker in workers { _ = worker.wait() }
        _ = try store.releaseDead(at: StateSandbox.time)
        #expect(try store.openReservations().isEmpty)
        try LedgerHistory(of: store).check()
    }

    private func expectWithinLimits(_ store: Store) throws {
        for standing in try store.standings(of: Self.accounts, without: nil, at: StateSandbox.time) {
            #expect(standing.lines[0].left >= .zero, "\(standing)")
        }
    }

    private static func waitForEntries(_ count: Int64, _ store: Store) throws {
        let version = try store.ledgerVersion()
        for _ in 0..<6000 where try store.ledgerVersion() < version + count { usleep(10_000) }
        #expect(try store.ledgerVersion() >= version + count, "they are at work")
    }

    /// Without one the ledger was never full.
    private static func waitForRefusal(_ store: Store) throws {
        for _ in 0..<60 {
            if try store.heads(limit: .max).contains(where: { $0.outcome == .refused }) { return }
            sleep(1)
        }
    }

    /// This very program, told to be one of them.
    private static func worker(at sandbox: StateSandbox) throws -> StartedProgram {
        try StartedProgram(
            ["/proc/self/exe", "--testing-library", "swift-testing", "--filter", "LedgerProcessTests/worker"],
            environment: [folderName: sandbox.folder.path], folder: sandbox.path)
    }

    @Test(
        "one of the processes: runs that ask, hold, use and end until it is killed",
        .enabled(if: ProcessInfo.processInfo.environment[folderName] != nil, "it is started by the other test"))
    func worker() throws {
        let path = try #require(ProcessInfo.processInfo.environment[Self.folderName])
        var life = try LedgerLife(Store.open(StateFolder(path: path)))
        // Whoever started it may be gone.
        for _ in 0..<100_000 where getppid() != 1 { try life.run() }
    }
}

/// Runs of one process, at its own clock.
private struct LedgerLife {
    let store: Store
    private var random = SplitMix(seed: .random(in: .min ... .max))
    private var clock = StateSandbox.time

    init(_ store: Store) throws { self.store = store }

    mutating func run() throws {
        let run = try LedgerSamples.begun(store, at: now())
        let lock = try RunLock.tryHold(run.id, in: store.folder)
        let asked = Int64.random(in: 10...400, using: &random)
        guard try isAdmitted(run, asked) else {
            try store.append([.runEnded(outcome: .refused, reason: nil)], to: run.id, at: now())
            return withExtendedLifetime(lock) {}
        }
        var rest = asked
        for stage in 0..<Int.random(in: 1...3, using: &random) where rest > 0 {
            let share = Int64.random(in: 1...rest, using: &random)
            rest -= share
            try LedgerSamples.start(
                store, run, "s\(stage)", share: LedgerSamples.money(share), rest: LedgerSamples.money(rest), at: now())
            try LedgerSamples.end(
                store, run, "s\(stage)", used: LedgerSamples.money(.random(in: 0...share / 8, using: &random)),
                rest: LedgerSamples.money(rest), at: now())
        }
        try store.append([.runEnded(outcome: .succeeded, reason: nil)], to: run.id, at: now())
        withExtendedLifetime(lock) {}
    }

    /// Tries again while others move the ledger.
    private mutating func isAdmitted(_ run: RunHead, _ asked: Int64) throws -> Bool {
        for _ in 0..<5 {
            let seen = try store.standings(of: LedgerProcessTests.accounts, without: run.id, at: now())
            if try LedgerSamples.admit(
                store, run, LedgerProcessTests.accounts, rest: LedgerSamples.money(asked), on: seen, at: now()) != nil
            {
                return true
            }
        }
        return false
    }

    /// Goes on by hours, and now and then back.
    private mutating func now() -> Timestamp {
        let hours: Int64 = Int.random(in: 0..<20, using: &random) == 0 ? -30 : .random(in: 0...2, using: &random)
        clock = Timestamp(milliseconds: clock.milliseconds + hours * 3_600_000)
        return clock
    }
}

/// All entries from the first on, added up by own arithmetic.
private struct LedgerHistory {
    let store: Store
    private let entries: [LedgerEntry]

    init(of store: Store) throws {
        self.store = store
        entries = try store.ledgerEntries(of: nil, limit: .max).reversed().filter { $0.resource == .cost }
    }

    func check() throws {
        #expect(zip(entries, entries.dropFirst()).allSatisfy { $0.time <= $1.time }, "time does not go back")
        for account in LedgerProcessTests.accounts { expectNeverOver(account) }
        let runs = try store.heads(limit: .max)
        for run in runs { try expectSettledOnce(run) }
        let refused = runs.count { $0.outcome == .refused }
        #expect(refused > 0 && runs.count > refused, "\(refused) of \(runs.count) were refused")
    }

    /// At no moment was more held and used than there is.
    private func expectNeverOver(_ account: Account) {
        let own = entries.filter { $0.account == account.name }
        var open = Amount.zero
        var used: [(time: Timestamp, amount: Amount)] = []
        for (index, entry) in own.enumerated() {
            switch entry.kind {
            case .reserve: open += entry.amount
            case .release: open = open - entry.amount
            case .settle: used.append((entry.time, entry.amount))
            }
            #expect(open >= .zero, "\(entry)")
            // One transaction books what was used and gives back what was held for it.
            if index + 1 < own.count, own[index + 1].run == entry.run, own[index + 1].kind == .release { continue }
            guard let start = account.window.start(at: entry.time) else { continue }
            used.removeAll { $0.time < start }
            let sum = used.reduce(open) { $0 + $1.amount }
            #expect(sum <= Amount(10), "\(sum) after \(entry)")
        }
        #expect(open == .zero)
    }

    /// What the journal knows of attempts is in each account, once.
    private func expectSettledOnce(_ run: RunHead) throws {
        let attempts = try LedgerSamples.attempts(of: run, in: store)
        for account in LedgerProcessTests.accounts {
            let own = entries.filter { $0.run == run.id && $0.account == account.name && $0.stage != nil }
            let settled = own.filter { $0.kind == .settle }
            #expect(Set(settled.map(\.stage)).count == settled.count)
            #expect(own.count { $0.kind == .reserve } == attempts.started.count, "run \(run.id)")
            let measured = attempts.used.values.reduce(Amount.zero, +)
            let booked = settled.filter { !$0.isDeclared }.reduce(Amount.zero) { $0 + $1.amount }
            #expect(measured == booked, "run \(run.id)")
        }
    }
}
