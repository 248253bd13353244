import SluiceModel
import SluicePlanning
import SluiceTesting
import Testing

@Suite struct PipelineLinkerTests {
    private static let manifest = "name: tool\nversion: 1\nprotocol: command\nrole: other\ncommand: [./x]\n"
    private static let text = "schema: sluice/v1\nname: x\nstages:\n  a:\n    uses: tool\n"

    private func link(
        _ text: String, _ tree: MemoryTree = MemoryTree(), _ plugins: MemoryPlugins = MemoryPlugins(),
        overrides: [String: JSONValue] = [:], isTrusted: Bool = true
    ) throws -> (linked: LinkedPipeline?, diagnostics: [Diagnostic]) {
        try PipelineLinker.lint(
            SourceText(path: "pipelines/x.yaml", text: text), tree: tree, plugins: plugins,
            configuration: OperatorConfiguration(), overrides: overrides, isTrusted: isTrusted)
    }

    @Test("the commit's plugin comes before the operator's and the bundled one, and what is shadowed is named")
    func order() throws {
        var plugins = MemoryPlugins()
        plugins.add(Self.manifest, named: "tool", origin: .operator)
        plugins.add(Self.manifest, named: "tool", origin: .bundled)
        let outside = try link(Self.text, MemoryTree(), plugins)
        #expect(outside.linked?.plugins["a"]?.folder.origin == .operator)
        #expect(outside.linked?.plugins["a"]?.shadowed.map(\.origin) == [.bundled])
        #expect(outside.diagnostics == [])

        let tree = MemoryTree(files: ["plugins/tool/plugin.yaml": Self.manifest, "plugins/tool/x": "1"])
        let inside = try link(Self.text, tree, plugins)
        let plugin = try #require(inside.linked?.plugins["a"])
        #expect(plugin.folder.path == "plugins/tool")
        #expect(plugin.shadowed.map(\.origin) == [.operator, .bundled])
        #expect(inside.linked?.warnings.map(\.id) == ["plugin.shadowed"])
        let untrusted = try link(Self.text, tree, plugins, isTrusted: false)
        #expect(untrusted.linked == nil)
        #expect(untrusted.diagnostics.map(\.severity) == [.error])
    }

    @Test("a tree plugin's digest is its folder's tree, and changes with any of its files")
    func digest() throws {
        func digest(_ content: String) throws -> String? {
            let tree = MemoryTree(files: ["plugins/tool/plugin.yaml": Self.manifest, "plugins/tool/x": content])
            return try link(Self.text, tree).linked?.plugins["a"]?.folder.digest
        }
        let first = try #require(try digest("1"))
        #expect(first.hasPrefix("tree:"))
        #expect(try digest("1") == first)
        #expect(try digest("2") != first)
    }

    @Test("a plugin that is there but unusable is reported, and no other takes its place")
    func unusable() throws {
        var plugins = MemoryPlugins()
        plugins.addBroken(named: "tool", PluginError(.unreadable, "its folder cannot be read"))
        let (linked, diagnostics) = try link(Self.text, MemoryTree(), plugins)
        #expect(linked == nil)
        #expect(diagnostics.map(\.id) == ["plugin.unusable"])
    }

    @Test("outputs are the manifest's, narrowed and extended by the stage")
    func outputs() throws {
        let manifest = Self.manifest + "outputs: { a: { type: file }, b: { type: model } }\nresources: { cpus: 3 }\n"
        let plugins = MemoryPlugins(bundled: ["tool": manifest])
        let text = Self.text + "    outputs: { a: dataset, c: { type: report, path: r.html } }\n"
        let stage = try #require(try link(text, MemoryTree(), plugins).linked?.pipeline.stages.first)
        #expect(
            stage.outputs == [
                .init(name: "a", type: .dataset), .init(name: "b", type: .model),
                .init(name: "c", type: .report, path: "r.html"),
            ])
        #expect(stage.profiles.map(\.profile.request.cpus) == [Amount(3)])
    }

    @Test("overrides replace params that exist, at any depth")
    func overrides() throws {
        let text = "schema: sluice/v1\nname: x\nparams: { a: 1, b: { c: 2 } }\nstages: { s: { run: echo } }\n"
        let (linked, _) = try link(text, overrides: ["a": .bool(true), "b.c": .string("x")])
        #expect(linked?.params.canonicalText == #"{"a":true,"b":{"c":"x"}}"#)
        let (none, diagnostics) = try link(text, overrides: ["b.d": .null, "b.c.e": .null])
        #expect(none == nil)
        #expect(diagnostics.map(\.id) == ["pipeline.unknown-param", "pipeline.unknown-param"])
    }

    @Test("definitions are the regular files directly in pipelines/, in order")
    func folder() throws {
        var tree = MemoryTree(files: [
            "pipelines/b.yml": "b", "pipelines/a.yaml": "a", "pipelines/readme.md": "x", "pipelines/deep/c.yaml": "x",
            "pipelines/.hidden.yaml": "x", "pipelines/large.yaml": String(repeating: "x", count: 1_048_577),
            "other/d.yaml": "x",
        ])
        tree["pipelines/link.yaml"] = .link("../secret")
        tree["pipelines/sub.yaml"] = .submodule
        let contents = try PipelineFolder.definitions(in: tree)
        #expect(contents.files.map(\.path) == ["pipelines/a.yaml", "pipelines/b.yml"])
        #expect(
            contents.diagnostics.map { "\($0.location.file) \($0.id)" } == [
                "pipelines/large.yaml yaml.too-large", "pipelines/link.yaml pipeline.link",
                "pipelines/sub.yaml pipeline.submodule",
            ])
        var linked = MemoryTree()
        linked["pipelines"] = .link("elsewhere")
        #expect(try PipelineFolder.definitions(in: linked).diagnostics.map(\.id) == ["pipeline.link"])
        #expect(try PipelineFolder.definitions(in: MemoryTree()).diagnostics == [])
    }

    @Test("every knot of stages is named once, and what is only behind or between knots is none")
    func knots() throws {
        let needs = [
            "behind": "b", "a": "b", "b": "a", "between": "a", "c": "between, d", "d": "c", "e": "e", "free": "",
        ]
        let stages = needs.sorted { $0.key < $1.key }.map { "  \($0): { run: x, needs: [\($1)] }\n" }.joined()
        let found = try link("schema: sluice/v1\nname: x\nstages:\n" + stages).diagnostics
        #expect(
            found.map(\.message) == [
                "stages wait for each other: a → b → a", "stages wait for each other: c → d → c",
                "the stage waits for itself: e → e",
            ])
    }

    @Test("an external input is allowed below a folder of the operator's, be it the root, and not beside it")
    func externalInputs() throws {
        func ids(_ path: String, allowed: String) throws -> [String] {
            let text = "schema: sluice/v1\nname: x\nstages:\n  a: { run: x, inputs: { i: { file: \(path) } } }\n"
            return try PipelineLinker.lint(
                SourceText(path: "pipelines/x.yaml", text: text), tree: MemoryTree(), plugins: MemoryPlugins(),
                configuration: OperatorConfiguration(allowedInputs: [allowed]), overrides: [:], isTrusted: true
            ).diagnostics.map(\.id)
        }
        #expect(try ids("/data/x.csv", allowed: "/data") == [])
        #expect(try ids("/data/x.csv", allowed: "/") == [])
        #expect(try ids("/database/x.csv", allowed: "/data") == ["input.not-allowed"])
    }

    @Test("a pipeline has at most 200 names of its own for what a pool counts")
    func customNames() throws {
        func ids(_ count: Int) throws -> [String] {
            let stages = (0..<count).map { "  s\($0): { run: x, resources: { custom: { c\($0): 1 } } }\n" }.joined()
            return try link("schema: sluice/v1\nname: x\nstages:\n" + stages).diagnostics.map(\.id)
        }
        #expect(try ids(200) == [])
        #expect(try ids(201) == ["pipeline.too-large"])
    }

    @Test("a condition that is an error is told once, not as one that is false besides")
    func falseBecauseWrong() throws {
        for condition in ["1 && true", "'a' in 3", "matches('a', 3)"] {
            let text = "schema: sluice/v1\nname: x\nstages:\n  a: { run: x, if: \"\(condition)\" }\n"
            #expect(try link(text).diagnostics.map(\.id) == ["pipeline.bad-expression"], "\(condition)")
        }
    }

    @Test("a stage that reads data of one that never runs never runs, wherever it stands")
    func unreachable() throws {
        let found = try link(
            """
            schema: sluice/v1
            name: x
            stages:
              c: { run: x, outputs: { o: file }, inputs: { i: b.o } }
              b: { run: x, outputs: { o: file }, inputs: { i: a.o } }
              a: { run: x, outputs: { o: file }, if: false }
              d: { run: x, needs: [a] }
            """
        ).diagnostics
        #expect(
            found.map(\.message) == [
                "stage `c` never runs: it needs data of `b`, which never runs",
                "stage `b` never runs: it needs data of `a`, which never runs",
                "stage `a` never runs: its condition is always false",
            ])
    }
}
