import SluiceModel
import SluicePlanning
import Testing

@Suite struct ValidDefinitionTests {
    @Test("every valid definition is read and linked as recorded", arguments: Fixtures.names(in: "Valid"))
    func golden(name: String) throws {
        let (linked, diagnostics) = try DefinitionCase(folder: "Valid/" + name).lint()
        #expect(diagnostics == [], "\(Fixtures.render(diagnostics))")
        let found = try #require(linked)
        try Fixtures.expect(ValueDump.text(found), equals: "Valid/\(name)/linked.txt")
    }

    @Test("every key of the format is in a valid definition")
    func everyKey() throws {
        let text = try #require(Fixtures.text("Valid/every-key/pipeline.yaml"))
        for key in [
            "uses", "run", "with", "env", "sources", "inputs", "outputs", "metrics", "artifacts", "needs", "after",
            "if", "profile", "profiles", "resources", "estimate", "matrix", "select", "timeout", "heartbeat", "grace",
            "retry", "cache", "checks", "executor", "allow_degraded", "seed", "description", "schema", "name", "params",
            "triggers", "budget", "defaults", "priority", "concurrency", "stages",
        ] {
            #expect(text.contains("\(key):"), "\(key)")
        }
    }

    @Test("without branches a push trigger takes none and a pre-push trigger all of them")
    func triggers() throws {
        let text = "schema: sluice/v1\nname: x\ntriggers: { push: { tags: [v*] }, pre_push: { paths: [a] } }\n"
        let parsed = PipelineFile.parse(SourceText(path: "x", text: text + "stages: { a: { run: echo } }\n"))
        let triggers = try #require(parsed.pipeline?.triggers)
        #expect(triggers.push?.accepts(Reference("refs/heads/main")) == false)
        #expect(triggers.push?.accepts(Reference("refs/tags/v1")) == true)
        #expect(triggers.prePush?.accepts(Reference("refs/heads/a/b")) == true)
        #expect(triggers.prePush?.accepts(Reference("refs/tags/v1")) == false)
    }
}
