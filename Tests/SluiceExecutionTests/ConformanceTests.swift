import Foundation
import Glibc
import SluiceExecution
import SluiceModel
import Testing

/// The kit against a plugin that keeps the contract, and against the same plugin with one fault at a time.
@Suite("The conformance kit", .serialized)
struct ConformanceTests {
    /// What only a plugin with other traits than the faulty one can get wrong; tried below.
    private static let others: [String] = ["end.started", "end.expected"]
    /// A pipe that blocks cannot be told from a machine that is busy, so nothing fails here for certain.
    private static let unprovoked: [String] = ["runner.slow-reader"]
    private static let provoked: [String] = ConformanceKit.cases.map(\.name).filter {
        !(others + unprovoked).contains($0)
    }

    @Test("knows more than forty cases, each by another name and sentence")
    func cases() {
        #expect(ConformanceKit.cases.count >= 40)
        #expect(Set(ConformanceKit.cases.map(\.name)).count == ConformanceKit.cases.count)
        #expect(Set(ConformanceKit.cases.map(\.rule)).count == ConformanceKit.cases.count)
    }

    @Test("passes a plugin that keeps the contract, with nothing skipped")
    func good() async throws {
        let report = try await Self.report(fault: "none")
        #expect(report.failed == [] && report.skipped == [] && report.hasPassed)
    }

    @Test("finds the one fault that a plugin has", arguments: provoked)
    func fault(name: String) async throws {
        let report = try await Self.report(fault: name, wants: name)
        #expect(report.cases.map(\.name) == [name])
        guard case .failed(let seen)? = report.cases.first?.verdict else {
            Issue.record("\(name) was not found: \(report.cases)")
            return
        }
        #expect(!seen.isEmpty)
    }

    @Test("finds a program that cannot be executed, and an example that ends otherwise than it says")
    func otherFaults() async throws {
        let missing = try await Self.report(fault: "none", wants: "end.started") { $0.command = ["./missing"] }
        #expect(missing.failed.map(\.name) == ["end.started"])
        let others = try await Self.report(fault: "none", wants: "lines.*") { $0.command = ["./missing"] }
        #expect(others.skipped.count == others.cases.count, "what never ran has kept no rule")
        let other = try await Self.report(fault: "none", wants: "end.expected", expects: .failed)
        #expect(other.failed.map(\.name) == ["end.expected"])
    }

    @Test("says of cases that do not apply why, and fails where none was tried")
    func skipped() async throws {
        let report = try await Self.report(fault: "none", wants: "cleanup.twice") { $0.verbs = [.run] }
        #expect(report.cases.map(\.verdict) == [.skipped("the manifest does not list the verb `cleanup`")])
        #expect(!report.hasPassed)
    }

    @Test("a secret that a plugin prints is in no report and no transcript")
    func masked() async throws {
        let (report, transcript) = try await Self.recorded(fault: "lines.secrets", wants: "lines.*")
        #expect(report.failed.map(\.name) == ["lines.secrets"])
        #expect(!transcript.contains("s3cr3t-value") && transcript.contains("***"))
    }

    @Test("a transcript is the same again, and says where a plugin that was changed differs")
    func replayed() async throws {
        let scene = try Stage(fault: "none")
        let wants: @Sendable (String) -> Bool = { ["end.agrees", "start.newer-protocol"].contains($0) }
        let (_, text) = try await scene.run(wants: wants)
        #expect(text.contains("${attempt}") && !text.contains(scene.attempts.root))
        let (same, notes) = try await scene.replay(text)
        #expect(same.failed == [] && same.passed == 3 && notes == [])
        try scene.attempts.write("plugin/fault", "start.newer-protocol")
        let (changed, changes) = try await scene.replay(text)
        #expect(changed.failed.map(\.name) == ["start.newer-protocol"] && changes.count == 1)
    }

    // MARK: -

    private static func report(
        fault: String, wants: String? = nil, expects: PluginExample.Ending = .ok,
        change: (inout PluginManifest) -> Void = { _ in }
    ) async throws -> ConformanceReport {
        let stage = try Stage(fault: fault, expects: expects, change: change)
        return try await stage.run { wants == nil || $0 == wants }.report
    }

    private static func recorded(fault: String, wants: String) async throws -> (ConformanceReport, String) {
        let glob = Glob(wants)
        return try await Stage(fault: fault).run { glob.matches($0) }
    }
}

/// The faulty plugin in a folder of its own.
private struct Stage: Sendable {
    let attempts: Attempts
    private let manifest: PluginManifest
    private let examples: [PluginExample]

    init(
        fault: String, expects: PluginExample.Ending = .ok, change: (inout PluginManifest) -> Void = { _ in }
    ) throws {
        attempts = try Attempts()
        let source = "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/") + "/Fixtures/faulty"
        for name in ["plugin.py", "text"] {
            let text = try #require(Self.text(of: "\(source)/\(name)"))
            try attempts.write("plugin/\(name)", text)
        }
        try attempts.write("plugin/fault", fault)
        var manifest = PluginManifest(
            name: "faulty", version: "1.0.0", wire: .sluice1, role: .other, command: ["python3", "-B", "./plugin.py"],
            verbs: [.run, .estimate, .cleanup], inputs: [.init(name: "text", type: .file)],
            outputs: [.init(name: "count", type: .file)], metrics: ["lines": .maximize], secrets: ["TOKEN"],
            grace: .seconds(1))
        change(&manifest)
        self.manifest = manifest
        let inputs = ["text": ["text"]]
        examples = [
            PluginExample(name: "plain", inputs: inputs, expected: expects),
            PluginExample(name: "bad", params: .object(["bad": .bool(true)]), inputs: inputs, expected: .user),
        ]
    }

    private static func text(of path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        return String(decoding: bytes[..<fread(&bytes, 1, bytes.count, file)], as: UTF8.self)
    }

    private func kit(_ folder: String) throws -> ConformanceKit {
        mkdir("\(attempts.root)/\(folder)", 0o755)
        let subject = try PluginSubject(
            manifest: manifest, folder: attempts.root + "/plugin", python: nil,
            searchPath: String(cString: getenv("PATH")), secrets: ["TOKEN": "s3cr3t-value"], examples: examples)
        // What hangs, hangs for sure; nobody else needs so long.
        let patience: Duration = attempts.read("plugin/fault") == "end.in-time" ? .seconds(3) : .seconds(60)
        return ConformanceKit(subject, folder: "\(attempts.root)/\(folder)", patience: patience)
    }

    func run(wants: @escaping @Sendable (String) -> Bool) async throws -> (report: ConformanceReport, text: String) {
        try await onThread {
            let kit = try kit("kit")
            defer { kit.close() }
            let report = kit.run(wants: wants)
            return (report, kit.transcript.text)
        }
    }

    func replay(_ text: String) async throws -> (report: ConformanceReport, notes: [String]) {
        try await onThread {
            let kit = try kit("again")
            defer { kit.close() }
            return kit.replay(try Transcript(reading: text))
        }
    }

    /// A thread of its own, so that none of the pool blocks.
    private func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
        }
    }
}
