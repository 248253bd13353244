import ArgumentParser
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

    /// Everything is looked at, whatever is wrong with some of it; the first fault decides what the process ends with.
    func run() throws {
        var fault: ExitStatus?
        say(DoctorMachine().facts)
        let configuration = DoctorConfiguration()
        say(configuration.facts)
        if let error = configuration.error {
            fault = ErrorText.status(of: error)
            Diagnostics.tell((error as? InvalidDefinition)?.diagnostics ?? [])
        }
        say(DoctorEnforcement(settings: configuration.settings).facts)
        let state = DoctorState(executors: configuration.settings.executors)
        say(state.facts)
        if let status = fault ?? state.fault { throw status.code }
    }

    private func say(_ facts: [DoctorFact]) {
        // Whatever else reads it looks for words, which no break should part.
        let width = Console.answersToTerminal ? Console.size.columns : .max
        for fact in facts { for line in fact.lines(width: width) { Console.answer(line) } }
    }
}

/// One thing that the doctor found, and how it is.
struct DoctorFact: Equatable {
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
