import Foundation
import SluiceModel
import Testing

@testable import SluicePlanning

@Suite struct ManifestTests {
    @Test("every faulty manifest is answered with its recorded diagnostics", arguments: Fixtures.names(in: "Manifests"))
    func golden(file: String) throws {
        guard file.hasSuffix(".yaml") else { return }
        let source = SourceText(path: "plugin.yaml", bytes: try Fixtures.bytes("Manifests/" + file))
        let (manifest, diagnostics) = ManifestFile.parse(source)
        #expect(manifest == nil)
        try Fixtures.expect(Fixtures.render(diagnostics), equals: "Manifests/\(file.dropLast(5)).txt")
    }

    @Test("the manifests of the bundled plugins are valid")
    func bundled() throws {
        let repository = Fixtures.root.deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let folder = repository.appendingPathComponent("plugins")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { !$0.hasPrefix(".") }
        #expect(names.count >= 4)
        for name in names {
            let path = "\(folder.path)/\(name)/plugin.yaml"
            guard let bytes = FileManager.default.contents(atPath: path) else { continue }
            let source = SourceText(path: "plugins/\(name)/plugin.yaml", bytes: Array(bytes))
            let (manifest, diagnostics) = ManifestFile.parse(source)
            #expect(diagnostics == [], "\(Fixtures.render(diagnostics))")
            #expect(manifest?.name == name)
        }
    }

    private func schema(_ text: String) throws -> ParameterSchema {
        let head = "name: x\nversion: 1\nprotocol: command\nrole: other\ncommand: [x]\nparams: "
        let (manifest, diagnostics) = ManifestFile.parse(SourceText(path: "plugin.yaml", text: head + text + "\n"))
        #expect(diagnostics == [])
        return try #require(manifest?.params)
    }

    @Test("violations name their path and what is wanted")
    func violations() throws {
        let schema = try schema(
            "{ type: object, additionalProperties: false, required: [a], properties: { a: { type: integer, minimum: 1 }, "
                + "b: { type: array, maxItems: 2, items: { type: string, pattern: '^x+$' } }, c: { oneOf: [{ type: string }, "
                + "{ const: 3 }] }, d: { enum: [1, two] }, e: { type: object, additionalProperties: { type: boolean } } } }"
        )
        func texts(_ value: JSONValue) -> [String] { schema.violations(of: value).map { "\($0.path): \($0.message)" } }
        #expect(texts(.object(["a": .number(2)])) == [])
        #expect(texts(.object([:])) == [": needs `a`"])
        #expect(texts(.array([])) == [": should be an object, this is an array"])
        #expect(texts(.object(["a": .integer(0), "f": .null])) == ["a: should be at least 1", "f: unknown param `f`"])
        #expect(
            texts(.object(["a": .number(1.5), "b": .array([.string("xx"), .string("y"), .integer(1)])])) == [
                "a: should be an integer, this is a number", "b: should have at most 2 members",
                "b[1]: `y` does not match the pattern `^x+$`", "b[2]: should be a string, this is an integer",
            ])
        #expect(
            texts(.object(["a": .integer(1), "c": .integer(4)])) == ["c: fits none of the 2 forms that are allowed"])
        #expect(texts(.object(["a": .integer(1), "c": .number(3), "d": .number(1)])) == [])
        #expect(texts(.object(["a": .integer(1), "d": .integer(2)])) == ["d: cannot be `2`"])
        #expect(
            texts(.object(["a": .integer(1), "e": .object(["z": .integer(1)])])) == [
                "e.z: should be a boolean, this is an integer"
            ])
    }

    @Test("defaults fill what is left out, in objects and lists of objects")
    func defaults() throws {
        let schema = try schema(
            "{ properties: { a: { default: 1 }, b: { type: object, properties: { c: { default: x } } }, "
                + "d: { type: array, items: { properties: { e: { default: true } } } } } }")
        let value = schema.applyingDefaults(
            to: .object(["b": .object([:]), "d": .array([.object([:]), .object(["e": .bool(false)])])]))
        #expect(value.canonicalText == #"{"a":1,"b":{"c":"x"},"d":[{"e":true},{"e":false}]}"#)
    }

    @Test("patterns match as regular expressions do")
    func patterns() throws {
        let cases: [(String, [String], [String])] = [
            ("^a.c$", ["abc", "a😀c"], ["ac", "abcd", "a\nc"]),
            ("b+", ["abc", "bb"], ["ac", ""]),
            ("^(ab|c)*$", ["", "abc", "cab"], ["a", "abb"]),
            ("^[a-c_-]{2,3}$", ["ab", "c_-"], ["a", "abca", "xy"]),
            (#"^\d+\.\d*$"#, ["1.", "12.5"], [".5", "1,5"]),
            ("^[^0-9]?x{2}$", ["axx", "xx"], ["1xx", "x"]),
            ("", ["", "a"], []),
            ("a|^$", ["", "ba"], ["b"]),
        ]
        for (pattern, good, bad) in cases {
            let compiled = try LinearPattern(pattern)
            for text in good { #expect(compiled.isFound(in: text), "\(pattern) \(text)") }
            for text in bad { #expect(!compiled.isFound(in: text), "\(pattern) \(text)") }
        }
    }

    @Test("patterns that need more than linear time or are no patterns are refused")
    func unsupportedPatterns() {
        let deep = String(repeating: "(", count: 100) + String(repeating: ")", count: 100)
        for pattern in [
            #"(a)\1"#, "(?=a)", "a*?", "*a", "(a", "a)", "[a", "a{3", "a{2,1}", "a{1001}", #"\p{L}"#, "[z-a]",
            "(?<n>a)", #"a\"#, deep,
        ] {
            #expect(throws: LinearPattern.Unsupported.self, "\(pattern)") { try LinearPattern(pattern) }
        }
        #expect(throws: LinearPattern.Unsupported.self) { try LinearPattern("((a{1000}){1000}){1000}") }
    }

    @Test("a pattern that stalls backtracking matchers is answered like any other")
    func linear() throws {
        let pattern = try LinearPattern("^(a+)+$")
        #expect(!pattern.isFound(in: String(repeating: "a", count: 5000) + "b"))
    }
}
