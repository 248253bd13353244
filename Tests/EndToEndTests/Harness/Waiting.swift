import Foundation
import Glibc

/// Looks again and again until something holds, for a time that is long on a busy machine, too; whether it came to hold.
func comesToHold(_ holds: () throws -> Bool) rethrows -> Bool {
    let end = ContinuousClock.now.advanced(by: .seconds(180))
    while ContinuousClock.now < end {
        if try holds() { return true }
        usleep(20_000)
    }
    return try holds()
}

/// What runs on this machine, as /proc shows it.
enum Processes {
    /// Those whose command line holds a text (its words are separated by NUL).
    static func containing(_ text: String) -> [Int32] {
        all.filter { read($0, "cmdline").contains(text) }
    }

    /// The workers of a state folder.
    static func workers(of home: String) -> [Int32] {
        containing("sluice\0worker").filter { read($0, "environ").contains("SLUICE_HOME=\(home)\0") }
    }

    static func children(of pid: Int32) -> [Int32] {
        all.filter { read($0, "stat").split(separator: ")").last?.split(separator: " ").dropFirst().first == "\(pid)" }
    }

    private static var all: [Int32] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { Int32($0) }
    }

    private static func read(_ pid: Int32, _ name: String) -> String {
        FileManager.default.contents(atPath: "/proc/\(pid)/\(name)").map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}

extension Scene {
    /// A file beside the repositories that stages may write to, so that what they did can be counted.
    func ledger(_ name: String) -> String { root + "/" + name }

    /// How many lines a stage has left there.
    func lines(of name: String) -> Int {
        guard let text = try? String(contentsOfFile: ledger(name), encoding: .utf8) else { return 0 }
        return text.split(separator: "\n").count
    }

    func touch(_ name: String) { close(open(ledger(name), O_WRONLY | O_CREAT, 0o644)) }

    /// Text of the operator's configuration for a repository.
    func configure(_ text: String, in gitDirectory: String) throws {
        try Data(text.utf8).write(to: URL(filePath: gitDirectory + "/sluice.yaml"))
    }

    func head(in folder: String? = nil) throws -> String {
        try git(["rev-parse", "HEAD"], in: folder).output.trimmingCharacters(in: .newlines)
    }

    func show(_ run: Int) throws -> RunView { RunView(try json(sluice(["runs", "show", "\(run)", "--json"]))) }

    /// Runs, and gives the record.
    func run(_ arguments: [String] = [], in folder: String? = nil) throws -> RunView {
        RunView(try json(sluice(["run", "--json"] + arguments, in: folder)))
    }
}
