import SluiceModel
import SluiceReport
import Testing

@Suite("What is shown of plugins")
struct PluginTextTests {
    @Test("a schema is a table: a row for each param, nested ones with their path, with what they may be")
    func params() {
        let lines = PluginText.lines(Self.listing, width: 120, style: .plain)
        for line in [
            "  param     type             default   limits              meaning",
            "  grid      array of object",
            "  grid[].c  number                     > 0; ≤ 1            strength",
            "  kernel    string           \"linear\"  one of linear, rbf",
            "  rounds    integer          required  1 to 50",
        ] {
            #expect(lines.contains(line), "\(line)\n\(lines.joined(separator: "\n"))")
        }
    }

    @Test("no line is wider than the terminal")
    func narrow() {
        for width in [40, 60, 80] {
            let lines = PluginText.lines(Self.listing, width: width, style: .plain)
            let table = lines.filter { $0.hasPrefix("  ") && !$0.contains("first wins") }
            #expect(table.allSatisfy { $0.count <= width })
        }
    }

    @Test("JUnit's text has its marks escaped and its counts right")
    func junit() {
        let report = ConformanceReport(
            plugin: "odd", version: "1", wire: .sluice1, examples: [],
            cases: [
                .init(name: "end.agrees", rule: "a < b", verdict: .failed(["x & \"y\"\u{1b}[0m", "<z>"])),
                .init(name: "end.in-time", rule: "c", verdict: .skipped("no & why")),
                .init(name: "lines.token", rule: "d", verdict: .passed, seconds: 1.25),
            ])
        let text = ConformanceJUnit.text(report)
        #expect(text.contains("tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\" time=\"1.250\""))
        #expect(text.contains("<failure message=\"a &lt; b\">x &amp; &quot;y&quot;\\u{1b}[0m\n&lt;z&gt;</failure>"))
        #expect(text.contains("<skipped message=\"no &amp; why\"/>"))
    }

    private static var listing: PluginListing {
        var strength = ParameterSchema.Node()
        strength.types = ["number"]
        (strength.exclusiveMinimum, strength.maximum, strength.description) = (0, 1, "strength")
        var point = ParameterSchema.Node()
        (point.types, point.properties) = (["object"], ["c": .node(strength)])
        var grid = ParameterSchema.Node()
        (grid.types, grid.items) = (["array"], .node(point))
        var kernel = ParameterSchema.Node()
        (kernel.types, kernel.allowed, kernel.defaultValue) = (
            ["string"], [.string("linear"), .string("rbf")], .string("linear")
        )
        var rounds = ParameterSchema.Node()
        (rounds.types, rounds.minimum, rounds.maximum) = (["integer"], 1, 50)
        var schema = ParameterSchema.Node()
        schema.properties = ["grid": .node(grid), "kernel": .node(kernel), "rounds": .node(rounds)]
        (schema.required, schema.additionalProperties) = (["rounds"], .forbidden)
        let manifest = PluginManifest(
            name: "fit", version: "1.0.0", wire: .sluice1, role: .train, command: ["./fit"], params: .node(schema))
        let folder = PluginFolder(
            name: "fit", origin: .bundled, path: "/opt/plugins/fit", digest: "sha256:00", manifest: [])
        let candidate = PluginListing.Candidate(folder: folder, manifest: manifest, diagnostics: [])
        return PluginListing(name: "fit", candidates: [candidate], diagnostics: [])
    }
}
