import PluginContract
import SluiceModel

extension ConformanceCase {
    static let started = "end.started"

    /// How a call ends.
    static let endings = [
        ConformanceCase(started, "the program can be executed", appliesToCommands: true) { rehearsal in
            rehearsal.inPlains { $0.failure.map { [$0] } ?? [] }
        },
        ConformanceCase("end.in-time", "a call ends by itself, within the time limit", appliesToCommands: true) {
            rehearsal in
            rehearsal.inPlains { seen in seen.outstayed.map { ["killed after \(Performance.seconds($0))"] } ?? [] }
        },
        ConformanceCase("end.one-terminal", "exactly one terminal line, `result` or `error`") { rehearsal in
            rehearsal.inPlains { seen in
                seen.terminals.count == 1 ? [] : ["\(seen.terminals.count) terminal lines; \(seen.exitText)"]
            }
        },
        ConformanceCase("end.nothing-after", "no line with the token after the terminal line") { rehearsal in
            rehearsal.inPlains { seen in
                guard let first = seen.terminals.first?.index, first + 1 < seen.lines.count else { return [] }
                return ["after it: \(text(seen.lines[first + 1].json))"]
            }
        },
        ConformanceCase("end.agrees", "exit status and terminal line agree", appliesToCommands: true) { rehearsal in
            rehearsal.inPlains { seen in
                let wire = rehearsal.subject.wire
                guard seen.ending(wire) == nil else { return [] }
                return [seen.story(wire)] + rehearsal.lastWords(of: seen)
            }
        },
        ConformanceCase("end.expected", "every example ends as it says with `expect`", appliesToCommands: true) {
            rehearsal in
            let wire = rehearsal.subject.wire
            let wrong = rehearsal.plains.filter { $0.performance.ending(wire) != $0.example.expected }
            return .unless(
                wrong.flatMap { example, seen in
                    ["example `\(example.name)` expects `\(example.expected.rawValue)`: \(seen.story(wire))"]
                        + rehearsal.lastWords(of: seen)
                })
        },
        ConformanceCase("end.no-leftovers", "no process is left behind", appliesToCommands: true) { rehearsal in
            rehearsal.inPlains { seen in
                seen.leftovers.isEmpty ? [] : ["left running: \(seen.leftovers.joined(separator: ", "))"]
            }
        },
        ConformanceCase(
            "end.error-text", "an error has a code, a message of at most 300 characters, and no traceback in it"
        ) { rehearsal in
            let errors = rehearsal.plains.flatMap { example, seen in
                seen.lines.compactMap { line in
                    line.json["type"]?.stringValue == "error" ? (example.name, line.json) : nil
                }
            }
            guard !errors.isEmpty else { return .skipped("no example expects an error") }
            return .unless(
                errors.flatMap { name, json in Self.faults(ofError: json).map { "example `\(name)`: \($0)" } })
        },
    ]

    private static func faults(ofError json: JSON) -> [String] {
        let message = json["message"]?.stringValue ?? ""
        var wrong: [String] = []
        if message.count > ContractLimits.message { wrong.append("the message has \(message.count) characters") }
        if message.contains("Traceback (most recent call last)") { wrong.append("the message is a traceback") }
        if message.allSatisfy(\.isWhitespace) { wrong.append("the message is empty") }
        return wrong
    }

    /// What stands on stdout.
    static let lines = [
        ConformanceCase("lines.token", "every message carries the token of `start`") { rehearsal in
            rehearsal.inPlains { seen in
                seen.strays.filter(Self.looksLikeMessage).prefix(3).map { "no message without the token: \($0)" }
            }
        },
        ConformanceCase("lines.well-formed", "JSON within the limits: 1 MiB, 64 levels, no key twice, no NaN, UTF-8") {
            rehearsal in rehearsal.inPlains { Array($0.malformed.prefix(3)) }
        },
        ConformanceCase("lines.fields", "every field has its type and is within its limits") { rehearsal in
            rehearsal.inPlains { seen in
                seen.lines.compactMap { line in
                    guard case .dropped(let error) = line.received else { return nil }
                    return "\(error.description): \(Self.text(line.json))"
                }
            }
        },
        ConformanceCase("lines.known-types", "every message has a type that the contract knows") { rehearsal in
            rehearsal.inPlains { seen in
                seen.lines.compactMap { line in
                    switch line.received {
                    case .unknown(let type), .critical(let type): "the unknown type `\(type)`"
                    default: nil
                    }
                }
            }
        },
        ConformanceCase("lines.ended", "the last line ends with a line feed") { rehearsal in
            rehearsal.inPlains { $0.endsWithoutLineFeed ? ["stdout ends in the middle of a line"] : [] }
        },
        ConformanceCase("lines.secrets", "no secret is in a message, on stdout or on stderr", appliesToCommands: true) {
            rehearsal in
            let secrets = rehearsal.subject.secrets
            guard !secrets.isEmpty else { return .skipped("the manifest names no secrets") }
            return rehearsal.inPlains { seen in
                let all = seen.lines.map { Self.text($0.json, limit: .max) } + seen.strays + seen.errors
                return secrets.sorted { $0.key < $1.key }.filter { secret in all.contains { $0.contains(secret.value) }
                }
                .map { "the value of \($0.key) is printed" }
            }
        },
    ]

    /// A JSON object with a type of ours that the token is missing from, or is wrong in.
    private static func looksLikeMessage(_ stray: String) -> Bool {
        guard let json = try? JSONReader.read(Array(stray.utf8)), let type = json["type"]?.stringValue else {
            return false
        }
        return [
            "hello", "log", "progress", "metric", "output", "checkpoint", "heartbeat", "estimate", "result", "error",
        ].contains(type)
    }

    static func text(_ json: JSON, limit: Int = 200) -> String {
        String(decoding: json.line.prefix(limit), as: UTF8.self)
    }
}
