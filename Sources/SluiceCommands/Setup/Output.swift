import ArgumentParser
import Glibc
import SluiceReport

/// How a command answers; the same three options everywhere.
struct Output: ParsableArguments {
    @Flag(help: "Answer in JSON.")
    var json = false

    @Option(help: "Colour: auto, always or never.")
    var color = ColorChoice.auto

    @Flag(name: .shortAndLong, help: "On stderr, say only what went wrong.")
    var quiet = false

    enum ColorChoice: String, ExpressibleByArgument, CaseIterable { case auto, always, never }

    var style: Style { Self.style(color, forTerminal: Console.answersToTerminal) }
    var tellingStyle: Style { Self.style(color, forTerminal: Console.tellsTerminal) }

    static func style(_ choice: ColorChoice = .auto, forTerminal isTerminal: Bool) -> Style {
        let isColoured =
            switch choice {
            case .always: true
            case .never: false
            case .auto: isTerminal && ProcessEnvironment["NO_COLOR"] == nil && ProcessEnvironment["TERM"] != "dumb"
            }
        let locale =
            ProcessEnvironment["LC_ALL"] ?? ProcessEnvironment["LC_CTYPE"] ?? ProcessEnvironment["LANG"] ?? "C.UTF-8"
        let isUnicode = locale.lowercased().contains("utf")
        return Style(isColoured: isColoured, isASCII: !isUnicode)
    }

    func tell(_ lines: [String]) {
        if !quiet && !lines.isEmpty { Console.tell(tellingStyle.spelled(lines.joined(separator: "\n"))) }
    }
    func answer(_ lines: [String]) { Console.answer(style.spelled(lines.joined(separator: "\n"))) }
    func answer(_ value: some Encodable) { Console.answer(JSONText.encode(value, pretty: Console.answersToTerminal)) }

    /// Columns for sentences on stdout, which are read as a whole.
    var sentenceWidth: Int { min(width, Console.answersToTerminal ? .max : 100) }

    /// Columns for text on stdout.
    var width: Int { Console.answersToTerminal ? Console.size(of: STDOUT_FILENO).columns : 120 }
}
