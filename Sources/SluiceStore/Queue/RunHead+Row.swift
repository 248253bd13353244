import GRDB
import SluiceModel

extension RunHead {
    static let columns = """
        id, pipeline, path, repository, bare, oid, tree, committed, reference, trusted, worktree, "trigger",
        previous, options, state, outcome, degraded, queued, started, ended
        """

    init(row: Row) throws {
        self.init(
            id: RunID(row["id"]), pipeline: row["pipeline"], path: row["path"],
            repository: Repository(gitDirectory: row["repository"], isBare: row["bare"]),
            revision: try Revision(row: row), trigger: try Self.word(row, "trigger"),
            state: try Self.word(row, "state"), outcome: try Self.wordIfAny(row, "outcome"),
            isDegraded: row["degraded"], queued: Timestamp(milliseconds: row["queued"]),
            started: Self.time(row, "started"), ended: Self.time(row, "ended"),
            previous: (row["previous"] as String?).flatMap { ObjectID(hex: $0) },
            options: try JSONText.decode(RunOptions.self, from: row["options"]))
    }

    static func fetch(_ database: Database, _ condition: String, _ arguments: StatementArguments) throws -> [RunHead] {
        try database.rows("SELECT \(columns) FROM runs \(condition)", arguments).map(RunHead.init(row:))
    }

    static func fetch(_ database: Database, _ run: RunID) throws -> RunHead {
        guard let head = try fetch(database, "WHERE id = ?", [run.number]).first else {
            throw StoreError(.notFound, "there is no run \(run)", hint: "sluice runs list shows those that are")
        }
        return head
    }

    private static func time(_ row: Row, _ column: String) -> Timestamp? {
        (row[column] as Int64?).map(Timestamp.init(milliseconds:))
    }

    private static func word<Word: RawRepresentable<String>>(_ row: Row, _ column: String) throws -> Word {
        guard let word: Word = try wordIfAny(row, column) else {
            throw StoreError(.corrupt, "a run of the state has no \(column)")
        }
        return word
    }

    private static func wordIfAny<Word: RawRepresentable<String>>(_ row: Row, _ column: String) throws -> Word? {
        guard let text: String = row[column] else { return nil }
        guard let word = Word(rawValue: text) else {
            throw StoreError(.corrupt, "a run of the state has an unknown \(column): \(text)")
        }
        return word
    }
}

extension Revision {
    fileprivate init(row: Row) throws {
        let (oid, tree): (String, String) = (row["oid"], row["tree"])
        guard let oid = ObjectID(hex: oid), let tree = ObjectID(hex: tree) else {
            throw StoreError(.corrupt, "a run of the state has a commit that is no object id: \(oid)")
        }
        self.init(
            oid: oid, tree: tree, committed: Timestamp(milliseconds: row["committed"]),
            reference: (row["reference"] as DatabaseBytes?).map { Reference(bytes: $0.bytes) },
            isTrusted: row["trusted"], isWorktree: row["worktree"])
    }
}
