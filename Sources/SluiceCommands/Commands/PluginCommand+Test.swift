import ArgumentParser
import Glibc
import SluiceExecution
import SluiceModel
import SluiceReport

extension PluginCommand {
    /// `sluice plugin test`: the black-box test of a plugin against the contract.
    struct Test: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tries a plugin against the contract, case by case.",
            discussion: """
                Calls it with the examples of its folder `conformance`. Ends with 1 when a case fails, or none was tried.

                Examples:
                  sluice plugin test plugins/count-lines
                  sluice plugin test plugins/count-lines --case 'cancel.*' --junit report.xml
                  sluice plugin test plugins/count-lines --record bug.jsonl
                """)

        @Argument(help: "The plugin's folder.")
        var folder: String = "."

        @Option(name: .customLong("case"), help: ArgumentHelp("Only cases like this: `lines.*`.", valueName: "pattern"))
        var cases: [String] = []

        @Flag(help: "List the cases and try none.")
        var listCases = false

        @Option(help: ArgumentHelp("Write a report for CI systems.", valueName: "file"))
        var junit: String?

        @Option(help: ArgumentHelp("Write all that was said, secrets masked: a bug report.", valueName: "file"))
        var record: String?

        @Option(help: ArgumentHelp("Make recorded calls again, and say what differs.", valueName: "file"))
        var replay: String?

        @Option(help: ArgumentHelp("What one call may take.", valueName: "seconds"))
        var timeout: Int = 120

        @OptionGroup var output: Output

        func validate() throws {
            if timeout < 1 { throw ValidationError("--timeout is a whole number of seconds from 1") }
            if replay != nil, !cases.isEmpty || record != nil {
                throw ValidationError("--replay makes the recorded calls: it takes neither --case nor --record")
            }
        }

        func run() throws {
            if listCases { return output.answer(ConformanceKit.cases.map { $0.name.padded(to: 24) + $0.rule }) }
            for path in [junit, record].compactMap(\.self) { try WantedFile(path: path).check() }
            let path = try Files.absolute(folder)
            guard let real = Files.resolving(path) else {
                throw CommandFailure(.usage, "\(folder) is not there")
            }
            let subject = try PluginSubjectLoader(folder: real, installation: .current()).load()
            let kit = ConformanceKit(
                subject, folder: try Files.makeTemporaryFolder("sluice-plugin-test"), patience: .seconds(timeout))
            defer { kit.close() }
            let report = try report(of: kit, subject)
            if let junit { try WantedFile(path: junit).write(ConformanceJUnit.text(report)) }
            if let record { try WantedFile(path: record).write(kit.transcript.text) }
            if output.json {
                output.answer(ConformanceJSON(report))
            } else {
                output.answer([ConformanceText.summary(report, style: output.style)])
            }
            guard report.hasPassed else { throw ExitStatus.failed.code }
        }

        private func report(of kit: ConformanceKit, _ subject: PluginSubject) throws -> ConformanceReport {
            let wants = cases.map(Glob.init)
            let transcript = try replay.map { path in
                try Transcript(reading: String(decoding: try recorded(path), as: UTF8.self))
            }
            if !output.json, !output.quiet {
                let manifest = subject.manifest
                output.answer([
                    ConformanceText.head(
                        manifest.name, manifest.version, wire: manifest.wire, examples: subject.examples.map(\.name),
                        style: output.style)
                ])
            }
            guard let transcript else {
                return kit.run(wants: { name in wants.isEmpty || wants.contains { $0.matches(name) } }, tell: tell)
            }
            let (report, notes) = kit.replay(transcript, tell: tell)
            for note in notes { Console.tell("sluice: \(note)") }
            return report
        }

        private func recorded(_ path: String) throws -> [UInt8] {
            guard let bytes = try Files.bytes(at: path, limit: 256 << 20) else {
                throw CommandFailure(.usage, "\(path) is not there")
            }
            return bytes
        }

        private func tell(_ one: ConformanceReport.Case) {
            if output.json { return }
            if output.quiet, case .failed = one.verdict {} else if output.quiet { return }
            output.answer(ConformanceText.lines(one, width: output.width, style: output.style))
        }
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
