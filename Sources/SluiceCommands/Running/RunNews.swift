import SluiceModel
import SluiceReport

/// What has been recorded of a run since the last look, in plain lines. A look costs what is new.
struct RunNews {
    let services: StateServices
    /// As of the last look.
    private(set) var record: RunRecord
    private var plain: PlainLines
    private var seen: Int64 = 0

    init(run: RunID, services: StateServices, style: Style) throws {
        self.services = services
        record = RunRecord(head: try services.store.head(of: run))
        plain = PlainLines(style: style)
    }

    mutating func sinceLastLook() throws -> [String] {
        let events = try services.store.events(of: record.head.id, after: seen)
        seen = events.last?.sequence ?? seen
        return events.flatMap { event in
            record.apply(event)
            return plain.lines(for: event)
        }
    }
}
