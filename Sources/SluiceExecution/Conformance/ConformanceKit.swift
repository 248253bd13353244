import SluiceModel

/// The black-box test of a plugin: every case is a sentence of the contract, tried against real processes.
package struct ConformanceKit {
    /// Name and rule of every case, in the order in which they are tried.
    package static var cases: [(name: String, rule: String)] { ConformanceCase.all.map { ($0.name, $0.rule) } }

    private let rehearsal: Rehearsal
    private let subject: PluginSubject
    private let folder: String

    /// `folder` is there and empty; `close` removes it. `patience` is what one call may take.
    package init(_ subject: PluginSubject, folder: String, patience: Duration) {
        self.subject = subject
        self.folder = folder
        rehearsal = Rehearsal(subject: subject, root: folder, patience: patience)
    }

    /// Tries the cases that `wants` names; `tell` hears of each when it is decided.
    package func run(
        wants: (String) -> Bool = { _ in true }, tell: (ConformanceReport.Case) -> Void = { _ in }
    ) -> ConformanceReport {
        var report = ConformanceReport(
            plugin: subject.manifest.name, version: subject.manifest.version, wire: subject.wire,
            examples: subject.examples.map(\.name), cases: [])
        for one in ConformanceCase.all where wants(one.name) {
            let before = rehearsal.secondsPlayed
            let verdict = masked(judge(one))
            let seconds = rehearsal.secondsPlayed - before
            let decided = ConformanceReport.Case(name: one.name, rule: one.rule, verdict: verdict, seconds: seconds)
            report.cases.append(decided)
            tell(decided)
        }
        return report
    }

    /// All calls that were made, as a file for somebody else.
    package var transcript: Transcript {
        Transcript(
            subject: subject,
            scenes: rehearsal.transcript.map { TranscriptScene($0.scene, $0.performance, subject: subject) })
    }

    /// Makes the recorded calls again. Every scene is a case; what differs is what was seen.
    package func replay(
        _ transcript: Transcript, tell: (ConformanceReport.Case) -> Void = { _ in }
    ) -> (report: ConformanceReport, notes: [String]) {
        var report = ConformanceReport(
            plugin: subject.manifest.name, version: subject.manifest.version, wire: subject.wire,
            examples: subject.examples.map(\.name), cases: [])
        for recorded in transcript.scenes {
            let before = rehearsal.secondsPlayed
            let again = TranscriptScene(recorded.scene, rehearsal.play(recorded.scene), subject: subject)
            let one = ConformanceReport.Case(
                name: recorded.scene.name, rule: "example `\(recorded.scene.example.name)`: \(recorded.ending)",
                verdict: masked(.unless(again.differences(from: recorded))),
                seconds: rehearsal.secondsPlayed - before)
            report.cases.append(one)
            tell(one)
        }
        return (report, transcript.differences(from: subject))
    }

    /// Removes the folder of the attempts.
    package func close() { removeTree(folder) }

    private func judge(_ one: ConformanceCase) -> ConformanceReport.Verdict {
        guard !subject.examples.isEmpty else { return .skipped("there is no example to call it with") }
        guard subject.wire == .sluice1 || one.appliesToCommands else {
            return .skipped("the protocol is `command`")
        }
        // What never ran has kept every rule; nobody should read that.
        guard one.name == ConformanceCase.started || rehearsal.hasStarted else {
            return .skipped("the program cannot be started: see `\(ConformanceCase.started)`")
        }
        return one.judge(rehearsal)
    }

    private func masked(_ verdict: ConformanceReport.Verdict) -> ConformanceReport.Verdict {
        guard case .failed(let lines) = verdict else { return verdict }
        let mask = SecretMask(subject.secrets)
        return .failed(lines.map { mask?.masked($0) ?? $0 })
    }
}
