import Glibc
import SluiceModel
import SluiceReport

/// `git push -o sluice.follow`: what the runs of a push do, on the pusher's screen, for as long as somebody listens.
///
/// It never waits for a listener: what has no room is left out and counted. A pusher who is gone is not always seen
/// (git keeps the pipe open); when nothing could be said for a while, it ends.
struct PushFollower {
    let services: StateServices
    let runs: [RunHead]

    /// Seconds without room, after which nobody is believed to listen.
    private static let patience = 30.0
    /// Microseconds between two looks.
    private static let interval: UInt32 = 200_000

    func follow() throws {
        var followed = try runs.map { try FollowedRun(run: $0.id, services: services) }
        var (leftOut, lastRoom) = (0, services.clock.now())
        while Console.hasListener {
            // The records first: what was written before their end is then surely in the files.
            let isOver = try runs.allSatisfy { try services.store.head(of: $0.id).state == .ended }
            let lines = try followed.indices.flatMap { try followed[$0].newLines() }
            for line in lines where !say(line, &leftOut) { leftOut += 1 }
            if leftOut == 0 { lastRoom = services.clock.now() }
            if isOver || services.clock.now().seconds(since: lastRoom) > Self.patience { return }
            usleep(Self.interval)
        }
    }

    private func say(_ line: String, _ leftOut: inout Int) -> Bool {
        if leftOut > 0 {
            guard Console.tellIfRoom("sluice: … \(leftOut) lines left out") else { return false }
            leftOut = 0
        }
        return Console.tellIfRoom(line)
    }
}

/// One run of several that are followed: its news, and what its stages print.
private struct FollowedRun {
    let services: StateServices
    private var news: RunNews
    private var files: [String: LogFile] = [:]

    init(run: RunID, services: StateServices) throws {
        self.services = services
        news = try RunNews(run: run, services: services, style: .plain)
    }

    mutating func newLines() throws -> [String] {
        let told = try news.sinceLastLook()
        var printed: [String] = []
        for stage in news.record.stages {
            for attempt in stage.attempts {
                let run = news.record.head.id
                let paths = services.folder.folders(of: attempt.started, at: stage.name, in: run).map(\.log)
                for entry in files[paths[0], default: LogFile(paths)].newEntries() {
                    printed += SafeText.lines(entry.text).map { "[\(stage.name)] \($0)" }
                }
            }
        }
        return printed + told
    }
}
