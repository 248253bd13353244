import Foundation
import SluiceModel
import SluicePlanning
import SluiceTesting
import Testing

@Suite struct ExamplePipelineTests {
    private let repository = Fixtures.root.deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The repository's own files below these folders, links not followed.
    private func tree(_ folders: [String]) -> MemoryTree {
        var tree = MemoryTree()
        for folder in folders {
            let root = repository.appendingPathComponent(folder).resolvingSymlinksInPath().path + "/"
            for path in FileManager.default.enumerator(atPath: root)?.compactMap({ $0 as? String }) ?? [] {
                guard let bytes = FileManager.default.contents(atPath: root + path) else { continue }
                tree[folder + "/" + path] = .file(Array(bytes))
            }
        }
        return tree
    }

    @Test("the example pipelines link without a word")
    func examples() throws {
        var plugins = MemoryPlugins()
        let manifests = tree(["plugins"])
        for entry in try manifests.entries(under: "plugins") where entry.path.hasSuffix("/plugin.yaml") {
            let name = String(entry.path.split(separator: "/")[1])
            let bytes = try manifests.contents(of: entry, limit: 1 << 20)
            plugins.add(String(decoding: bytes, as: UTF8.self), named: name, origin: .bundled)
        }
        var tree = tree(["pipelines", "data"])
        let params = FileManager.default.contents(atPath: repository.appendingPathComponent("params.yaml").path)
        tree["params.yaml"] = params.map { .file(Array($0)) }
        let contents = try PipelineFolder.definitions(in: tree)
        #expect(!contents.files.isEmpty && contents.diagnostics == [])
        for source in contents.files {
            let (linked, diagnostics) = try PipelineLinker.lint(
                source, tree: tree, plugins: plugins, configuration: OperatorConfiguration(), overrides: [:],
                isTrusted: true)
            #expect(linked != nil)
            #expect(diagnostics == [], "\(Fixtures.render(diagnostics))")
        }
    }
}
