import Foundation
import SluiceTesting
import Testing

/// Stages that change what is not theirs, without a sandbox: what others get is as it was.
@Suite struct HostileStageTests {
    @Test("a stage that overwrites its inputs harms its copies alone: not other stages, the store and the commit")
    func inputs() throws {
        let pipeline = """
            schema: sluice/v1
            name: one
            stages:
              make: { run: "echo original > ${outputs.x}", outputs: { x: file } }
              spoil:
                run: |
                  for file in ${inputs.x} ${inputs.y}; do
                    chmod u+w $file $(dirname $file); echo spoilt > $file; ln -f $file $file.link
                  done
                  cat ${inputs.x} ${inputs.y}
                inputs: { x: make.x, y: data/y }
              read:
                run: grep -q original ${inputs.x} && grep -q committed ${inputs.y}
                needs: [spoil]
                inputs: { x: make.x, y: data/y }
            """
        let scene = try Scene(["data/y": "committed\n", "pipelines/one.yaml": pipeline], withHook: false)
        let run = try scene.run()
        #expect(run.outcome == "succeeded", "\(run.json)")
        #expect(try scene.sluice(["logs", "1/spoil"]).output == "[spoil] spoilt\n[spoil] spoilt\n")
        let got = try scene.sluice(["artifact", "get", "1/make/x", "-o", "got"])
        #expect(got.status == 0 && (try? String(contentsOfFile: scene.clone + "/got", encoding: .utf8)) == "original\n")
        #expect(try String(contentsOfFile: scene.clone + "/data/y", encoding: .utf8) == "committed\n")
    }

    /// Reads a part of itself, then replaces it by one that fails.
    private static let selfChanging = """
        here=$(dirname "$0")
        . "$here/part.sh"
        chmod u+w "$here" "$here/part.sh"
        echo 'exit 3' >"$here/part.sh"
        say '"type":"result","status":"ok"'
        """

    @Test("a plugin of the commit that changes its folder while it runs changes its copy: the next stage has another")
    func ownFolder() throws {
        var files = Toy.plugin(Self.selfChanging, stage: "cache: false\nmatrix: { n: [1, 2, 3], max_parallel: 1 }")
        files["plugins/odd/part.sh"] = ": fine\n"
        let scene = try Scene(files, withHook: false)
        for _ in 0..<2 {
            let run = try scene.run()
            #expect(run.stages.count == 3 && Set(run.outcomes.values) == ["succeeded"], "\(run.json)")
            #expect(try scene.git(["status", "--porcelain"]).output.isEmpty)
        }
    }

    @Test("an installed plugin that changes itself is not started again: the plan froze another one")
    func installed() throws {
        let files = Toy.plugin(Self.selfChanging)
        let pipeline = """
            schema: sluice/v1
            name: one
            stages:
              first: { uses: odd, cache: false }
              second: { uses: odd, cache: false, needs: [first] }
            """
        let scene = try Scene(["pipelines/one.yaml": pipeline], withHook: false)
        for name in ["plugin.yaml", "odd.sh"] {
            try scene.write(["../installed/odd/\(name)": files["plugins/odd/\(name)"] ?? ""])
        }
        try scene.write(["../installed/odd/part.sh": ": fine\n"])
        try scene.configure("plugins: [\(scene.root)/installed]\n", in: scene.clone + "/.git")
        let run = try scene.run()
        #expect(run.outcome(of: "first") == "succeeded" && run.outcome(of: "second") == "failed", "\(run.json)")
        let error = run.attempts(of: "second").last?["error"] as? [String: Any]
        #expect(error?["code"] as? String == "plugin.changed" && run.attempts(of: "second").count == 1, "\(run.json)")
    }
}
