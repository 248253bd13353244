import Foundation
import Glibc
import SluiceExecution
import SluiceModel
import Synchronization

/// A throw-away attempt folder with a plugin in it, and what its run showed.
final class Attempts: Sendable {
    /// As an attempt lies in a state folder.
    let root: String
    private let base: String
    private let seen = Mutex<[AttemptEvent]>([])

    /// Whether a cluster that somebody has is tested: all tests at once have to fit there, and take their turns.
    static let isOnCluster = getenv("SLUICE_TEST_SHARED") != nil
    private static let small = ResourceRequest(cpus: Amount(billionths: Amount.unit / 10), memory: 128 << 20)
    /// For which a test waits for what is to come to be.
    private static let patience: Duration = .seconds(isOnCluster ? 600 : 300)
    /// More than that, so that a machine that is slow never makes a timeout of what a test waits for.
    private static let timeout: Duration = .seconds(900)

    init() throws {
        // A cluster that is tested sees its nodes' folder only.
        let parent = getenv("SLUICE_TEST_SHARED").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/sluice-execution-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw TestFailure("mkdtemp: errno \(errno)") }
        base = template.withUnsafeBufferPointer { String(decoding: $0.dropLast().map(UInt8.init), as: UTF8.self) }
        root = base + "/runs/1/stage/1"
        for folder in ["runs", "runs/1", "runs/1/stage", "runs/1/stage/1"] { mkdir("\(base)/\(folder)", 0o700) }
        try makeFolders()
    }

    /// Another attempt of the same run, whose folder goes with that one's.
    init(beside other: Attempts, stage: String) throws {
        base = ""
        root = other.base + "/runs/1/\(stage)/1"
        for folder in ["", "/1"] { mkdir("\(other.base)/runs/1/\(stage)\(folder)", 0o700) }
        try makeFolders()
    }

    private func makeFolders() throws {
        for folder in ["workspace", "scratch", "home", "tmp", "plugin", "outputs"] { mkdir("\(root)/\(folder)", 0o700) }
    }

    deinit {
        guard !base.isEmpty else { return }
        var pid = pid_t()
        // Environments are read-only.
        let script = "chmod -R u+w \(base); rm -rf \(base)"
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("sh"), strdup("-c"), strdup(script), nil]
        if posix_spawn(&pid, "/bin/sh", nil, nil, &arguments, nil) == 0 { waitpid(pid, nil, 0) }
        arguments.forEach { free($0) }
    }

    var events: [AttemptEvent] { seen.withLock { $0 } }
    var shown: [String] {
        events.compactMap { event in
            guard case .log(_, let text) = event else { return nil }
            return text
        }
    }

    /// Writes a file below the root; nil when it is not there to read.
    func write(_ path: String, _ text: String, mode: mode_t = 0o644) throws {
        let file = open("\(root)/\(path)", O_WRONLY | O_CREAT | O_TRUNC, mode)
        guard file >= 0 else { throw TestFailure("cannot write \(path)") }
        let bytes = Array(text.utf8)
        guard bytes.withUnsafeBytes({ Glibc.write(file, $0.baseAddress, $0.count) }) == bytes.count else {
            throw TestFailure("cannot write \(path)")
        }
        close(file)
    }

    func read(_ path: String) -> String? {
        let file = open("\(root)/\(path)", O_RDONLY)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = Glibc.read(file, &buffer, buffer.count), count > 0 { bytes += buffer[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A request for a plugin that is this program; `python` has `token`, `start` and `say(**fields)`.
    func plugin(python body: String) throws -> AttemptRequest {
        try write("plugin/plugin.py", Self.prologue + body)
        return request(.plugin(command: ["python3", "./plugin.py"], folder: "\(root)/plugin", python: nil), .sluice1)
    }

    func plugin(shell body: String) throws -> AttemptRequest {
        try write("plugin/plugin.sh", "#!/bin/sh\n" + body, mode: 0o755)
        return request(.plugin(command: ["./plugin.sh"], folder: "\(root)/plugin", python: nil), .sluice1)
    }

    func script(_ text: String) -> AttemptRequest { request(.script(text), .command) }

    func request(_ program: AttemptRequest.Program, _ wire: WireProtocol) -> AttemptRequest {
        AttemptRequest(
            run: RunID(7), stage: "train", number: 1, wire: wire, verb: .run, program: program,
            params: .object(["lr": .number(0.1)]), inputs: [], outputs: [], environment: [:],
            searchPath: "/usr/local/bin:/usr/bin:/bin",
            folders: .init(
                workspace: "\(root)/workspace", scratch: "\(root)/scratch", home: "\(root)/home",
                temporary: "\(root)/tmp", log: "\(root)/log.jsonl"),
            commit: .init(oid: String(repeating: "a", count: 40), reference: "refs/heads/main", trusted: true),
            grant: Grant(profile: "cpu", request: Self.isOnCluster ? Self.small : ResourceRequest()),
            timeout: Self.timeout, grace: .seconds(5),
            seed: 1)
    }

    /// Runs it on a thread of its own, so that blocked attempts do not starve the tests' pool.
    func run(
        _ request: AttemptRequest, _ cancellation: Cancellation = Cancellation(),
        by executor: any Executor = LocalExecutor(devices: [])
    ) async -> AttemptResult {
        await withCheckedContinuation { continuation in
            let work = Work {
                let result = executor.execute(request, cancellation: cancellation) { event in
                    self.seen.withLock { $0.append(event) }
                }
                continuation.resume(returning: result)
            }
            work.start()
        }
    }

    /// Waits until the plugin has made a file.
    func appearance(of path: String) async throws {
        try await holds("\(path) never came") { access("\($0.root)/\(path)", F_OK) == 0 }
    }

    /// Waits until something is so. It looks less and less often: hundreds of tests wait at a time.
    func holds(_ failure: String = "it never came to be", _ condition: @Sendable (Attempts) -> Bool) async throws {
        let end = ContinuousClock.now.advanced(by: Self.patience)
        var pause = Duration.milliseconds(10)
        while !condition(self) {
            guard ContinuousClock.now < end else { throw TestFailure(failure) }
            try await Task.sleep(for: pause)
            pause = min(pause * 1.2, .milliseconds(200))
        }
    }

    private static let prologue = """
        import json, os, signal, subprocess, sys, time
        start = json.loads(sys.stdin.readline())
        token = start["token"]
        def say(type, **fields):
            sys.stdout.write(json.dumps({"type": type, "token": token, **fields}) + "\\n")
            sys.stdout.flush()

        """
}

struct TestFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// A closure on a new thread.
final class Work: Sendable {
    private let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }

    func start() {
        var thread = pthread_t()
        let box = Unmanaged.passRetained(self)
        let failure = pthread_create(
            &thread, nil,
            { raw in
                guard let raw else { return nil }
                Unmanaged<Work>.fromOpaque(raw).takeRetainedValue().body()
                return nil
            }, box.toOpaque())
        precondition(failure == 0, "a thread can be started")
        pthread_detach(thread)
    }
}

/// nil where the process is gone.
func parent(of process: Int32) -> Int32? {
    let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
    return text?.split(separator: ")").last?.split(separator: " ").dropFirst().first.flatMap { Int32($0) }
}

/// Whether a process is there and no zombie.
func isAlive(_ pid: Int32) -> Bool {
    guard kill(pid, 0) == 0 else { return false }
    let file = open("/proc/\(pid)/stat", O_RDONLY)
    guard file >= 0 else { return false }
    defer { close(file) }
    var buffer = [UInt8](repeating: 0, count: 512)
    let count = read(file, &buffer, buffer.count)
    return !String(decoding: buffer.prefix(max(0, count)), as: UTF8.self).contains(") Z")
}
