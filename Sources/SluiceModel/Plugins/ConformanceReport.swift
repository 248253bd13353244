/// What a plugin's conformance test found.
package struct ConformanceReport: Sendable, Equatable {
    package struct Case: Sendable, Equatable {
        /// `lines.token`: a group and a word.
        package var name: String
        /// The sentence of the contract that it proves.
        package var rule: String
        package var verdict: Verdict
        /// Of the processes that it waited for; those of an earlier case are not counted again.
        package var seconds: Double

        package init(name: String, rule: String, verdict: Verdict, seconds: Double = 0) {
            self.name = name
            self.rule = rule
            self.verdict = verdict
            self.seconds = seconds
        }

        package var group: String { String(name.prefix { $0 != "." }) }
    }

    package enum Verdict: Sendable, Equatable {
        case passed
        /// What was seen, in lines.
        case failed([String])
        /// Why it does not apply to this plugin.
        case skipped(String)
    }

    package var plugin: String
    package var version: String
    package var wire: WireProtocol
    package var examples: [String]
    package var cases: [Case]

    package init(plugin: String, version: String, wire: WireProtocol, examples: [String], cases: [Case]) {
        self.plugin = plugin
        self.version = version
        self.wire = wire
        self.examples = examples
        self.cases = cases
    }

    package var failed: [Case] { cases.filter { if case .failed = $0.verdict { true } else { false } } }
    package var skipped: [Case] { cases.filter { if case .skipped = $0.verdict { true } else { false } } }
    package var passed: Int { cases.count - failed.count - skipped.count }

    /// A test that has tried nothing proves nothing.
    package var hasPassed: Bool { failed.isEmpty && passed > 0 }
}
