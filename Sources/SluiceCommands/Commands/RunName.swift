import SluiceModel
import SluicePlanning
import SluiceStore

/// What a person calls a run, a stage of it, or an artifact of that: `42`, `42/train`, `42/train/model`.
struct RunName {
    var run: RunID
    var stage: String?
    var artifact: String?

    /// Splits at the first slash and at the last, so that a kept file's name may hold slashes behind its stage.
    init(_ text: String, wantsArtifact: Bool = false) throws {
        let parts = text.split(separator: "/", maxSplits: wantsArtifact ? 2 : 1, omittingEmptySubsequences: false)
        guard let number = parts.first.flatMap({ Int64($0) }) else {
            throw CommandFailure(.usage, "`\(text)` names no run", hint: "a run is a number, `42` or `42/train`")
        }
        run = RunID(number)
        stage = parts.count > 1 ? String(parts[1]) : nil
        artifact = parts.count > 2 ? String(parts[2]) : nil
        if wantsArtifact && artifact == nil {
            throw CommandFailure(.usage, "`\(text)` names no artifact", hint: "as in `42/train/model`")
        }
    }

    /// The run that is meant, the newest where none is named.
    static func resolve(_ number: Int64?, in services: StateServices) throws -> RunID {
        if let number { return RunID(number) }
        guard let newest = try services.store.heads(limit: 1).first else {
            throw CommandFailure(.usage, "there are no runs yet", hint: "sluice run makes one")
        }
        return newest.id
    }

    /// The record of a run that may not be there: then which ones are.
    static func record(of run: RunID, in services: StateServices) throws -> RunRecord {
        do throws(StoreError) {
            return try services.store.record(of: run)
        } catch {
            guard error.code == .notFound else { throw error }
            let newest = try services.store.heads(limit: 1).first
            throw CommandFailure(
                .storage, "there is no run \(run)",
                hint: newest.map { "the newest is run \($0.id): sluice runs list" } ?? "there are no runs yet")
        }
    }
}

extension RunRecord {
    func requireStage(_ name: String) throws -> Stage {
        if let stage = stage(named: name) { return stage }
        throw unknownStage(name)
    }

    func unknownStage(_ name: String) -> CommandFailure {
        let instances = stages(named: name).map(\.name)
        guard instances.isEmpty else {
            return CommandFailure(
                .usage, "`\(name)` has a matrix: one of its instances is wanted", hint: Self.some(of: instances))
        }
        let names = stages.map(\.name)
        let hint = NearestName.nearest(
            to: name, of: names + Set(names.map(StageNames.base)).subtracting(names).sorted())
        let plan = head.state == .ended ? "it was never planned" : "it is not planned yet"
        return CommandFailure(
            .usage, "run \(head.id) has no stage `\(name)`",
            hint: hint.map { "did you mean `\($0)`?" } ?? (names.isEmpty ? plan : "it has \(Self.some(of: names))"))
    }

    private static func some(of names: [String]) -> String {
        names.prefix(12).joined(separator: ", ") + (names.count > 12 ? ", …" : "")
    }
}
