import SluiceModel
import SluicePlanning
import SluiceTesting
import Testing

@Suite("Expressions")
struct ExpressionTests {
    private let scope = Scope(
        params: .object([
            "lr": .number(0.1), "n": .integer(3), "model": .string("forest"), "on": .bool(true),
            "deep": .object(["list": .array([.string("a"), .string("b")])]),
        ]),
        matrix: ["fold": .integer(2)], commit: "abc", reference: "refs/heads/main", isTrusted: true,
        changed: .paths(["data/raw/x.csv"]),
        stages: ["eval": .init(metrics: ["auc": 0.97], outputValues: ["best": .object(["kind": .string("svm")])])])

    @Test(
        "an expression has its value",
        arguments: [
            ("true", true), ("!true", false), ("reference == 'refs/heads/main'", true),
            ("params.n > 2 && params.n <= 3", true),
            ("params.lr == 0.1", true), ("params.n == 3.0", true), ("params.model in ['logreg', \"forest\"]", true),
            ("'b' in params.deep.list", true), ("startsWith(reference, 'refs/tags/')", false),
            ("matches(reference, 'refs/*/main')", true), ("changed('data/**')", true), ("changed('src/**')", false),
            ("trusted", true), ("matrix.fold != 2", false), ("commit.oid == 'abc'", true),
            ("stages.eval.metrics.auc >= 0.95", true), ("stages.eval.outputs.best.kind == 'svm'", true),
            ("stages.eval.outputs.none == 1", false), ("stages.eval.outputs.none < 1", false),
            ("!(params.on && false) || false", true), ("'a' < 'b'", true), (#"'it\'s' == "it's""#, true),
            ("-1 < 0", true), ("1e3 == 1000", true), ("false && params.on || true", true),
        ])
    func value(text: String, expected: Bool) throws {
        #expect(try Expression(parsing: text).holds(in: scope) == expected)
    }

    @Test(
        "what is unknown decides only where nothing else does",
        arguments: [
            ("stages.x.metrics.auc > 1", nil), ("false && stages.x.metrics.auc > 1", false),
            ("stages.x.metrics.auc > 1 && false", false), ("true || plan.degraded", true),
            ("plan.degraded || true", true),
            ("!plan.degraded", nil), ("plan.degraded && true", nil), ("1 in [stages.x.metrics.a, 1]", true),
            ("2 in [stages.x.metrics.a, 1]", nil), ("budget.left('a') > 1", nil), ("plan.degraded || false", nil),
        ] as [(String, Bool?)])
    func unknown(text: String, expected: Bool?) throws {
        #expect(try Expression(parsing: text).holds(in: scope) == expected)
    }

    @Test(
        "a faulty expression says what is wrong and where",
        arguments: [
            ("", "the expression is empty", 0), ("params.n = 3", "`=` does not belong here", 9),
            ("a == 1", "unknown name `a`", 0), ("param.n == 1", "unknown name `param.n`", 0),
            ("1 < 2 < 3", "`<` does not belong here", 6), ("true and false", "`and` does not belong here", 5),
            ("'abc", "this string is never closed", 0), ("foo(1)", "unknown function `foo`", 0),
            ("changed(reference)", "`changed` takes a string that is written here", 8),
            ("startsWith('a')", "`startsWith` takes 2 values, not 1", 0), ("(true", "`)` is missing here", 5),
            ("true &&", "the expression ends too early", 7), ("1.2.3 == 1", "`1.2.3` is no number", 0),
            ("inputs.x == 'a'", "`inputs.x` is a path of a running stage: no condition can read it", 0),
            (#"'\q' == ''"#, #"unknown escape `\q`"#, 1), ("params == 1", "`params` is no name here", 0),
            ("stages.a.b == 1", "`stages.a.b` is no name here", 0), ("1é", "`é` does not belong here", 1),
        ])
    func faulty(text: String, message: String, offset: Int) {
        let error = #expect(throws: ExpressionError.self) { try Expression(parsing: text) }
        #expect(error?.message == message)
        #expect(error?.offset == offset)
    }

    @Test(
        "types that can never fit are found before anything runs",
        arguments: [
            ("params.n == 'three'", "a number is compared with a string"),
            ("params.n", "a condition wants a boolean, this is a number"),
            ("params.model > 1", "a string is compared with a number"),
            ("trusted < true", "`<` compares numbers or strings, not a boolean"),
            ("!params.n", "`!` wants a boolean, this is a number"),
            ("params.on && 1", "`&&` wants booleans, this is a number"),
            ("1 in 2", "`in` wants a list on its right, this is a number"),
            ("1 in ['a']", "a number is compared with a string"),
            ("startsWith(1, 'a')", "`startsWith` wants strings, this is a number"),
            ("stages.x.metrics.auc == 'a'", "a number is compared with a string"),
        ])
    func types(text: String, message: String) throws {
        #expect(try Expression(parsing: text).typeErrors(in: scope).map(\.message) == [message])
    }

    @Test("values of stages have a type only when they are there")
    func typesOfOutputs() throws {
        #expect(
            try Expression(parsing: "stages.x.outputs.a == 'a' || stages.x.outputs.b > 1").typeErrors(in: scope).isEmpty
        )
    }

    @Test("names come with their place, matrix instances included")
    func names() throws {
        let expression = try Expression(parsing: "params.a.b == 1 && stages.train[model=logreg].metrics.auc.x > 2")
        #expect(
            expression.names == [
                NameUse(name: .param(["a", "b"]), offset: 0),
                NameUse(name: .stageMetric(stage: "train[model=logreg]", metric: "auc.x"), offset: 19),
            ])
    }

    @Test(
        "budget.left is the share of an account that is left; of one that nobody knows it is null",
        arguments: [
            ("budget.left('team') > 0.2", true), ("budget.left('team') > 0.3", false),
            ("budget.left('team.cost') == 0.25", true), ("budget.left('other') > 0", false),
            ("budget.left('other') == null || budget.left('other') > 0.5", true),
        ])
    func budgetLeft(text: String, holds: Bool) throws {
        let scope = Scope(budgetLeft: ["team": 0.25, "team.cost": 0.25])
        let expression = try Expression(parsing: text)
        #expect(expression.typeErrors(in: scope).isEmpty)
        #expect(expression.holds(in: scope) == holds)
    }

    @Test("deep nesting is refused and long chains are not")
    func limits() throws {
        let deep = String(repeating: "(", count: 100_000) + "true"
        #expect(throws: ExpressionError.self) { try Expression(parsing: deep) }
        #expect(throws: ExpressionError.self) {
            try Expression(parsing: String(repeating: "!", count: 100_000) + "true")
        }
        let long = Array(repeating: "true", count: 50_000).joined(separator: " && ")
        #expect(try Expression(parsing: long).holds(in: scope) == true)
    }

    @Test("no text makes the parser crash")
    func fuzz() {
        let pieces = [
            "params.a", "'", "\"", "(", ")", "[", "]", "==", "<", "in", "!", "&&", "||", "1", "-", ".", "é", "\r\n",
            "\\", "changed(", "stages.x[", "true", ",", " ", "e5",
        ]
        var random = SplitMix(seed: 7)
        for _ in 0..<5000 {
            let text = (0..<Int.random(in: 0..<12, using: &random)).map { _ in
                pieces[Int.random(in: 0..<pieces.count, using: &random)]
            }.joined()
            guard let expression = try? Expression(parsing: text) else { continue }
            _ = expression.holds(in: scope)
            _ = expression.typeErrors(in: scope)
        }
    }
}
