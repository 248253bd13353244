import Foundation
import SluiceModel
import SluiceStore
import Testing

/// Pipelines that draw on an account, and a ledger that holds what a test wants it to hold.
enum AccountScene {
    /// Writes itself down, then runs until the file `go` is there. Its first way costs 1.00 by its estimate, the second,
    /// degraded one 0.10; what is really used is next to nothing.
    static func pipeline(_ scene: Scene, _ onExceed: String, name: String = "toy", more: String = "") -> [String:
        String]
    {
        [
            "pipelines/\(name).yaml": """
            schema: sluice/v1
            name: \(name)
            params: { tag: none }
            triggers: { push: { branches: ["**"] } }
            profiles:
              large: { cpus: 0.1, memory: 64MiB, price: 36 }
              small: { cpus: 0.1, memory: 64MiB, price: 3.6 }
            budget: { on_exceed: \(onExceed) }
            stages:
              train:
                run: |
                  echo ${params.tag} >> \(scene.ledger("started"))
                  while [ ! -e \(scene.ledger("go")) ]; do sleep 0.02; done
                  echo ${params.tag} >> \(scene.ledger("ended"))
                  echo m > ${outputs.model}
                cache: false
                outputs: { model: model }
                profiles:
                  - { use: large, estimate: 100s }
                  - { use: small, estimate: 100s, penalty: 3, degraded: true }
            \(more)
            """
        ]
    }

    static func account(_ window: String, cost: String, match: String = "") -> String {
        "accounts: { team: { \(match)window: \(window), limits: { cost: \(cost) } } }\n"
    }

    /// Books that an earlier run used some of the account `team`, at a moment of the test's choice.
    static func use(_ amount: String, of window: AccountWindow, at time: Timestamp, in scene: Scene) throws {
        let store = try Store.open(StateFolder(path: scene.home))
        let cost = try #require(Amount(decimal: amount))
        let account = Account(
            name: "team", window: window, limits: [BudgetLimit(resource: .cost, amount: Amount(1000))])
        let oid = try #require(ObjectID(hex: String(repeating: "1", count: 40)))
        let run = try store.begin(
            NewRun(
                pipeline: "earlier", path: "pipelines/earlier.yaml",
                repository: Repository(gitDirectory: scene.bare, isBare: true),
                revision: Revision(oid: oid, tree: oid, committed: time, reference: nil, isTrusted: true),
                trigger: .manual), at: time
        ).head.id
        let standings = try store.standings(of: [account], without: run, at: time)
        let decision = GateDecision(verdict: .admit, method: "test")
        _ = try store.append(
            [.planned(RunEvent.Planned(decision: decision, isDegraded: false, stages: []))],
            booking: Booking(
                rest: [.cost: cost], terms: .must(versions: ["team": standings[0].version]),
                admission: Admission(accounts: [account], makespan: 1)), to: run, at: time)
        let started = RunEvent.Started(number: 1, profile: "p", executor: "local", decision: decision, folder: "f")
        _ = try store.append(
            [.attemptStarted(stage: "s", started)],
            booking: Booking(rest: [:], attempt: .init(stage: "s", number: 1, amounts: [.cost: cost])), to: run,
            at: time)
        let ended = RunEvent.Ended(number: 1, result: AttemptResult(outcome: .succeeded), used: ["cost": cost])
        _ = try store.append([.attemptEnded(stage: "s", ended)], booking: Booking(rest: [:]), to: run, at: time)
        try store.append([.runEnded(outcome: .succeeded, reason: nil)], to: run, at: time)
    }

    static var now: Timestamp { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }
}

extension Scene {
    /// The limits of the account `team`, by resource.
    func balance(_ resource: String = "cost") throws -> [String: Double] {
        let budget = try JSON(parsing: sluice(["budget", "--json"], in: bare).output)
        let account = try #require(budget["accounts"]?.items.first { $0["name"]?.text == "team" })
        let limit = try #require(account["limits"]?.items.first { $0["resource"]?.text == resource })
        return Dictionary(
            uniqueKeysWithValues: ["limit", "used", "reserved", "left"].map { ($0, limit[$0]?.number ?? .nan) })
    }

    /// The accounts of the bare repository and of the clone.
    func configureAccounts(_ text: String) throws {
        for folder in [bare, clone + "/.git"] { try configure(text, in: folder) }
    }

    func started(_ name: String = "started") -> Int { lines(of: name) }
}
