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
        var names = stages.map(\.name)
        let stagesOfMatrices = Set(names.map { String($0.prefix { $0 != "[" }) }).subtracting(names).sorted()
        let hint = NearestName.nearest(to: name, of: names + stagesOfMatrices).map { "did you mean `\($0)`?" }
        let more = names.count > 12 ? ", …" : ""
        names = Array(names.prefix(12))
        return CommandFailure(
            .usage, "run \(head.id) has no stage `\(name)`",
            hint: hint ?? (names.isEmpty ? "it was never planned" : "it has \(names.joined(separator: ", "))\(more)"))
    }
}
