import PluginContract
import SluiceModel

extension ConformanceCase {
    /// More boundaries than these teach nothing new.
    private static let mostBoundaries = 6

    /// `cancel`, and what stands for it.
    static let cancels = [
        stopping("cancel.at-once", "a `cancel` that comes with `start` ends it within its grace") { _ in
            [.init(after: 0, act: .cancel("user", grace: 10))]
        },
        ConformanceCase("cancel.at-boundaries", "a `cancel` after any of its messages ends it within its grace") {
            rehearsal in
            let count = rehearsal.plain.lines.count
            guard count > 0 else { return .skipped("it says nothing") }
            return .unless(
                boundaries(count).flatMap { boundary in
                    wrong(rehearsal, "cancel.after-\(boundary)", [.init(after: boundary, act: cancel(rehearsal))])
                        .map { "after message \(boundary): \($0)" }
                })
        },
        stopping("cancel.twice", "a second `cancel` changes nothing") { rehearsal in
            [.init(after: 0, act: cancel(rehearsal)), .init(after: 0, act: cancel(rehearsal))]
        },
        stopping("cancel.unknown-reason", "a reason that it does not know is a `cancel` too") { _ in
            [.init(after: 0, act: .cancel("eclipse", grace: 10))]
        },
        stopping("cancel.sigterm", "SIGTERM ends it within its grace", appliesToCommands: true) { rehearsal in
            [.init(after: min(1, rehearsal.plain.lines.count), act: .terminate)]
        },
        ConformanceCase("cancel.no-leftovers", "a cancelled call leaves no process behind") { rehearsal in
            let cues = [Scene.Cue(after: 1, act: cancel(rehearsal))]
            let seen = rehearsal.play(rehearsal.scene("cancel.after-1") { $0.cues = cues })
            return .unless(seen.leftovers.isEmpty ? [] : ["left running: \(seen.leftovers.joined(separator: ", "))"])
        },
        ConformanceCase("cancel.agrees", "exit 30 stands for a `cancel` alone: not without one") { rehearsal in
            rehearsal.inPlains { $0.exit == .code(30) ? ["exit 30 without a `cancel`"] : [] }
        },
    ]

    /// The end of one of the pipes.
    static let ends = [
        stopping("stdin.end", "the end of stdin means that the runner is gone: it ends within its grace") { _ in
            [.init(after: 0, act: .hangUp)]
        },
        stopping("stdin.end-later", "so it does when stdin ends after its first message") { _ in
            [.init(after: 1, act: .hangUp)]
        },
        ConformanceCase("stdout.closed", "when nobody reads stdout any more it ends, and does not wait for ever") {
            rehearsal in
            let enough = 2 * rehearsal.plain.endedAt + rehearsal.subject.grace.wholeMilliseconds + 5000
            let seen = rehearsal.play(
                rehearsal.scene("stdout.closed") {
                    $0.reading = .closes
                    $0.patience = enough
                })
            return seen.outstayed == nil ? .passed : .failed([seen.story(rehearsal.subject.wire)])
        },
    ]

    private static func boundaries(_ count: Int) -> [Int] {
        guard count > mostBoundaries else { return Array(1...count) }
        let spread = (0..<mostBoundaries).map { 1 + $0 * (count - 1) / (mostBoundaries - 1) }
        return Array(Set(spread)).sorted()
    }

    private static func cancel(_ rehearsal: Rehearsal) -> Scene.Act {
        .cancel("user", grace: Double(rehearsal.subject.grace.wholeMilliseconds) / 1000)
    }

    private static func stopping(
        _ name: String, _ rule: String, appliesToCommands: Bool = false,
        _ cues: @escaping @Sendable (Rehearsal) -> [Scene.Cue]
    ) -> ConformanceCase {
        ConformanceCase(name, rule, appliesToCommands: appliesToCommands) { rehearsal in
            .unless(wrong(rehearsal, name, cues(rehearsal)))
        }
    }

    /// A call that is stopped ends in time; as asked, as it would have anyway, or by the SIGTERM that follows.
    private static func wrong(_ rehearsal: Rehearsal, _ name: String, _ cues: [Scene.Cue]) -> [String] {
        let seen = rehearsal.play(rehearsal.scene(name) { $0.cues = cues })
        if let outstayed = seen.outstayed { return ["still there \(Performance.seconds(outstayed)) later, and killed"] }
        let wire = rehearsal.subject.wire
        if seen.exit == .signal(15) || seen.exit == .code(30) || seen.ending(wire) != nil { return [] }
        return [seen.story(wire)] + rehearsal.lastWords(of: seen)
    }
}
