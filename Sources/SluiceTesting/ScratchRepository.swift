import Foundation
import Glibc

/// A throw-away repository, made and changed by the git program, gone with this object. No configuration of the
/// machine and no `GIT_*` of the caller reaches it; author, dates and the first branch (`main`) are fixed.
package final class ScratchRepository: Sendable {
    /// The folder that disappears in the end; the repository lies in it.
    package let folder: String
    /// The top of the working tree, or the bare repository.
    package let path: String

    /// `git init` with further arguments: `--bare`, `--object-format=sha256`, ….
    package init(_ arguments: String...) throws {
        folder = try Self.makeFolder()
        path = folder + "/repository"
        try git(["init", "--quiet"] + arguments + [path], in: folder)
    }

    /// `git clone` with further arguments.
    package init(cloning source: String, _ arguments: String...) throws {
        folder = try Self.makeFolder()
        path = folder + "/repository"
        try git(["clone", "--quiet"] + arguments + [source, path], in: folder)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Runs git in the repository; what it prints without the last line's end. Throws unless it exits with 0.
    @discardableResult
    package func git(_ arguments: String...) throws -> String { try git(arguments, in: path) }

    /// Runs a script of the shell in the repository, with the same environment.
    @discardableResult
    package func shell(_ script: String) throws -> String { try run(["/bin/sh", "-ec", script], in: path) }

    /// Writes a file of the working tree, with its folders.
    package func write(_ text: String, to file: String, isExecutable: Bool = false) throws {
        let place = URL(filePath: path).appending(path: file)
        try FileManager.default.createDirectory(
            at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: place)
        guard chmod(place.path, isExecutable ? 0o755 : 0o644) == 0 else {
            throw Failure(command: "chmod \(file)", output: "errno \(errno)")
        }
    }

    /// Commits everything that lies in the working tree; the new commit's oid.
    @discardableResult
    package func commit(_ message: String = "change") throws -> String {
        try git("add", "--all")
        try git("commit", "--quiet", "--allow-empty", "--message", message)
        return try git("rev-parse", "HEAD")
    }

    /// Writes a file and commits everything.
    @discardableResult
    package func commit(_ text: String, to file: String) throws -> String {
        try write(text, to: file)
        return try commit("change \(file)")
    }

    /// What every program in the repository sees.
    package var environment: [String: String] {
        [
            "PATH": "/usr/bin:/bin", "HOME": folder, "LC_ALL": "C", "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org",
            "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org",
            "GIT_AUTHOR_DATE": "1700000000 +0000", "GIT_COMMITTER_DATE": "1700000000 +0000",
        ]
    }

    @discardableResult
    private func git(_ arguments: [String], in place: String) throws -> String {
        let always = ["init.defaultBranch=main", "protocol.file.allow=always", "commit.gpgSign=false"]
        return try run(["/usr/bin/git"] + always.flatMap { ["-c", $0] } + arguments, in: place)
    }

    private func run(_ arguments: [String], in place: String) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: arguments[0])
        process.arguments = Array(arguments.dropFirst())
        process.environment = environment
        process.currentDirectoryURL = URL(filePath: place)
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let text = String(decoding: bytes, as: UTF8.self)
        guard process.terminationStatus == 0 else {
            throw Failure(command: arguments.joined(separator: " "), output: text)
        }
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }

    /// A program that did not succeed.
    package struct Failure: Error {
        package var command: String
        package var output: String
    }

    private static func makeFolder() throws -> String {
        let folder = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
            .appending(path: "sluice-repository-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }
}
