import Foundation
import SluiceModel
import SluicePlanning
import SluiceTesting
import Testing

/// The golden folders beside the tests.
enum Fixtures {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures")

    static var isRecording: Bool { ProcessInfo.processInfo.environment["SLUICE_RECORD"] == "1" }

    static func names(in folder: String) -> [String] {
        let path = root.appendingPathComponent(folder).path
        return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }

    static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: root.appendingPathComponent(path)))
    }

    static func text(_ path: String) -> String? { (try? bytes(path)).map { String(decoding: $0, as: UTF8.self) } }

    static var bundled: MemoryPlugins {
        get throws {
            var plugins = MemoryPlugins()
            for file in names(in: "Bundled") {
                let name = String(file.dropLast(".yaml".count))
                plugins.add(
                    String(decoding: try bytes("Bundled/" + file), as: UTF8.self), named: name, origin: .bundled)
            }
            return plugins
        }
    }

    /// Compares with the recorded file, or records it.
    static func expect(_ text: String, equals path: String) throws {
        let file = root.appendingPathComponent(path)
        if isRecording { try Data(text.utf8).write(to: file) }
        let recorded = try String(contentsOf: file, encoding: .utf8)
        #expect(text == recorded, "\(path) differs; SLUICE_RECORD=1 records it anew")
    }

    /// `file:line:column: severity: message [id]`, the line, a caret, the hint.
    static func render(_ diagnostics: [Diagnostic]) -> String {
        diagnostics.map { diagnostic in
            var lines = ["\(diagnostic.location): \(diagnostic.severity): \(diagnostic.message) [\(diagnostic.id)]"]
            if !diagnostic.excerpt.isEmpty {
                let before = diagnostic.excerpt.prefix(diagnostic.location.column - 1)
                lines.append("    " + diagnostic.excerpt)
                lines.append("    " + String(before.map { $0 == "\t" ? "\t" : " " }) + "^")
            }
            if let hint = diagnostic.hint { lines.append("    hint: " + hint) }
            return lines.joined(separator: "\n") + "\n"
        }.joined(separator: "\n")
    }
}

/// One golden folder: `pipeline.yaml`, further files of the commit below `tree/`, and what else holds in
/// `setup.txt`: `link PATH TARGET`, `submodule PATH`, `allow FOLDER`, `set NAME=VALUE`, `untrusted`.
struct DefinitionCase {
    let source: SourceText
    private(set) var tree = MemoryTree()
    private(set) var configuration = OperatorConfiguration()
    private(set) var overrides: [String: JSONValue] = [:]
    private(set) var isTrusted = true

    init(folder: String) throws {
        let bytes = try Fixtures.bytes(folder + "/pipeline.yaml")
        source = SourceText(path: "pipelines/pipeline.yaml", bytes: bytes)
        tree["pipelines/pipeline.yaml"] = .file(bytes)
        let files = Fixtures.root.appendingPathComponent(folder + "/tree").path
        for path in FileManager.default.enumerator(atPath: files)?.compactMap({ $0 as? String }) ?? [] {
            guard let bytes = try? Fixtures.bytes("\(folder)/tree/\(path)") else { continue }
            tree[path] = .file(bytes)
        }
        for line in (Fixtures.text(folder + "/setup.txt") ?? "").split(separator: "\n") {
            apply(line.split(separator: " ").map(String.init))
        }
    }

    private mutating func apply(_ words: [String]) {
        switch (words[0], words.count) {
        case ("link", 3): tree[words[1]] = .link(words[2])
        case ("submodule", 2): tree[words[1]] = .submodule
        case ("allow", 2): configuration.allowedInputs.append(words[1])
        case ("untrusted", 1): isTrusted = false
        case ("set", 2):
            let parts = words[1].split(separator: "=").map(String.init)
            overrides[parts[0]] = Int64(parts[1]).map(JSONValue.integer) ?? .string(parts[1])
        default: Issue.record("setup.txt cannot say \(words)")
        }
    }

    func lint() throws -> (linked: LinkedPipeline?, diagnostics: [Diagnostic]) {
        try PipelineLinker.lint(
            source, tree: tree, plugins: try Fixtures.bundled, configuration: configuration, overrides: overrides,
            isTrusted: isTrusted)
    }
}
