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
        let program = try StartedProgram(arguments, environment: environment, folder: folder, input: input)
        return try program.wait()
    }
}

/// A program that may still be running; its streams go to files, so that it never waits for a reader.
package final class StartedProgram: Sendable {
    package let pid: pid_t
    private let scratch: URL

    package init(_ arguments: [String], environment: [String: String], folder: String, input: String = "") throws {
        scratch = FileManager.default.temporaryDirectory.appending(path: "sluice-program-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        try Data(input.utf8).write(to: scratch.appending(path: "in"))
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, scratch.appending(path: "in").path, O_RDONLY, 0)
        for (descriptor, name) in [(Int32(1), "out"), (Int32(2), "err")] {
            let path = scratch.appending(path: name).path
            posix_spawn_file_actions_addopen(&actions, descriptor, path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        }
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        posix_spawn_file_actions_addchdir_np(&actions, folder)
        let program = Self.find(arguments[0], in: environment["PATH"] ?? "/usr/bin:/bin")
        let argv = arguments.map { strdup($0) } + [nil]
        let envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in argv + envp { free(text) } }
        var pid = pid_t()
        let status = posix_spawn(&pid, program, &actions, nil, argv, envp)
        guard status == 0 else {
            throw ProgramFailure(message: "cannot start \(program): \(String(cString: strerror(status)))")
        }
        self.pid = pid
    }

    deinit { try? FileManager.default.removeItem(at: scratch) }

    /// What it has printed so far.
    package var outputSoFar: String { text("out") }
    package var errorsSoFar: String { text("err") }

    package func wait() throws -> ProgramRun {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 {
            guard errno == EINTR else { throw ProgramFailure(message: "cannot wait for process \(pid)") }
        }
        let code = status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
        return ProgramRun(status: code, output: text("out"), errors: text("err"))
    }

    private func text(_ name: String) -> String {
        (try? Data(contentsOf: scratch.appending(path: name))).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    private static func find(_ name: String, in path: String) -> String {
        guard !name.contains("/") else { return name }
        return path.split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 } ?? name
    }
}

package struct ProgramFailure: Error { package var message: String }
