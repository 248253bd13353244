import Foundation
import SluiceTesting
import Testing
import Yams

/// Random conditions as `when` of Argo, against what the planner says of them.
@Suite struct ExportConditionTests {
    private var random = SplitMix(seed: 0)

    private mutating func pick(_ texts: [String]) -> String { texts[Int.random(in: 0..<texts.count, using: &random)] }

    private mutating func operand() -> String {
        pick([
            "reference", "commit.oid", "params.s", "matrix.k", "'refs/heads/main'", "'refs/heads/other'",
            "'refs/tags/v1'",
            "''", #""a'b""#, "'x}}y'", "'ü'",
        ])
    }

    private mutating func comparison() -> String {
        switch Int.random(in: 0..<6, using: &random) {
        case 0, 1: "\(operand()) \(pick(["==", "!=", "<", "<=", ">", ">="])) \(operand())"
        case 2: "\(operand()) in [\(operand()), \(operand())]"
        case 3: "startsWith(\(operand()), \(operand()))"
        case 4: "\(operand()) in params.l"
        default:
            pick(["params.b", "params.n == 1", "params.n < 1", "trusted", "changed('x')", "plan.degraded", "true"])
        }
    }

    private mutating func condition(depth: Int) -> String {
        guard depth > 0, Bool.random(using: &random) else { return comparison() }
        let parts = (0..<Int.random(in: 1...3, using: &random)).map { _ in condition(depth: depth - 1) }
        return pick(["", "!"]) + "(" + parts.joined(separator: pick([" && ", " || "])) + ")"
    }

    @Test(
        "Argo starts every stage whose condition may hold, and of what it judges whole exactly those", arguments: 1...3)
    mutating func conditions(_ seed: UInt64) throws {
        random = SplitMix(seed: seed)
        var text =
            "schema: sluice/v1\nname: p\nparams: { s: refs/heads/other, b: true, n: 1, l: [refs/heads/main, x] }\n"
        text += "stages:\n"
        for number in 0..<120 {
            let condition = condition(depth: 3).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            text +=
                "  s\(number): { run: 'true', sources: [], matrix: { k: [refs/heads/main, v] }, if: \"\(condition)\" }\n"
        }
        let scene = try Exports.scene(["pipelines/p.yaml": text])
        try scene.git(["branch", "other"])
        try scene.git(["tag", "v1"])
        let commit = try scene.git(["rev-parse", "HEAD"]).output.trimmingCharacters(in: .newlines)
        let exported = try scene.sluice(["export", "argo"] + Exports.targets[0].options)
        let whens = try Self.whens(exported.output)
        let partly = Set(exported.errors.matches(of: /of `(s\d+)` is decided by/).map { String($0.1) })
        #expect(whens.count == 240 && !partly.isEmpty && partly.count < 120, "seed \(seed)")
        for (revision, reference) in [
            ("main", "refs/heads/main"), ("other", "refs/heads/other"), ("v1", "refs/tags/v1"), (commit, ""),
        ] {
            let plan = try scene.json(scene.sluice(["plan", "--revision", revision, "--json"]))
            for stage in try #require(plan["stages"] as? [[String: Any]]) {
                let name = try #require(stage["name"] as? String)
                let when = try #require(whens[name])
                let starts = try ArgoWhen.holds(when, ["reference": reference, "commit": commit])
                let runs = stage["condition"] as? String != "fails"
                let isWhole = !partly.contains(String(name.prefix { $0 != "[" }))
                #expect(isWhole ? starts == runs : starts || !runs, "seed \(seed), \(revision), \(name): \(when ?? "")")
            }
        }
        let elsewhere = ["reference": "", "commit": "another"]
        let judged = try whens.values.compactMap(\.self).filter { $0.contains("commit != '\(commit)'") }
            .map { try ArgoWhen.holds($0, elsewhere) }
        #expect(judged.contains(true), "what only params decide is left open for other commits, seed \(seed)")
    }

    /// Of each instance.
    private static func whens(_ text: String) throws -> [String: String?] {
        let spec = try #require((try Yams.load(yaml: text) as? [String: Any])?["spec"] as? [String: Any])
        let templates = try #require(spec["templates"] as? [[String: Any]])
        var names: [String: String] = [:]
        for template in templates {
            let annotations = (template["metadata"] as? [String: Any])?["annotations"] as? [String: String]
            if let name = template["name"] as? String { names[name] = annotations?["sluice.dev/stage"] }
        }
        let dag = templates.first { $0["name"] as? String == "pipeline" }?["dag"] as? [String: Any]
        return Dictionary(
            try #require(dag?["tasks"] as? [[String: Any]]).map { task in
                (names[task["template"] as? String ?? ""] ?? "", task["when"] as? String)
            }, uniquingKeysWith: { first, _ in first })
    }
}
