import SluiceModel
import SluicePlanning
import Testing

@Suite("Templates")
struct TemplateTests {
    private let scope = Scope(
        params: .object(["seed": .integer(7), "list": .array([.integer(1), .string("x")])]),
        matrix: ["m": .string("a")],
        commit: "c0", reference: "refs/heads/x", inputs: ["one": .one("/in/one"), "many": .many(["/in/1", "/in/2"])],
        outputs: ["out": "/out/out"])

    @Test(
        "a template has its value",
        arguments: [
            ("plain", .string("plain")), ("", .string("")), ("${params.seed}", .integer(7)),
            ("${params.list}", .array([.integer(1), .string("x")])), ("s=${params.seed}", .string("s=7")),
            ("${params.list}!", .string(#"[1,"x"]!"#)), ("$$", .string("$")), ("$$${params.seed}", .string("$7")),
            ("$${params.seed}", .string("${params.seed}")), ("cost $5 $", .string("cost $5 $")),
            ("${ matrix.m }-${commit.oid}", .string("a-c0")),
            ("${inputs.many}", .array([.string("/in/1"), .string("/in/2")])),
            ("x ${inputs.many}", .string("x /in/1\n/in/2")), ("${outputs.out}/m", .string("/out/out/m")),
        ] as [(String, JSONValue)])
    func value(text: String, expected: JSONValue) throws {
        #expect(try Template(parsing: text).resolve(in: scope) == expected)
    }

    @Test("a value of a stage that has not ended is not known yet")
    func unknown() throws {
        #expect(try Template(parsing: "x ${stages.a.outputs.b}").resolve(in: scope) == nil)
    }

    @Test(
        "a faulty template says what is wrong and where",
        arguments: [
            ("a ${params.x", "`${` is never closed", 2), ("${HOME}", "unknown name `HOME`", 2),
            ("a ${}", "`${}` is no name", 2),
            ("${1 + 2}", "`${1 + 2}` is no name", 0), ("${trusted}", "`trusted` is known to conditions only", 2),
        ])
    func faulty(text: String, message: String, offset: Int) {
        let error = #expect(throws: ExpressionError.self) { try Template(parsing: text) }
        #expect(error?.message == message)
        #expect(error?.offset == offset)
    }

    @Test("a name that is not there is an error where it is used")
    func missing() throws {
        let template = try Template(parsing: "ab ${params.none}")
        let error = #expect(throws: ExpressionError.self) { try template.resolve(in: scope) }
        #expect(error == ExpressionError("there is no `params.none`", at: 5))
    }

    @Test("a tree reports every faulty string with its path and keeps the rest")
    func tree() throws {
        let value = JSONValue.object([
            "a": .string("${params.seed}"), "b": .array([.string("${x"), .integer(1)]), "c": .string("$$"),
        ])
        let (tree, faults) = TemplateTree.parse(value)
        #expect(faults.map(\.path) == ["b[0]"])
        let resolved = try tree.resolve(in: scope)
        #expect(
            resolved == .object(["a": .integer(7), "b": .array([.string("${x"), .integer(1)]), "c": .string("$")]))
    }
}
