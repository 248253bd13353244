import ArgumentParser
import Glibc
import SluiceExecution
import SluiceGit
import SluiceModel
import SluiceReport
import SluiceStore

/// `sluice doctor`: whether everything is there that a run may need, for the repository that the current folder lies in.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Checks the installation and says what is in force.",
        discussion: "Example:\n  sluice doctor")

    @OptionGroup var output: Output

    /// Everything is looked at, whatever is wrong with some of it; the first fault decides what the process ends with.
    func run() throws {
        var facts = say(DoctorMachine().facts)
        let configuration = DoctorConfiguration()
        facts += say(configuration.facts)
        if let error = configuration.error { Diagnostics.tell((error as? InvalidDefinition)?.diagnostics ?? []) }
        facts += say(DoctorEnforcement(settings: configuration.settings).facts)
        let state = DoctorState(executors: configuration.settings.executors)
        facts += say(state.facts)
        let fault = configuration.error.map(ErrorText.status) ?? state.fault
        if output.json { output.answer(DoctorAnswer(isUsable: fault == nil, facts: facts)) }
        if let fault { throw fault.code }
    }

    /// At once, for looking takes a moment.
    private func say(_ facts: [DoctorFact]) -> [DoctorFact] {
        if output.json { return facts }
        // Whatever else reads it looks for words, which no break should part.
        let width = Console.answersToTerminal ? Console.size(of: STDOUT_FILENO).columns : .max
        for fact in facts { for line in fact.lines(width: width) { Console.answer(line) } }
        return facts
    }
}

/// `sluice doctor --json`.
private struct DoctorAnswer: Encodable {
    private let schema = "sluice.doctor/v1"
    let isUsable: Bool
    let facts: [DoctorFact]

    private enum CodingKeys: String, CodingKey {
        case schema, facts
        case isUsable = "usable"
    }

    init(isUsable: Bool, facts: [DoctorFact]) {
        self.isUsable = isUsable
        self.facts = facts
    }
}

/// One thing that the doctor found, and how it is.
struct DoctorFact: Equatable, Encodable {
    var what: String
    var state: String

    init(_ what: String, _ state: String) {
        self.what = what
        self.state = state
    }

    private static let indent = 18

    /// The state beside its name; what has no room continues below.
    func lines(width: Int) -> [String] {
        let texts = WordWrap.lines(SafeText.line(state), width: max(20, width - Self.indent))
        return texts.enumerated().map { index, text in
            let head = index == 0 ? what : ""
            return head + String(repeating: " ", count: max(1, Self.indent - head.count)) + text
        }
    }
}
