import Glibc
import SluiceModel
import SluiceStore

/// A state folder of one test, removed with it.
final class StateSandbox {
    let path: String
    let folder: StateFolder

    init() throws {
        path = "/tmp/sluice-store-\(getpid())-\(UInt64.random(in: .min ... .max))"
        guard mkdir(path, 0o700) == 0 else { throw StoreError(.failed, "no folder for the test") }
        folder = StateFolder(path: path + "/state")
    }

    deinit { try? TreeRemoval.remove(path) }

    func store() throws -> Store { try Store.open(folder) }

    static let time = Timestamp(milliseconds: 1_700_000_000_000)

    static func newRun(
        pipeline: String = "p", priority: Int = 0, trusted: Bool = true,
        reference: Reference? = Reference("refs/heads/m"), concurrency: Concurrency? = nil,
        repository: String = "/srv/a.git"
    ) throws -> NewRun {
        NewRun(
            pipeline: pipeline, path: "pipelines/\(pipeline).yaml",
            repository: Repository(gitDirectory: repository, isBare: true),
            revision: Revision(
                oid: try oid("1"), tree: try oid("2"), committed: time, reference: reference, isTrusted: trusted),
            trigger: .push, previous: try oid("3"),
            options: RunOptions(overrides: ["lr": .number(0.5)], stages: ["a"], keepGoing: true), priority: priority,
            concurrency: concurrency)
    }

    static func event(_ digit: Character = "a", at time: Timestamp = StateSandbox.time) throws -> IntakeEvent {
        IntakeEvent(
            id: String(repeating: digit, count: 32), time: time,
            repository: Repository(gitDirectory: "/srv/a.git", isBare: true),
            updates: [
                IntakeEvent.Update(
                    old: try oid("0"), new: try oid("1"), reference: Reference(bytes: [0x72, 0xff, 0x25]))
            ], options: ["sluice.skip"], trigger: .push)
    }

    static func oid(_ digit: Character) throws -> ObjectID {
        guard let oid = ObjectID(hex: String(repeating: digit, count: 40)) else {
            throw StoreError(.failed, "not a digit")
        }
        return oid
    }
}
