import Foundation
import SluiceTesting
import Testing

/// `git config sluice.prePush run`: what is pushed runs on the pusher's machine first.
@Suite struct PrePushRunTests {
    private func scene(_ command: String) throws -> Scene {
        let scene = try Scene()
        var files = Toy.single("run: \(command)")
        files["pipelines/one.yaml"] = files["pipelines/one.yaml"]?
            .replacingOccurrences(of: "push: { branches: [main] }", with: "pre_push: {}")
        try scene.commit(files)
        try scene.git(["config", "sluice.prePush", "run"])
        #expect(try scene.sluice(["hook", "install"]).status == 0)
        return scene
    }

    private func push(_ scene: Scene, _ options: [String] = []) throws -> ProgramRun {
        try ProgramRun.run(
            ["git"] + options + ["push", "origin", "main"], environment: scene.environment, folder: scene.clone)
    }

    @Test("a run that succeeds lets the push go on, and is in the record; git's variables reach no stage")
    func good() throws {
        let scene = try self.scene("env | sort > LEDGER".replacingOccurrences(of: "LEDGER", with: "/dev/stderr"))
        let pushed = try push(scene, ["-c", "user.name=Leaked"])
        #expect(pushed.status == 0, "\(pushed.transcript)")
        #expect(pushed.errors.components(separatedBy: "run 1 succeeded").count == 2, "once: \(pushed.errors)")
        let run = try scene.lastRun()
        #expect(run.outcome == "succeeded" && run.json["trigger"] as? String == "pre-push")
        let printed = try scene.sluice(["logs", "1"]).output
        #expect(printed.contains("PATH=") && !printed.contains("GIT_"), "\(printed)")
    }

    @Test("a run that fails stops the push")
    func bad() throws {
        let scene = try self.scene("'false'")
        let pushed = try push(scene)
        #expect(pushed.status != 0 && pushed.errors.contains("run 1 failed"), "\(pushed.transcript)")
        #expect(pushed.errors.contains("push stopped"))
        #expect(try scene.git(["for-each-ref", "refs/heads"], in: scene.bare).output.isEmpty)
    }
}
