import SluiceModel
import SluiceTesting
import Testing

@testable import SluiceEngine

@Suite("Preparing and ending one attempt")
struct AttemptRunnerTests {
    private func run(_ stages: [Plan.Stage], in world: World) throws -> [AttemptRequest] {
        _ = try world.driver.execute(Sketch.plan(stages, cpus: 1), options: RunOptions())
        return world.executor.requests
    }

    private func reading(_ entries: [TreeEntry], base: String, isMany: Bool) -> Plan.Stage {
        Sketch.stage("a").changed {
            $0.inputs = [Plan.Input(name: "x", type: .file, isMany: isMany, source: .tree(entries, base: base))]
        }
    }

    @Test("the workspace holds the sources, without what the stage is to make itself")
    func workspace() throws {
        var world = World()
        world.tree = MemoryTree(files: [
            "a.py": "print(1)", "out/model.bin": "old", "out/readme": "kept", "metrics.json": "{}",
        ])
        let sources = try world.tree.entries(under: "")
        let stage = Sketch.stage("a").changed {
            $0.sources = sources
            $0.definition.metricsPath = "metrics.json"
            $0.outputs = [.init(name: "model", type: .model, path: "out/model.bin")]
        }
        let request = try #require(try run([stage], in: world).first)
        #expect(request.outputs.map(\.path) == [request.folders.workspace + "/out/model.bin"])
        #expect(request.metricsPath == "metrics.json")
        #expect(world.disk.folders.contains(request.folders.workspace + "/out"))
        #expect(world.disk.text(at: request.folders.workspace + "/a.py") == "print(1)")
        #expect(world.disk.text(at: request.folders.workspace + "/out/readme") == "kept")
        #expect(world.disk.text(at: request.folders.workspace + "/metrics.json") == nil)
        #expect(world.record.stages[0].end?.artifacts.map(\.name) == ["model"])
    }

    @Test("a committed file is no output of a stage that did not make it")
    func staleOutput() throws {
        var world = World { _, _, _ in AttemptResult(outcome: .succeeded) }
        world.tree = MemoryTree(files: ["model.bin": "old"])
        let sources = try world.tree.entries(under: "")
        let stage = Sketch.stage("a").changed {
            $0.sources = sources
            $0.outputs = [.init(name: "model", type: .model, path: "model.bin")]
        }
        _ = try run([stage], in: world)
        #expect(world.record.stages[0].end?.outcome == .failed)
        #expect(world.record.stages[0].attempts[0].ended?.result.error?.code == "artifact.missing")
    }

    @Test("a file, a folder and a glob of the commit lie below `in`, with their paths")
    func treeInputs() throws {
        var world = World()
        world.tree = MemoryTree(files: ["data/a.csv": "1", "data/b.csv": "2"])
        let entries = try world.tree.entries(under: "data")
        let stages = [
            reading([entries[0]], base: "data/a.csv", isMany: false),
            reading(entries, base: "data", isMany: false), reading(entries, base: "", isMany: true),
        ].enumerated().map { number, stage in stage.changed { $0.name = "s\(number)" } }
        let requests = try run(stages, in: world)
        let root = "/state/runs/1"
        #expect(
            requests.map { $0.inputs[0].items.map(\.path) } == [
                [root + "/s0/1/in/x/data/a.csv"], [root + "/s1/1/in/x/data"],
                [root + "/s2/1/in/x/data/a.csv", root + "/s2/1/in/x/data/b.csv"],
            ])
        #expect(world.disk.text(at: root + "/s2/1/in/x/data/b.csv") == "2")
        #expect(requests[2].inputs[0].items.map(\.instance) == ["data/a.csv", "data/b.csv"])
        #expect(requests[1].inputs[0].items[0].instance == nil)
        #expect(requests[0].inputs[0].items[0].digest.hasPrefix("git:"))
    }

    @Test("one artifact lies at its input's name, those of a matrix in a numbered list")
    func artifactInputs() throws {
        let world = World()
        let matrix = Sketch.matrix("m", count: 2).map { $0.making("out") }
        let requests = try run(
            matrix + [
                Sketch.stage("one").reading("x", of: [("m[i=1]", "out")]),
                Sketch.stage("all").reading("x", of: [("m[i=0]", "out"), ("m[i=1]", "out")]),
            ], in: world)
        let one = try #require(requests.first { $0.stage == "one" })
        let all = try #require(requests.first { $0.stage == "all" })
        #expect(one.inputs[0].items.map(\.path) == ["/state/runs/1/one/1/in/x"])
        #expect(world.disk.text(at: "/state/runs/1/one/1/in/x") == "m[i=1] out")
        #expect(all.inputs[0].isMany)
        #expect(all.inputs[0].items.map(\.path) == ["/state/runs/1/all/1/in/x/0", "/state/runs/1/all/1/in/x/1"])
        #expect(all.inputs[0].items.map(\.instance) == ["m[i=0]", "m[i=1]"])
        #expect(all.inputs[0].items.allSatisfy { $0.digest.hasPrefix("sha256:") })
    }

    @Test("a folder is stored and given as a folder")
    func folders() throws {
        let world = World { request, _, disk in
            for output in request.outputs {
                disk.write("1", to: output.path + "/one")
                disk.write("2", to: output.path + "/deep/two")
            }
            return AttemptResult(outcome: .succeeded)
        }
        _ = try run([Sketch.stage("a").making("out"), Sketch.stage("b").reading("x", of: [("a", "out")])], in: world)
        #expect(world.record.stages[0].end?.artifacts.map(\.isFolder) == [true])
        #expect(world.disk.text(at: "/state/runs/1/b/1/in/x/deep/two") == "2")
    }

    @Test("an artifact that is gone fails the attempt before it starts, by our fault")
    func artifactGone() throws {
        let world = World()
        let stage = Sketch.stage("b").reading("x", of: [("a", "out")])
        let cached = Sketch.stage("a").making("out").changed {
            let key = StandInDigest.of("k")
            $0.cache = CacheState(
                state: .hit, entry: Sketch.entry(key, stage: "a", artifacts: [Sketch.artifact("out", "gone")]), key: key
            )
        }
        #expect(try run([cached, stage], in: world).isEmpty)
        let error = try #require(world.record.stages[1].attempts[0].ended?.result.error)
        #expect(error.errorClass == .internal)
        #expect(error.code == "attempt.preparation")
        #expect(error.message.contains("input x"))
    }

    @Test("the plugin of the commit's tree is laid out as it is in the commit")
    func treePlugin() throws {
        var world = World()
        world.tree = MemoryTree([
            "plugins/p/main": .executable(Array("#!".utf8)), "plugins/p/link": .link("/etc/passwd"),
            "plugins/q/other": .file([]),
        ])
        let request = try #require(
            try run([Sketch.stage("a").using(Sketch.plugin("p", origin: .tree))], in: world).first)
        let folder = "/state/runs/1/a/1/plugin"
        #expect(request.program == .plugin(command: ["./main"], folder: folder + "/plugins/p", python: nil))
        #expect(world.disk.paths(below: folder) == [folder + "/plugins/p/main"])
    }

    @Test("an installed plugin runs where it lies, while it is what the plan froze")
    func installedPlugin() throws {
        var world = World()
        world.plugins = MemoryPlugins(bundled: ["p": "name: p"])
        let request = try #require(try run([Sketch.stage("a").using(Sketch.plugin("p"))], in: world).first)
        #expect(request.program == .plugin(command: ["./main"], folder: "/bundled/p", python: nil))
    }

    @Test("an installed plugin that has changed since the plan is refused")
    func changedPlugin() throws {
        var world = World()
        world.plugins.add("name: p", named: "p", origin: .operator)
        let requests = try run([Sketch.stage("a").using(Sketch.plugin("p", origin: .operator))], in: world)
        #expect(requests.isEmpty)
        let error = try #require(world.record.stages[0].attempts[0].ended?.result.error)
        #expect(error.code == "plugin.changed")
        #expect(error.errorClass == .config)
        #expect(world.workspaces.discarded == [.init(folder: "runs/1/a/1", keepingOutputs: true)])
    }

    @Test("outputs are collected by digest, then kept files; the workspace goes")
    func outputs() throws {
        let world = World { request, _, disk in
            disk.write("plot", to: request.folders.workspace + "/plots/roc.svg")
            disk.write("noise", to: request.folders.workspace + "/noise.txt")
            return World.obedient(request, disk)
        }
        let stage = Sketch.stage("a").making("out").changed { $0.definition.artifacts = [Glob("plots/*.svg")] }
        _ = try run([stage], in: world)
        let artifacts = try #require(world.record.stages[0].end?.artifacts)
        #expect(artifacts.map(\.name) == ["out", "plots/roc.svg"])
        #expect(artifacts.allSatisfy(world.artifacts.contains))
        #expect(world.workspaces.discarded == [.init(folder: "runs/1/a/1", keepingOutputs: false)])
    }

    @Test("an output that was not made fails the stage, whose outputs are kept for a look")
    func missingOutput() throws {
        let world = World { _, _, _ in AttemptResult(outcome: .succeeded, exit: 0) }
        _ = try run([Sketch.stage("a").making("out")], in: world)
        let result = try #require(world.record.stages[0].attempts[0].ended?.result)
        #expect(result.outcome == .failed)
        #expect(result.error?.code == "artifact.missing")
        #expect(result.error?.errorClass == .user)
        #expect(world.journal.completions.isEmpty)
        #expect(world.workspaces.discarded.map(\.keepingOutputs) == [true])
    }

    @Test("the grant's disk is for all outputs together")
    func diskLimit() throws {
        let world = World { request, _, disk in
            for output in request.outputs { disk.write("12345678", to: output.path) }
            return AttemptResult(outcome: .succeeded)
        }
        let stage = Sketch.stage("a").making("one", "two").changed { $0.profiles[0].request.disk = 15 }
        _ = try run([stage], in: world)
        #expect(world.record.stages[0].attempts[0].ended?.result.error?.code == "artifact.too_large")
    }

    @Test("more kept files than a record can hold fail the stage, with what to do instead")
    func keptFileLimit() throws {
        let world = World { request, _, disk in
            for index in 0...10_000 { disk.write("", to: "\(request.folders.workspace)/plots/\(index)") }
            return AttemptResult(outcome: .succeeded)
        }
        let stage = Sketch.stage("a").changed { $0.definition.artifacts = [Glob("plots/*")] }
        _ = try run([stage], in: world)
        let error = try #require(world.record.stages[0].attempts[0].ended?.result.error)
        #expect(error.code == "artifact.too_large" && error.errorClass == .user, "\(error)")
        #expect(error.message.contains("10001 files of the workspace, more than 10000"))
    }

    @Test("nothing of a failed attempt is collected")
    func failed() throws {
        let world = World { request, _, disk in
            _ = World.obedient(request, disk)
            return AttemptResult(outcome: .failed, reason: "not good enough")
        }
        _ = try run([Sketch.stage("a").making("out")], in: world)
        #expect(world.record.stages[0].end?.artifacts == [])
        #expect(world.record.stages[0].end?.reason == "not good enough")
    }

    @Test("a deploy gets a folder that stays; cleanup is wanted only where the manifest lists it")
    func deployment() throws {
        let world = World()
        let plugin = Sketch.plugin("d", origin: .tree, role: .deploy, verbs: [.run, .cleanup])
        let requests = try run(
            [
                Sketch.stage("a"), Sketch.stage("b").using(Sketch.plugin("p", origin: .tree)),
                Sketch.stage("d").using(plugin),
            ], in: world)
        #expect(requests.map(\.deployment) == [nil, nil, "/state/deployments/p/refs/heads/main"])
        #expect(requests.map(\.wantsCleanup) == [false, false, true])
        #expect(requests.map(\.wire) == [.command, .sluice1, .sluice1])
    }

    @Test("a request says who runs, where and with what")
    func request() throws {
        let world = World()
        let stage = Sketch.stage("a", script: "echo ${outputs.out}").making("out").changed {
            $0.definition.env = ["MODE": "fast"]
            $0.definition.seed = 7
            $0.definition.timeout = .seconds(5)
        }
        let request = try #require(try run([stage], in: world).first)
        #expect(request.run == RunID(1))
        #expect(request.number == 1)
        #expect(request.verb == .run)
        #expect(request.environment["MODE"] == "fast")
        #expect(request.environment.values.contains("/state/runs/1/a/1/out/out"))
        #expect(request.seed == 7)
        #expect(request.timeout == .seconds(5))
        #expect(request.grace == .seconds(10))
        #expect(request.grant == Grant(profile: "small", request: stage.profiles[0].request))
        #expect(request.commit == .init(oid: Sketch.oid("commit").hex, reference: "refs/heads/main", trusted: true))
        #expect(request.searchPath == "/usr/bin")
        guard case .script(let text) = request.program else {
            Issue.record("it is no script")
            return
        }
        #expect(!text.contains("/state/"))
    }
}
