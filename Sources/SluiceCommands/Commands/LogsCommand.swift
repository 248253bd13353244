import ArgumentParser
import Foundation
import Glibc
import SluiceModel
import SluiceReport

/// `sluice logs`: what stages printed.
struct LogsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Shows what stages printed.",
        discussion: """
            Examples:
              sluice logs 42/train
              sluice logs 42 -f
            """)

    @Argument(help: "RUN or RUN/STAGE; the newest run by default.")
    var name: String?

    @Flag(name: .shortAndLong, help: "Go on until the run has ended, and tell its news on stderr.")
    var follow = false

    @OptionGroup var output: Output

    func run() throws {
        signal(SIGPIPE, SIG_DFL)
        let services = try StateServices.open()
        let wanted = try name.map { try RunName($0) }
        let run = try wanted?.run ?? RunName.resolve(nil, in: services)
        if let stage = wanted?.stage { _ = try services.store.record(of: run).requireStage(stage) }
        var files: [String: LogFile] = [:]
        var news = RunNews(run: run, services: services, style: output.tellingStyle)
        while true {
            // The record first: what an attempt wrote before its end is then surely in the file.
            let record = try services.store.record(of: run)
            if follow, wanted?.stage == nil { output.tell(try news.sinceLastLook()) }
            for stage in record.stages where wanted?.stage == nil || wanted?.stage == stage.name {
                for attempt in stage.attempts {
                    let path = services.folder.path + "/" + attempt.started.folder + "/log.jsonl"
                    for line in files[path, default: LogFile(path: path)].newLines() { show(line, of: stage.name) }
                }
            }
            guard follow, record.head.state != .ended else { return }
            usleep(200_000)
        }
    }

    private func show(_ line: Substring, of stage: String) {
        if output.json { return Console.answer(String(line)) }
        guard let entry = try? JSONDecoder().decode(LogFile.Entry.self, from: Data(line.utf8)) else { return }
        for text in SafeText.lines(entry.text) { Console.answer("[\(stage)] \(text)") }
    }
}

/// What has been recorded of a run since the last look, in plain lines.
private struct RunNews {
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

/// An attempt's log, read from where the last look ended.
struct LogFile {
    let path: String
    private var offset: off_t = 0

    init(path: String) { self.path = path }

    struct Entry: Decodable {
        var time: String
        var stream: String
        var text: String
    }

    /// Whole lines that have come since.
    mutating func newLines() -> [Substring] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0, lseek(descriptor, offset, SEEK_SET) >= 0 else { return [] }
        defer { close(descriptor) }
        guard let bytes = try? Files.bytes(from: descriptor, named: path, limit: 1 << 30),
            let end = bytes.lastIndex(of: UInt8(ascii: "\n"))
        else { return [] }
        offset += off_t(end + 1)
        return String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\n")
    }
}
