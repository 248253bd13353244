import Foundation
import Glibc
import SluiceTesting
import Testing

/// A person's desk: a bare repository with the hook installed, a clone of it, and a state folder, all in one
/// throw-away folder. Everything runs through the real git and the built binary.
final class Scene: Sendable {
    let root: String
    var bare: String { root + "/server.git" }
    var clone: String { root + "/clone" }
    var home: String { root + "/state" }
    /// What nodes of a cluster see, and nothing else of this desk counts on; made by who needs it.
    var shared: String { root + "-shared" }

    /// What a person at this desk has in the environment.
    let environment: [String: String]

    /// `parent`: where the folder is made; else where temporary ones are.
    init(_ files: [String: String] = [:], withHook: Bool = true, in parent: String? = nil) throws {
        root = (parent ?? FileManager.default.temporaryDirectory.path) + "/sluice-scene-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        environment = Self.environment(root: root)
        try git(["init", "--quiet", "--bare", "--initial-branch=main", bare], in: root)
        try git(["clone", "--quiet", bare, clone], in: root)
        try git(["checkout", "--quiet", "-b", "main"], in: clone)
        if withHook {
            let installed = try sluice(["hook", "install"], in: bare)
            #expect(installed.status == 0, "\(installed.transcript)")
        }
        if !files.isEmpty { try commit(files) }
    }

    deinit {
        guard getenv("SLUICE_KEEP_SCENES") == nil else { return }
        for folder in [root, shared] { try? FileManager.default.removeItem(atPath: folder) }
    }

    /// The built binary lies beside the test bundle.
    static let binary = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appending(path: "sluice").path

    private static func environment(root: String) -> [String: String] {
        var variables = [
            "HOME": root, "SLUICE_HOME": root + "/state", "LANG": "C.UTF-8",
            "PATH": getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin",
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org",
            "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org",
        ]
        for name in ["PYENV_ROOT", "PIP_INDEX_URL", "PIP_CONFIG_FILE", "UV_INDEX_URL", "SSL_CERT_FILE", "PIP_CERT"] {
            variables[name] = getenv(name).map { String(cString: $0) }
        }
        return variables
    }

    @discardableResult
    func git(_ arguments: [String], in folder: String? = nil, environment extra: [String: String] = [:]) throws
        -> ProgramRun
    {
        let done = try ProgramRun.run(
            ["git"] + arguments, environment: environment.merging(extra) { $1 }, folder: folder ?? clone)
        #expect(done.status == 0, "git \(arguments.joined(separator: " "))\n\(done.transcript)")
        return done
    }

    func sluice(_ arguments: [String], in folder: String? = nil, environment extra: [String: String] = [:]) throws
        -> ProgramRun
    {
        try ProgramRun.run(
            [Self.binary] + arguments, environment: environment.merging(extra) { $1 }, folder: folder ?? clone)
    }

    /// A line of shell, for what no program of its own does.
    static func shell(_ line: String, in folder: String) throws -> String {
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        let run = try ProgramRun.run(["/bin/sh", "-c", line], environment: ["PATH": path], folder: folder)
        return run.output + run.errors
    }

    func start(_ arguments: [String]) throws -> StartedProgram {
        try StartedProgram([Self.binary] + arguments, environment: environment, folder: clone)
    }

    /// Writes files of the clone; `executable` paths end in `*`.
    func write(_ files: [String: String]) throws {
        for (name, text) in files {
            let isExecutable = name.hasSuffix("*")
            let path = clone + "/" + (isExecutable ? String(name.dropLast()) : name)
            let folder = URL(filePath: path).deletingLastPathComponent().path
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(filePath: path))
            if isExecutable { chmod(path, 0o755) }
        }
    }

    func commit(_ files: [String: String], message: String = "Change") throws {
        try write(files)
        try git(["add", "--all"])
        try git(["commit", "--quiet", "--allow-empty", "--message", message])
    }

    /// Pushes, and waits until what it queued has ended.
    @discardableResult
    func push(_ arguments: [String] = ["origin", "main"]) throws -> ProgramRun {
        let pushed = try ProgramRun.run(["git", "push"] + arguments, environment: environment, folder: clone)
        try waitForQuiet()
        return pushed
    }

    /// Until nothing is queued or running any more.
    func waitForQuiet() throws {
        for _ in 0..<1200 {
            let status = try json(sluice(["status", "--json"]))
            let active = status["runs"] as? [Any] ?? []
            if active.isEmpty { return }
            usleep(100_000)
        }
        Issue.record("the queue did not become empty: \(try sluice(["status"]).output)")
    }

    func json(_ run: ProgramRun) throws -> [String: Any] {
        let value = try JSONSerialization.jsonObject(with: Data(run.output.utf8))
        return try #require(value as? [String: Any], "\(run.transcript)")
    }

    /// The newest run's record.
    func lastRun() throws -> RunView { RunView(try json(sluice(["runs", "show", "--json"]))) }

    func runCount() throws -> Int {
        (try json(sluice(["runs", "list", "--limit", "1000", "--json"]))["runs"] as? [Any])?.count ?? 0
    }
}

/// A run's record as another program sees it: the keys of the JSON shape.
struct RunView {
    let json: [String: Any]

    init(_ json: [String: Any]) { self.json = json }

    var outcome: String? { json["outcome"] as? String }
    var state: String? { json["state"] as? String }
    var revision: [String: Any] { json["revision"] as? [String: Any] ?? [:] }
    var stages: [[String: Any]] { json["stages"] as? [[String: Any]] ?? [] }

    func stage(_ name: String) -> [String: Any] { stages.first { $0["name"] as? String == name } ?? [:] }
    func outcome(of stage: String) -> String? { self.stage(stage)["outcome"] as? String }
    func reason(of stage: String) -> String? { self.stage(stage)["reason"] as? String }
    func attempts(of stage: String) -> [[String: Any]] { self.stage(stage)["attempts"] as? [[String: Any]] ?? [] }
    func cacheReason(of stage: String) -> String? {
        (self.stage(stage)["cache"] as? [String: Any])?["reason"] as? String
    }

    /// Outcome by stage name.
    var outcomes: [String: String] {
        Dictionary(
            uniqueKeysWithValues: stages.map { ($0["name"] as? String ?? "", $0["outcome"] as? String ?? "") })
    }
}
