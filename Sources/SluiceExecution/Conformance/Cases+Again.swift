import PluginContract
import SluiceModel

extension ConformanceCase {
    /// The same call again.
    static let repetitions = [
        ConformanceCase(
            "pure.outputs", "a pure plugin makes the same outputs again, in another run and folder",
            appliesToCommands: true
        ) { rehearsal in
            comparingPure(rehearsal) { first, second in
                first.files.outputs.keys.sorted().filter { first.files.outputs[$0] != second.files.outputs[$0] }
                    .map { "the output `\($0)` has another digest" }
            }
        },
        ConformanceCase("pure.values", "a pure plugin says the same output values again") { rehearsal in
            comparingPure(rehearsal) { first, second in
                let (before, after) = (values(first), values(second))
                return Set(before.keys).union(after.keys).sorted().filter { before[$0] != after[$0] }
                    .map { "the output value `\($0)` differs" }
            }
        },
        ConformanceCase("pure.metrics", "a pure plugin sends the same metrics again, those aside that name a time") {
            rehearsal in
            comparingPure(rehearsal) { first, second in
                let before = Dictionary(metrics(first).map { ($0.name, $0.value) }) { $1 }
                let after = Dictionary(metrics(second).map { ($0.name, $0.value) }) { $1 }
                return Set(before.keys).union(after.keys).sorted().filter { !namesTime($0) && before[$0] != after[$0] }
                    .map { "the metric `\($0)` differs" }
            }
        },
    ]

    private static func comparingPure(
        _ rehearsal: Rehearsal, _ differences: (Performance, Performance) -> [String]
    ) -> Verdict {
        let manifest = rehearsal.subject.manifest
        guard manifest.effects == .pure, !manifest.isDeploy else {
            return .skipped("the manifest does not say that it is pure")
        }
        guard rehearsal.subject.mainExample.isRepeatable else {
            return .skipped("the example `\(rehearsal.subject.mainExample.name)` says `repeatable: false`")
        }
        let (first, second) = (rehearsal.plain, rehearsal.play(elsewhere(rehearsal)))
        let wire = rehearsal.subject.wire
        guard first.ending(wire) == .ok, second.ending(wire) == .ok else { return .skipped("no call succeeds twice") }
        return .unless(differences(first, second))
    }

    private static func values(_ seen: Performance) -> [String: JSON] {
        var values: [String: JSON] = [:]
        for case .output(let name, let value) in seen.messages { values[name] = value }
        return values
    }

    /// `latency_p50_ms`, `fit_seconds`: what a clock has measured is never the same.
    private static func namesTime(_ name: String) -> Bool {
        let words = Set(name.lowercased().split { !$0.isLetter }.map(String.init))
        return !words.isDisjoint(with: ["s", "ms", "us", "ns", "sec", "seconds", "time", "duration", "latency"])
    }

    /// `checkpoint`, `saved`, `resume`.
    static let checkpoints = [
        ConformanceCase("checkpoint.path", "a checkpoint's path is relative, and stays in `scratch`") { rehearsal in
            guard let offered = offered(rehearsal) else { return .skipped("it offers no checkpoint") }
            let steps = offered.path.split(separator: "/", omittingEmptySubsequences: false)
            let isBad = offered.path.isEmpty || offered.path.hasPrefix("/") || steps.contains("..")
            return .unless(isBad ? ["the path `\(offered.path)`"] : [])
        },
        ConformanceCase("checkpoint.saved", "it goes on after `saved`") { rehearsal in
            guard let offered = offered(rehearsal) else { return .skipped("it offers no checkpoint") }
            let saved = JSONValue.object(["type": "saved", "checkpoint": .string(offered.id)])
            let scene = rehearsal.scene("checkpoint.saved") { $0.cues = [.init(after: 1, act: .send(saved))] }
            return rehearsal.endsAsPlain(scene)
        },
        ConformanceCase("checkpoint.resume", "it resumes from its checkpoint and ends as without one") { rehearsal in
            guard let offered = offered(rehearsal) else { return .skipped("it offers no checkpoint") }
            let resume = JSONValue.object(["checkpoint": .string(offered.id), "path": .string(offered.path)])
            let scene = rehearsal.scene("checkpoint.resume") {
                $0.start.members["resume"] = resume
                $0.follows = [rehearsal.plainScene]
            }
            return rehearsal.endsAsPlain(scene)
        },
    ]

    private static func offered(_ rehearsal: Rehearsal) -> (id: String, path: String)? {
        for case .checkpoint(let id, let path) in rehearsal.plain.messages { return (id, path) }
        return nil
    }
}
