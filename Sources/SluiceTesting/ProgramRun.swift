import Foundation
import Glibc

/// A program run to its end with a chosen environment, and everything that it printed.
package struct ProgramRun: Sendable {
    /// Exit status, or 128 + signal.
    package var status: Int32
    package var output: String
    package var errors: String

    /// Both streams, for messages of failed expectations.
    package var transcript: String { "exit \(status)\n--- stdout\n\(output)\n--- stderr\n\(errors)" }

    /// Runs `arguments[0]` (a path, or a name that is looked up in `PATH` of the environment).
    package static func run(
        _ arguments: [String], environment: [String: String], folder: String, input: String = ""
    ) throws -> ProgramRun {
        try StartedProgram(arguments, environment: environment, folder: folder, input: input).wait()
    }
}

/// A program that may still be running; its streams go to files, so that it never waits for a reader.
package final class StartedProgram {
    private let process = Process()
    private let scratch: URL

    package init(_ arguments: [String], environment: [String: String], folder: String, input: String = "") throws {
        scratch = FileManager.default.temporaryDirectory.appending(path: "sluice-program-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        for (name, text) in [("in", input), ("out", ""), ("err", "")] {
            try Data(text.utf8).write(to: scratch.appending(path: name))
        }
        process.executableURL = URL(filePath: Self.find(arguments[0], in: environment["PATH"] ?? "/usr/bin:/bin"))
        process.arguments = Array(arguments.dropFirst())
        process.environment = environment
        process.currentDirectoryURL = URL(filePath: folder)
        process.standardInput = try FileHandle(forReadingFrom: scratch.appending(path: "in"))
        process.standardOutput = try FileHandle(forWritingTo: scratch.appending(path: "out"))
        process.standardError = try FileHandle(forWritingTo: scratch.appending(path: "err"))
        try process.run()
    }

    deinit { try? FileManager.default.removeItem(at: scratch) }

    package var pid: Int32 { process.processIdentifier }

    /// What it has printed so far.
    package var outputSoFar: String { text("out") }
    package var errorsSoFar: String { text("err") }

    package func wait() -> ProgramRun {
        process.waitUntilExit()
        let status = process.terminationStatus
        return ProgramRun(
            status: process.terminationReason == .exit ? status : 128 + status, output: text("out"),
            errors: text("err"))
    }

    private func text(_ name: String) -> String {
        (try? Data(contentsOf: scratch.appending(path: name))).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    private static func find(_ name: String, in path: String) -> String {
        guard !name.contains("/") else { return name }
        return path.split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 } ?? name
    }
}
