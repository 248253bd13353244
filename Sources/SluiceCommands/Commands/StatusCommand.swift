import ArgumentParser
import SluiceReport
import SluiceStore

/// `sluice status`: the queue, and what runs now.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Shows what runs, what is queued and what ended last.",
        discussion: "Example:\n  sluice status --json")

    @OptionGroup var output: Output

    func run() throws {
        let services = try StateServices.open()
        try Intake(services: services, installation: .current()).drain()
        let status = QueueStatus(
            active: try services.store.heads(in: [.queued, .waiting, .running]).map {
                try services.store.record(of: $0.id)
            },
            left: Set(try services.interrupted().map(\.id)),
            recent: try services.store.heads(limit: 12).filter { $0.state == .ended },
            workers: try WorkerLock.count(in: services.folder))
        if output.json {
            output.answer(StatusJSON(status))
        } else {
            output.answer(
                StatusText.lines(status, now: services.clock.now(), width: output.width, style: output.style))
        }
    }
}
