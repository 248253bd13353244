import SluiceModel

/// Something that a CI system shows beside a line of a file.
package struct CIAnnotation: Sendable, Hashable {
    package var severity: Diagnostic.Severity
    /// Of the diagnostic, or `stage.failed`, `check.failed`: the same for the same kind of thing.
    package var id: String
    package var title: String
    package var message: String
    package var location: SourceLocation

    package init(
        severity: Diagnostic.Severity, id: String, title: String, message: String, location: SourceLocation
    ) {
        self.severity = severity
        self.id = id
        self.title = title
        self.message = message
        self.location = location
    }

    package init(_ diagnostic: Diagnostic) {
        let hint = diagnostic.hint.map { "\nhint: \($0)" } ?? ""
        self.init(
            severity: diagnostic.severity, id: diagnostic.id, title: diagnostic.id,
            message: diagnostic.message + hint, location: diagnostic.location)
    }

    /// What a run has to say about lines of its definition: diagnostics, failed stages, checks that did not pass, and
    /// why it was refused. `pipeline` knows where they stand; without it they belong to the file's first line.
    package static func all(of record: RunRecord, pipeline: Pipeline?) -> [CIAnnotation] {
        let found = record.diagnostics.map { CIAnnotation($0) } + refusal(record)
        return found
            + record.stages.flatMap { stage in
                let written = pipeline?.stages.first { $0.name == StageNames.base(of: stage.name) }
                let place = written?.location ?? SourceLocation(file: record.head.path)
                return failure(stage, at: place) + checks(stage, written, at: place)
            }
    }

    private static func refusal(_ record: RunRecord) -> [CIAnnotation] {
        guard record.head.outcome == .refused, record.diagnostics.isEmpty, let decision = record.decision else {
            return []
        }
        let lines = decision.explanation.isEmpty ? [record.reason ?? "refused"] : decision.explanation
        return [
            CIAnnotation(
                severity: .error, id: "run.refused", title: "\(record.head.pipeline) is refused",
                message: lines.joined(separator: "\n"), location: SourceLocation(file: record.head.path))
        ]
    }

    private static func failure(_ stage: RunRecord.Stage, at place: SourceLocation) -> [CIAnnotation] {
        guard let end = stage.end, !end.outcome.isGood, end.outcome != .skipped, end.outcome != .cancelled else {
            return []
        }
        let error = stage.error
        let hint = error?.hint.map { "hint: \($0)" }
        let message = [end.reason ?? error?.message ?? OutcomeText.word(end.outcome), hint].compactMap(\.self)
        return [
            CIAnnotation(
                severity: .error, id: "stage.failed", title: "\(stage.name) \(OutcomeText.word(end.outcome))",
                message: message.joined(separator: "\n"), location: place)
        ]
    }

    /// Checks are judged all, in the order in which they are written.
    private static func checks(
        _ stage: RunRecord.Stage, _ written: Pipeline.Stage?, at place: SourceLocation
    ) -> [CIAnnotation] {
        stage.checks.enumerated().compactMap { index, check in
            guard check.verdict != .pass else { return nil }
            let places = written?.checks ?? []
            let own = places.indices.contains(index) ? places[index].location : place
            return CIAnnotation(
                severity: check.severity, id: "check.failed", title: "\(stage.name): \(check.metric)",
                message: CheckText.sentence(check), location: own)
        }
    }
}
