import SluiceModel
import SluicePlanning
import Testing

@Suite("Bindings")
struct StageBindingTests {
    private func bind(
        _ stage: String, of fixture: Fixture, profile: Int = 0, results: [String: RunEvent.StageEnd] = [:]
    ) throws -> Binding? {
        let plan = try fixture.plan()
        let found = try #require(plan.stage(named: stage))
        return try StageBinding.bind(found, profile: profile, in: plan, results: results, environmentLock: nil)
    }

    private func end(_ outcome: Outcome = .succeeded, metrics: [String: Double] = [:], output: String = "model")
        -> RunEvent.StageEnd
    {
        let artifact = Artifact(
            name: output, digest: Fixture.digest("\(metrics) \(output)"), size: 1, type: .file, isFolder: false)
        return RunEvent.StageEnd(outcome: outcome, metrics: metrics, artifacts: [artifact])
    }

    @Test("what an earlier stage has not made yet is not known")
    func unknown() throws {
        #expect(try bind("train", of: .learning()) == nil)
    }

    @Test("params of more than 256 KiB are refused, whether or not the plugin has a schema for them")
    func largeParams() throws {
        var fixture = Fixture.learning()
        fixture.stages[1].with.value = .object(["text": .string(String(repeating: "x", count: 256 << 10))])
        let error = #expect(throws: BindingError.self) {
            try bind("train", of: fixture, results: ["prepare": end(output: "train")])
        }
        #expect(error?.message == "`with` of train is larger than 256 KiB")
    }

    @Test("paths come in when they are known and never enter the key")
    func paths() throws {
        let fixture = Fixture.learning()
        let binding = try #require(try bind("prepare", of: fixture))
        let here = BindingPaths(inputs: ["raw": ["/a/in/x.csv"]], outputs: ["train": "/a/out/train"])
        let environment = binding.environment(paths: here)
        #expect(
            binding.script(paths: here)
                == "python prepare.py \"${SLUICE_VALUE_1}\" \"${SLUICE_VALUE_2}\" \"${SLUICE_VALUE_3}\"")
        #expect(
            environment == ["SLUICE_VALUE_1": "/a/in/x.csv", "SLUICE_VALUE_2": "/a/out/train", "SLUICE_VALUE_3": "7"])
        #expect(!binding.parts.contains { $0.value.contains("/a/") })
    }

    @Test("a list input is a list of paths alone, and one path a line within a text")
    func lists() throws {
        var fixture = Fixture.learning()
        fixture.files["data/y.csv"] = "2"
        fixture.stages[0].inputs[0].source.value = .path("data/*.csv")
        fixture.stages[0].with.value = .object(["files": .string("${inputs.raw}"), "text": .string("-${inputs.raw}-")])
        let binding = try #require(try bind("prepare", of: fixture))
        let params = binding.params(paths: BindingPaths(inputs: ["raw": ["/1", "/2"]], outputs: [:]))
        #expect(params == .object(["files": .array([.string("/1"), .string("/2")]), "text": .string("-/1\n/2-")]))
        #expect(binding.inputs[0].items.map(\.instance) == ["data/x.csv", "data/y.csv"])
        #expect(binding.inputs[0].items.allSatisfy { $0.digest.hasPrefix("git:") })
    }

    @Test("a profile's params go over the stage's and change the key")
    func profileParams() throws {
        var fixture = Fixture.learning()
        fixture.stages[1].profiles[1] = Fixture.profile("small", with: ["lr": .number(0.5)])
        let results = ["prepare": end(output: "train")]
        let first = try #require(try bind("train", of: fixture, results: results))
        let second = try #require(try bind("train", of: fixture, profile: 1, results: results))
        let nowhere = BindingPaths(inputs: [:], outputs: [:])
        #expect(first.params(paths: nowhere) == .object(["lr": .number(0.1)]))
        #expect(second.params(paths: nowhere) == .object(["lr": .number(0.5)]))
        #expect(first.key != second.key)
    }

    @Test("select takes the best instance, the first of equals, and no failed one")
    func selection() throws {
        var fixture = Fixture.learning()
        fixture.stages[1].matrix = .init(axes: [.init(name: "m", values: ["a", "b", "c", "d"].map(JSONValue.string))])
        fixture.stages[2].select = .init(from: Located("train", at: Fixture.place), metric: "auc", direction: .maximize)
        fixture.stages[2].with.value = .object(["auc": .string("${stages.train.metrics.auc}")])
        var results = [
            "train[m=a]": end(metrics: ["auc": 0.9]), "train[m=b]": end(metrics: ["auc": 0.95]),
            "train[m=c]": end(.failed, metrics: ["auc": 0.99]),
        ]
        #expect(try bind("evaluate", of: fixture, results: results) == nil)
        results["train[m=d]"] = end(metrics: ["auc": 0.95, "x": 1])
        let binding = try #require(try bind("evaluate", of: fixture, results: results))
        #expect(binding.inputs[0].items.map(\.instance) == ["train[m=b]"])
        #expect(binding.params(paths: BindingPaths(inputs: [:], outputs: [:])) == .object(["auc": .number(0.95)]))
        let none = results.mapValues { _ in end(.failed) }
        let error = #expect(throws: BindingError.self) { try bind("evaluate", of: fixture, results: none) }
        #expect(error?.message == "no instance of train ended well with metric auc")
    }

    @Test("params that break the plugin's schema are named with their place")
    func schema() throws {
        var fixture = Fixture.learning()
        var number = ParameterSchema.Node()
        number.types = ["number"]
        number.maximum = 1
        var schema = ParameterSchema.Node()
        schema.types = ["object"]
        schema.properties = ["lr": .node(number)]
        fixture.plugins["train"]?.manifest.params = .node(schema)
        #expect(try bind("train", of: fixture, results: ["prepare": end(output: "train")]) != nil)
        fixture.params["lr"] = .number(5)

        let plan = #expect(throws: BindingError.self) {
            var free = fixture
            free.params["lr"] = .number(0.1)
            var made = try free.plan()
            made.params = .object(fixture.params)
            let train = try #require(made.stage(named: "train"))
            _ = try StageBinding.bind(
                train, profile: 0, in: made, results: ["prepare": end(output: "train")], environmentLock: nil)
        }
        #expect(plan?.message.hasPrefix("`with.lr` of train: ") == true)
        #expect(plan?.location == Fixture.place)
    }

    @Test("a key does not depend on the order of maps and changes with each ingredient")
    func ingredients() throws {
        func key(_ change: (inout Fixture) -> Void) throws -> Digest {
            var fixture = Fixture.learning()
            fixture.stages[0].with.value = .object(
                Dictionary(uniqueKeysWithValues: (0..<40).map { ("k\($0)", .integer($0)) }))
            fixture.stages[0].env = ["A": "1", "B": "2"]
            change(&fixture)
            return try #require(try bind("prepare", of: fixture)).key
        }
        let base = try key { _ in }
        for _ in 0..<5 {
            #expect(
                try key { fixture in
                    guard case .object(let members) = fixture.stages[0].with.value else { return }
                    fixture.stages[0].with.value = .object(
                        Dictionary(uniqueKeysWithValues: members.shuffled().map { ($0.key, $0.value) }))
                } == base)
        }
        let changes: [(inout Fixture) -> Void] = [
            { $0.stages[0].with.value = .object(["k0": .integer(1)]) }, { $0.stages[0].env["A"] = "2" },
            { $0.stages[0].action.value = .run("python prepare.py") }, { $0.stages[0].seed = 3 },
            { $0.files["prepare.py"] = "2" },
            { $0.files["data/x.csv"] = "2" }, { $0.stages[0].sources = [Glob("**/*.py")] },
            { $0.params["seed"] = .integer(1) },
            { $0.stages[0].outputs[0].type = .model }, { $0.stages[0].metricsPath = "m.json" },
            { $0.stages[0].artifacts = [Glob("*.log")] },
        ]
        let keys = try changes.map { try key($0) }
        #expect(Set(keys + [base]).count == changes.count + 1)
    }

    @Test("a literal that looks like a path of an input is not one")
    func literal() throws {
        func key(_ text: String) throws -> Digest {
            var fixture = Fixture.learning()
            fixture.stages[0].with.value = .object(["a": .string(text)])
            return try #require(try bind("prepare", of: fixture)).key
        }
        #expect(try key("$${inputs.raw}") != key("${inputs.raw}"))
    }
}
