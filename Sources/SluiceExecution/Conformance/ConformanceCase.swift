import SluiceModel

/// One sentence of the contract with the way in which it is tried.
struct ConformanceCase: Sendable {
    typealias Verdict = ConformanceReport.Verdict

    let name: String
    let rule: String
    /// Whether it says anything to programs that know nothing of the contract.
    let appliesToCommands: Bool
    let judge: @Sendable (Rehearsal) -> Verdict

    init(
        _ name: String, _ rule: String, appliesToCommands: Bool = false,
        judge: @escaping @Sendable (Rehearsal) -> Verdict
    ) {
        self.name = name
        self.rule = rule
        self.appliesToCommands = appliesToCommands
        self.judge = judge
    }

    /// In the order in which they are tried.
    static let all =
        endings + lines + messages + outputs + starts + fromRunner + cancels + ends + repetitions + checkpoints
        + estimates + cleanups
}

extension ConformanceReport.Verdict {
    /// Passed where nothing is wrong.
    static func unless(_ wrong: [String]) -> Self { wrong.isEmpty ? .passed : .failed(wrong) }
}

extension Rehearsal {
    /// What is wrong in plain calls of the examples, each named.
    func inPlains(_ wrong: (Performance) -> [String]) -> ConformanceReport.Verdict {
        .unless(plains.flatMap { example, seen in wrong(seen).map { "example `\(example.name)`: \($0)" } })
    }

    /// Whether a scene ends as the plain call of the same example does.
    func endsAsPlain(_ scene: Scene) -> ConformanceReport.Verdict {
        let (plain, seen) = (play(plainScene), play(scene))
        let wire = subject.wire
        guard let wanted = plain.ending(wire) else {
            return .skipped("the plain call itself does not end well: see `end.agrees`")
        }
        guard seen.ending(wire) != wanted || seen.outstayed != nil else { return .passed }
        return .failed(["\(seen.story(wire)); without the change: \(plain.story(wire))"] + lastWords(of: seen))
    }

    func scene(_ name: String, _ change: (inout Scene) -> Void) -> Scene {
        var scene = Scene(name: name, example: subject.mainExample)
        change(&scene)
        return scene
    }

    /// The end of stderr, for a person who has to find out why.
    func lastWords(of seen: Performance) -> [String] { seen.errors.suffix(4).map { "stderr: \($0)" } }
}
