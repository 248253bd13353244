import SluiceModel
import SluicePlanning
import SluiceTesting
import Testing

@Suite struct ExecutorLinkerTests {
    private static let kinds = [
        "ship": "role: deploy\n", "push": "role: other\neffects: deploy\n", "count": "role: other\n",
    ]

    private static func terms(_ name: String, sharedRoot: String?) -> ExecutorTerms {
        let claim = sharedRoot.map { _ in "data" }
        let engine = KubernetesTerms(namespace: "ml", image: "sluice", claim: claim, sharedRoot: sharedRoot)
        return ExecutorTerms(name: name, engine: .kubernetes(engine))
    }

    /// An operator with `pods`, where nothing is shared, and `nodes`, where a folder is.
    private func link(
        _ stages: String, placesAllHere: Bool = false
    ) throws -> (linked: LinkedPipeline?, diagnostics: [Diagnostic]) {
        let text = """
            schema: sluice/v1
            name: x
            profiles:
              pod: { cpus: 1, executor: pods }
              node: { cpus: 1, executor: nodes }
              far: { cpus: 1, executor: nowhere }
              here: { cpus: 1 }
            stages:
            \(stages)
            """
        let manifests = Self.kinds.mapValues { "name: tool\nversion: 1\nprotocol: command\ncommand: [./x]\n" + $0 }
        var configuration = OperatorConfiguration(
            executors: [Self.terms("pods", sharedRoot: nil), Self.terms("nodes", sharedRoot: "/shared")])
        configuration.placesAllHere = placesAllHere
        return try PipelineLinker.lint(
            SourceText(path: "p.yaml", text: text), tree: MemoryTree(),
            plugins: MemoryPlugins(
                bundled: Dictionary(
                    uniqueKeysWithValues: manifests.map { name, manifest in
                        (name, manifest.replacingOccurrences(of: "name: tool", with: "name: \(name)"))
                    })), configuration: configuration, overrides: [:], isTrusted: true)
    }

    private func profiles(_ linked: LinkedPipeline?) -> [String]? {
        linked?.pipeline.stages.first?.profiles.map(\.profile.name)
    }

    @Test(
        "a deploy that can only run where nothing is kept is an error at its line, with a hint",
        arguments: ["ship", "push"])
    func onlyForgetful(plugin: String) throws {
        let (linked, diagnostics) = try link("  out: { uses: \(plugin), profile: pod }")
        let found = try #require(diagnostics.first)
        #expect(linked == nil && diagnostics.count == 1, "\(diagnostics)")
        #expect(
            found.id == "pipeline.deploy-executor" && found.severity == .error && found.location.line == 9, "\(found)")
        #expect(found.message.contains("`out` deploys") && found.message.contains("`pods` keeps nothing"), "\(found)")
        #expect(found.hint?.contains("shared_root") ?? false, "\(found)")
    }

    @Test("of a deploy's profiles those where nothing is kept do not count: a warning at their list says why")
    func others() throws {
        let (linked, diagnostics) = try link("  out:\n    uses: ship\n    profiles: [pod, node, here]")
        #expect(profiles(linked) == ["node", "here"], "\(diagnostics)")
        let found = try #require(diagnostics.first)
        #expect(diagnostics.count == 1 && found.id == "pipeline.deploy-executor" && found.severity == .warning)
        #expect(found.location.line == 11 && found.message.contains("`pods` keeps nothing"), "\(found)")
        #expect(linked?.warnings == diagnostics)
    }

    @Test("a deploy that has left only executors that are unknown or keep nothing is an error")
    func unknownToo() throws {
        let (linked, diagnostics) = try link("  out: { uses: ship, profiles: [far, pod] }")
        #expect(linked == nil)
        #expect(
            diagnostics.filter { $0.severity == .error }.map(\.id) == ["pipeline.deploy-executor"], "\(diagnostics)")
    }

    @Test(
        "what does not deploy may run where nothing is kept, and so may a deploy that is placed here whatever it names")
    func unconcerned() throws {
        let (counted, findings) = try link("  out: { uses: count, profiles: [pod, here] }")
        #expect(profiles(counted) == ["pod", "here"] && findings.isEmpty, "\(findings)")
        let (placed, more) = try link("  out: { uses: ship, profile: pod }", placesAllHere: true)
        #expect(placed?.pipeline.stages.first?.profiles.first?.profile.request.pool == nil && more.isEmpty, "\(more)")
        #expect(profiles(placed) == ["pod"])
    }
}
