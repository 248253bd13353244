import SluiceModel
import SluiceReport

/// What has been recorded of a run since the last look, in plain lines.
struct RunNews {
    let run: RunID
    let services: StateServices
    private var plain: PlainLines
    private var seen: Int64 = 0

    init(run: RunID, services: StateServices, style: Style) {
        self.run = run
        self.services = services
        plain = PlainLines(style: style)
    }

    mutating func sinceLastLook() throws -> [String] {
        let events = try services.store.events(of: run, after: seen)
        seen = events.last?.sequence ?? seen
        var told: [String] = []
        for event in events { told += plain.lines(for: event) }
        return told
    }
}
