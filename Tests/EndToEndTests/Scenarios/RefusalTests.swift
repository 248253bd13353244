import Foundation
import Testing

@Suite struct RefusalTests {
    @Test("a limit that is too small refuses before anything runs and names the fix")
    func tooSmallALimit() throws {
        var files = Toy.files
        files["pipelines/toy.yaml"] = Toy.pipeline.replacingOccurrences(of: "cost: 1.00", with: "cost: 0.004")
        let scene = try Scene(files)
        let planned = try scene.sluice(["plan", "--json"])
        let decision = try #require(try scene.json(planned)["decision"] as? [String: Any])
        #expect(planned.status == 77 && decision["verdict"] as? String == "refuse")
        #expect(decision["reason"] as? String == "budget")
        let fix = try #require((decision["fixes"] as? [[String: Any]])?.first, "\(planned.transcript)")
        // 36 + 72 + 36 + 36 seconds at 0.10 an hour.
        #expect(fix["limit"] as? String == "cost" && fix["to"] as? Double == 0.005, "\(fix)")

        let run = try scene.sluice(["run"])
        #expect(run.status == 77 && run.output.contains("0.005"), "\(run.transcript)")
        let record = try scene.lastRun()
        #expect(record.outcome == "refused")
        #expect(record.stages.allSatisfy { ($0["attempts"] as? [Any])?.isEmpty == true })

        let pushed = try scene.push(["--no-verify", "origin", "main"])
        #expect(pushed.errors.contains("refused") && pushed.errors.contains("0.005"), "\(pushed.transcript)")
    }

    @Test("a push of a corrupt definition is told the line, and leaves a refused record that holds it")
    func corruptDefinition() throws {
        var files = Toy.files
        files["pipelines/toy.yaml"] = Toy.pipeline.replacingOccurrences(of: "    metrics:", with: "    metrix:")
        let scene = try Scene(files)
        let line = (files["pipelines/toy.yaml"] ?? "").split(separator: "\n", omittingEmptySubsequences: false)
            .firstIndex { $0.contains("metrix:") }.map { $0 + 1 }
        let place = "pipelines/toy.yaml:\(try #require(line)):"
        let pushed = try scene.push()
        #expect(pushed.errors.contains(place), "\(pushed.transcript)")
        let record = try scene.lastRun()
        #expect(record.outcome == "refused")
        let found = try #require((record.json["diagnostics"] as? [[String: Any]])?.first)
        #expect(found["line"] as? Int == line && found["id"] as? String == "pipeline.unknown-key", "\(found)")
        let run = try scene.sluice(["run"])
        #expect(run.status == 65 && run.errors.contains(place), "\(run.transcript)")
    }

    @Test("a plugin that wants another version of the contract is told with both versions, and ends with 69")
    func otherContract() throws {
        var files = Toy.plugin("exit 0")
        files["plugins/odd/plugin.yaml"] = files["plugins/odd/plugin.yaml"]?
            .replacingOccurrences(of: "sluice/1", with: "sluice/2")
        let scene = try Scene(files, withHook: false)
        for command in ["plan", "run"] {
            let ended = try scene.sluice([command])
            #expect(ended.status == 69, "\(ended.transcript)")
            #expect(ended.errors.contains("sluice/2") && ended.errors.contains("speaks `sluice/1`"))
        }
    }

    @Test("pre-push stops a push that the gate refuses, and `sluice.prePush warn` lets it pass")
    func prePush() throws {
        var files = Toy.files
        files["pipelines/toy.yaml"] = Toy.pipeline.replacingOccurrences(of: "cost: 1.00", with: "cost: 0.001")
        let scene = try Scene(files)
        #expect(try scene.sluice(["hook", "install"]).status == 0)
        let stopped = try scene.push()
        #expect(stopped.status != 0 && stopped.errors.contains("--no-verify"), "\(stopped.transcript)")
        #expect(try scene.runCount() == 0)
        try scene.git(["config", "sluice.prePush", "warn"])
        let warned = try scene.push()
        #expect(warned.status == 0 && warned.errors.contains("refused"), "\(warned.transcript)")
    }

    @Test("a reference that the operator does not trust is planned and gated, and nothing of it runs")
    func untrusted() throws {
        let scene = try Scene(Toy.files)
        try scene.git(["checkout", "--quiet", "-b", "exp/a"])
        let pushed = try scene.push(["origin", "exp/a"])
        #expect(pushed.errors.contains("not trusted"), "\(pushed.transcript)")
        let record = try scene.lastRun()
        #expect(record.outcome == "refused")
        #expect((record.json["decision"] as? [String: Any])?["reason"] as? String == "policy")
        #expect(record.stages.allSatisfy { ($0["attempts"] as? [Any])?.isEmpty == true })

        try Data("trust: { branches: [main, \"exp/**\"] }\n".utf8)
            .write(to: URL(filePath: scene.bare + "/sluice.yaml"))
        try scene.commit([:], message: "Again")
        try scene.push(["origin", "exp/a"])
        let trusted = try scene.lastRun()
        #expect(trusted.outcome == "succeeded" && trusted.outcome(of: "deploy") == "skipped", "\(trusted.outcomes)")
    }
}
