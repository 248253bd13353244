import Foundation
import Testing

@Suite struct CacheTests {
    @Test("a push runs every stage; the same commit again, and an empty one, execute nothing")
    func nothingIsExecutedTwice() throws {
        let scene = try Scene(Toy.files)
        try scene.push()
        let first = try scene.lastRun()
        #expect(first.outcome == "succeeded", "\(first.json)")
        #expect(first.outcomes.values.allSatisfy { $0 == "succeeded" })

        let again = try scene.sluice(["run", "--json"], in: scene.bare)
        let second = RunView(try scene.json(again))
        #expect(again.status == 0 && second.outcomes.values.allSatisfy { $0 == "cached" }, "\(again.transcript)")
        #expect(second.reason(of: "deploy") == "already deployed")

        try scene.commit([:], message: "Nothing")
        try scene.push()
        let third = try scene.lastRun()
        #expect(third.json["trigger"] as? String == "push")
        #expect(third.stages.allSatisfy { ($0["attempts"] as? [Any])?.isEmpty == true }, "\(third.outcomes)")
        #expect(third.reason(of: "deploy") == "already deployed")
        #expect(try scene.runCount() == 3)
    }

    @Test("an edited script of a run stage reruns it, and what gets equal inputs stays cached")
    func editedScript() throws {
        let scene = try Scene(Toy.files)
        try scene.push()
        try scene.commit(["prepare.sh": "# the same rows\ntail -n +2 \"$1\" > \"$2\"\n"])
        try scene.push()
        let run = try scene.lastRun()
        #expect(run.outcome(of: "prepare") == "succeeded")
        #expect(run.cacheReason(of: "prepare")?.contains("prepare.sh changed") == true, "\(run.stage("prepare"))")
        #expect(run.outcome(of: "train") == "cached", "its input came out equal")
        #expect(run.reason(of: "deploy") == "already deployed")
    }

    @Test("a changed learning parameter reruns train, evaluate and deploy only, and says why")
    func changedParameter() throws {
        let scene = try Scene(Toy.files)
        #expect(try scene.sluice(["run"]).status == 0)
        try scene.commit(["params.yaml": "lr: 0.3\n"])
        let planned = try scene.sluice(["plan"])
        #expect(planned.output.contains("0.1 → 0.3"), "\(planned.transcript)")
        let run = RunView(try scene.json(scene.sluice(["run", "--json"])))
        #expect(
            run.outcomes == [
                "prepare": "cached", "train": "succeeded", "evaluate": "succeeded", "deploy": "succeeded",
            ])
        #expect(run.cacheReason(of: "train")?.contains("0.1 → 0.3") == true, "\(run.stage("train"))")
    }

    @Test("an artifact of a run is listed and fetched with its bytes")
    func artifacts() throws {
        let scene = try Scene(Toy.files)
        try scene.push()
        let listed = try scene.sluice(["artifact", "list"])
        #expect(listed.output.contains("1/train/model"), "\(listed.transcript)")
        let got = try scene.sluice(["artifact", "get", "1/train/model", "-o", "fetched"])
        #expect(got.status == 0, "\(got.transcript)")
        #expect(try String(contentsOfFile: scene.clone + "/fetched", encoding: .utf8) == "lr 0.1\n1,2\n")
        let missing = try scene.sluice(["artifact", "get", "1/train/nothing"])
        #expect(missing.status == 64 && missing.errors.contains("it has model"), "\(missing.transcript)")
    }

    @Test("--worktree runs the uncommitted state, and the record says so")
    func worktree() throws {
        let scene = try Scene(Toy.files)
        try scene.write(["params.yaml": "lr: 0.7\n"])
        let run = RunView(try scene.json(scene.sluice(["run", "--worktree", "--stage", "train", "--json"])))
        #expect(run.outcomes == ["prepare": "succeeded", "train": "succeeded"])
        #expect(run.revision["worktree"] as? Bool == true)
        _ = try scene.sluice(["artifact", "get", "1/train/model", "-o", "fetched"])
        #expect(try String(contentsOfFile: scene.clone + "/fetched", encoding: .utf8).hasPrefix("lr 0.7"))
    }
}
