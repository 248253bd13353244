import Foundation
import SluiceTesting
import Testing

/// The example pipeline on its real data, with the bundled plugins. The first test on a machine builds their Python
/// environment; all share it.
@Suite struct RealDataTests {
    @Test("a push trains on the real data, deploys the better model, and that scores raw rows")
    func push() throws {
        let scene = try realScene()
        let pushed = try scene.push()
        #expect(pushed.errors.contains("run 1 queued"), "\(pushed.transcript)")
        let run = try scene.lastRun()
        try #require(run.outcome == "succeeded", "\(run.json)")
        #expect(run.outcomes.count == 5 && run.outcomes.values.allSatisfy { $0 == "succeeded" }, "\(run.outcomes)")
        #expect(try metric("auc", of: "evaluate", in: run) >= 0.98)
        try expectBetterModel(run, scene)
        try expectScores(run, scene)
    }

    @Test(
        "an empty commit executes nothing; a changed learning parameter reruns train, evaluate and deploy and says why")
    func whatHasToRun() throws {
        let scene = try realScene()
        try scene.push()
        let first = try scene.lastRun()
        try #require(first.outcome == "succeeded", "\(first.json)")
        try scene.commit([:], message: "Nothing")
        try scene.push()
        let nothing = try scene.lastRun()
        #expect(nothing.outcome == "succeeded" && nothing.outcomes.values.allSatisfy { $0 == "cached" })
        #expect(nothing.stages.allSatisfy { ($0["attempts"] as? [Any])?.isEmpty == true }, "\(nothing.json)")
        #expect(nothing.reason(of: "deploy") == "already deployed")

        let params = try String(contentsOfFile: scene.clone + "/params.yaml", encoding: .utf8)
        let changed = params.replacingOccurrences(of: "\nc: 1.0 ", with: "\nc: 0.25 ")
        #expect(changed != params)
        try scene.commit(["params.yaml": changed])
        try scene.push()
        let again = try scene.lastRun()
        #expect(again.outcome == "succeeded", "\(again.json)")
        #expect(again.outcome(of: "prepare") == "cached")
        for stage in ["train[model=logreg]", "train[model=forest]", "evaluate", "deploy"] {
            #expect(again.outcome(of: stage) == "succeeded", "\(stage): \(again.stage(stage))")
        }
        let reason = again.cacheReason(of: "train[model=logreg]")
        #expect(reason?.contains("c changed 1 → 0.25") == true, "\(reason ?? "none")")
        let values = again.stage("deploy")["outputs"] as? [String: Any]
        #expect(
            values?["previous"] as? String != nil && values?["previous"] as? String != values?["release"] as? String)
    }

    @Test("a cost limit far too small refuses the push's run before anything runs, and names the limit that would do")
    func tooSmall() throws {
        let scene = try realScene()
        let path = "pipelines/breast-cancer.yaml"
        let text = try String(contentsOfFile: scene.clone + "/" + path, encoding: .utf8)
        try scene.commit([path: text.replacingOccurrences(of: "limits: { cost: 0.05,", with: "limits: { cost: 0.0001,")]
        )
        let pushed = try scene.push()
        #expect(pushed.errors.contains("refused"), "\(pushed.transcript)")
        let run = try scene.lastRun()
        #expect(run.outcome == "refused")
        #expect(run.stages.allSatisfy { ($0["attempts"] as? [Any])?.isEmpty == true })
        let decision = run.json["decision"] as? [String: Any]
        let fix = try #require((decision?["fixes"] as? [[String: Any]])?.first, "\(run.json)")
        let needed = try #require(fix["to"] as? Double, "\(fix)")
        #expect(fix["limit"] as? String == "cost" && needed > 0.0001 && needed < 0.05)
        try scene.commit([
            path: text.replacingOccurrences(
                of: "limits: { cost: 0.05,", with: "limits: { cost: \(String(format: "%.9f", needed)),")
        ])
        #expect(try scene.sluice(["plan"]).status == 0, "the fix that was named is one")
        let less = String(format: "%.9f", needed - 0.000001)
        try scene.commit([
            path: text.replacingOccurrences(of: "limits: { cost: 0.05,", with: "limits: { cost: \(less),")
        ])
        let tooLittle = try scene.sluice(["plan"])
        #expect(tooLittle.status == 77, "and the smallest one: \(needed) \(tooLittle.transcript)")
    }
}

extension RealDataTests {
    /// The repository's own example without its plugins, so that the bundled ones are found.
    private func realScene() throws -> Scene {
        let scene = try Scene(withHook: false)
        try shareEnvironments(scene)
        let installed = try scene.sluice(["hook", "install"], in: scene.bare)
        #expect(installed.status == 0, "\(installed.transcript)")
        for name in ["pipelines", "params.yaml", "data"] {
            let source = URL(filePath: Self.checkout + "/" + name).resolvingSymlinksInPath().path
            try FileManager.default.copyItem(atPath: source, toPath: scene.clone + "/" + name)
        }
        try scene.commit([:])
        let builder = try scene.sluice(["run", "--stage", "prepare", "--quiet"])
        #expect(builder.status == 0, "\(builder.transcript)")
        // That run was only for the environment: what it made may not be found by the test.
        try forget(scene)
        return scene
    }

    /// Environments lie in a folder that outlives the test, as they would in a service user's state.
    private func shareEnvironments(_ scene: Scene) throws {
        let shared = FileManager.default.temporaryDirectory.path + "/sluice-test-environments"
        try FileManager.default.createDirectory(atPath: shared, withIntermediateDirectories: true)
        try FileManager.default.createDirectory(
            atPath: scene.home, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try FileManager.default.createSymbolicLink(
            atPath: scene.home + "/environments", withDestinationPath: shared)
    }

    private func forget(_ scene: Scene) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: scene.home) where name != "environments" {
            try FileManager.default.removeItem(atPath: scene.home + "/" + name)
        }
    }

    private static let checkout = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    private func metric(_ name: String, of stage: String, in run: RunView) throws -> Double {
        let metrics = run.stage(stage)["metrics"] as? [String: Any]
        return try #require(metrics?[name] as? Double, "\(run.stage(stage))")
    }

    private func expectBetterModel(_ run: RunView, _ scene: Scene) throws {
        let names = ["logreg", "forest"].map { "train[model=\($0)]" }
        let scores = try names.map { try metric("cv_auc", of: $0, in: run) }
        let best = names[scores[0] >= scores[1] ? 0 : 1]
        #expect(scores[0] != scores[1], "else nothing is selected")
        let path = scene.root + "/chosen"
        #expect(try scene.sluice(["artifact", "get", "1/evaluate/model", "-o", path]).status == 0)
        let about = try Data(contentsOf: URL(filePath: path + "/model.json"))
        let family = try JSONSerialization.jsonObject(with: about) as? [String: Any]
        #expect(best == "train[model=\(family?["family"] as? String ?? "")]", "\(scores)")
    }

    /// As the deploy's log says: `predict.py` of what is deployed, on rows as they come.
    private func expectScores(_ run: RunView, _ scene: Scene) throws {
        let values = run.stage("deploy")["outputs"] as? [String: Any]
        let location = try #require(values?["location"] as? String, "\(run.stage("deploy"))")
        #expect(FileManager.default.fileExists(atPath: location + "/predict.py"))
        let table = try String(contentsOfFile: scene.clone + "/data/breast_cancer.csv", encoding: .utf8)
        let lines = table.split(separator: "\n")
        try (lines.prefix(101).joined(separator: "\n") + "\n")
            .write(toFile: scene.root + "/rows.csv", atomically: false, encoding: .utf8)
        let scored = try ProgramRun.run(
            [python(scene), location + "/predict.py", scene.root + "/rows.csv"], environment: scene.environment,
            folder: scene.root)
        #expect(scored.status == 0, "\(scored.transcript)")
        let predictions = scored.output.split(separator: "\n").dropFirst().map { $0.prefix { $0 != "," } }
        let truths = lines.dropFirst().prefix(100).map { $0.drop { $0 == "," }.split(separator: ",").last ?? "" }
        #expect(predictions.count == 100)
        #expect(zip(predictions, truths).count { $0 == $1 } >= 95, "\(scored.output)")
    }

    /// The interpreter of the environment that the run used.
    private func python(_ scene: Scene) throws -> String {
        let folder = scene.home + "/environments"
        let built = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
            FileManager.default.fileExists(atPath: "\(folder)/\($0)/complete")
        }
        return folder + "/" + (try #require(built.max { age($0, folder) < age($1, folder) })) + "/bin/python3"
    }

    private func age(_ name: String, _ folder: String) -> Date {
        let values = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)/complete")
        return values?[.modificationDate] as? Date ?? .distantPast
    }
}
