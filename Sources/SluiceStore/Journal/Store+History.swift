import GRDB
import SluiceModel

extension Store {
    /// The output of a stage by its name. Errors: `.notFound`.
    package func artifact(_ name: String, of stage: String, in run: RunID) throws(StoreError) -> Artifact {
        let all = try artifacts(of: run).filter { $0.stage == stage }
        guard let found = all.first(where: { $0.artifact.name == name }) else {
            let known = all.map(\.artifact.name).joined(separator: ", ")
            throw StoreError(
                .notFound, "run \(run) has no artifact \(stage)/\(name)",
                hint: known.isEmpty ? "sluice artifact list shows those that are" : "there are: \(known)")
        }
        return found.artifact
    }

    /// Every output of a run, by stage and name.
    package func artifacts(of run: RunID) throws(StoreError) -> [(stage: String, artifact: Artifact)] {
        try read { database in
            _ = try RunHead.fetch(database, run)
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT stage, name, type, digest, kind, size
                    FROM stage_artifacts JOIN artifacts USING (digest, kind) WHERE run = ? ORDER BY stage, name
                    """, arguments: [run.number])
            return try rows.map { (stage: $0["stage"], artifact: try Artifact(row: $0)) }
        }
    }
}

extension Artifact {
    fileprivate init(row: Row) throws {
        let (digest, type): (String, String) = (row["digest"], row["type"])
        guard let digest = Digest(digest), let type = ArtifactType(rawValue: type) else {
            throw StoreError(.corrupt, "the state holds an artifact that cannot be read: \(digest)")
        }
        let kind: String = row["kind"]
        self.init(name: row["name"], digest: digest, size: row["size"], type: type, isFolder: kind == "folder")
    }
}
