import ArgumentParser
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
              sluice logs 42/train --transcript
            """)

    @Argument(help: "RUN or RUN/STAGE; the newest run by default.")
    var name: String?

    @Flag(name: .shortAndLong, help: "Go on until the run has ended, and tell its news on stderr.")
    var follow = false

    @Flag(help: "What runner and plugin said to each other instead, without secrets: a bug report.")
    var transcript = false

    @OptionGroup var output: Output

    func run() throws {
        signal(SIGPIPE, SIG_DFL)
        let services = try StateServices.open()
        let wanted = try name.map { try RunName($0) }
        let run = try wanted?.run ?? RunName.resolve(nil, in: services)
        if let stage = wanted?.stage {
            let record = try RunName.record(of: run, in: services)
            if record.stages(named: stage).isEmpty { throw record.unknownStage(stage) }
        }
        var files: [String: LogFile] = [:]
        var news = try RunNews(run: run, services: services, style: output.tellingStyle)
        while true {
            // The record first: what an attempt wrote before its end is then surely in the file.
            let told = try news.sinceLastLook()
            if follow, wanted?.stage == nil { output.tell(told) }
            for stage in wanted?.stage.map(news.record.stages(named:)) ?? news.record.stages {
                for attempt in stage.attempts {
                    let folders = services.folder.folders(of: attempt.started, at: stage.name, in: run)
                    let paths = folders.map(transcript ? \.transcript : \.log)
                    for line in files[paths[0], default: LogFile(paths)].newLines() { show(line, of: stage.name) }
                }
            }
            guard follow, news.record.head.state != .ended else { return }
            usleep(200_000)
        }
    }

    private func show(_ line: Substring, of stage: String) {
        if output.json { return Console.answer(String(line)) }
        guard let entry = LogFile.Entry(line) else { return }
        let speaker = transcript ? entry.stream + ": " : ""
        for text in SafeText.lines(entry.text) { Console.answer("[\(stage)] \(speaker)\(text)") }
    }
}
