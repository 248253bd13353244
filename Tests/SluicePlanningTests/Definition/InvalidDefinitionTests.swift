import SluiceModel
import SluicePlanning
import Testing

@Suite struct InvalidDefinitionTests {
    static let cases = Fixtures.names(in: "Definitions")

    @Test("every faulty definition is answered with its recorded diagnostics", arguments: cases)
    func golden(name: String) throws {
        let (linked, diagnostics) = try DefinitionCase(folder: "Definitions/" + name).lint()
        #expect(!diagnostics.isEmpty)
        #expect((linked == nil) == diagnostics.contains { $0.severity == .error })
        try Fixtures.expect(Fixtures.render(diagnostics), equals: "Definitions/\(name)/diagnostics.txt")
    }

    @Test("there are at least fifty faulty definitions, and every id has its domain")
    func many() throws {
        #expect(Self.cases.count >= 50)
        let domains: Set = ["pipeline", "yaml", "manifest", "params", "plugin", "input", "secret"]
        for name in Self.cases {
            for diagnostic in try DefinitionCase(folder: "Definitions/" + name).lint().diagnostics {
                #expect(domains.contains(String(diagnostic.id.prefix { $0 != "." })), "\(diagnostic.id)")
                #expect(!diagnostic.message.hasSuffix("."))
            }
        }
    }
}
