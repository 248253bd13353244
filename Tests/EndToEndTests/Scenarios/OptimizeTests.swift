import Foundation
import Testing

@Suite struct OptimizeTests {
    // MARK: gate

    private static func founding(compute: Int, storage: Int = 3, network: Int = 3) -> String {
        """
        {"stages": [
          {"name": "A", "window_s": [0, 2],
           "profiles": [{"name": "only", "duration_s": 2, "demand": {"compute": 2, "storage": 1}}]},
          {"name": "B", "window_s": [1, 3],
           "profiles": [{"name": "only", "duration_s": 2, "demand": {"compute": 1, "storage": 1, "network": 1}}]},
          {"name": "C", "window_s": [2, 4],
           "profiles": [{"name": "only", "duration_s": 2, "demand": {"compute": 3, "storage": 2, "network": 2}}]}],
         "capacities": {"compute": \(compute), "storage": \(storage), "network": \(network)}}
        """
    }

    private func gate(_ text: String, exit status: Int32) throws -> [String: Any] {
        let scene = try Scene(withHook: false)
        try scene.write(["gate.json": text])
        let done = try scene.sluice(["optimize", "gate", "gate.json", "--json"])
        #expect(done.status == status, "\(done.transcript)")
        return try scene.json(done)
    }

    @Test("the founding table fits capacities 4, 3 and 3, and starts at 0, 1 and 2")
    func foundingFits() throws {
        let answer = try gate(Self.founding(compute: 4), exit: 0)
        #expect(answer["schema"] as? String == "sluice.gate/v1")
        #expect(answer["verdict"] as? String == "admit")
        #expect(answer["start"] as? [String: Double] == ["A": 0, "B": 1, "C": 2])
        #expect(answer["choice"] as? [String: String] == ["A": "only", "B": "only", "C": "only"])
        #expect(answer["gap"] as? Double == 0)
    }

    @Test("the founding table with compute 3 is refused: compute short by 1 in [2,3), and 4 mends it")
    func foundingIsRefused() throws {
        let answer = try gate(Self.founding(compute: 3), exit: 77)
        #expect(answer["verdict"] as? String == "refuse")
        #expect(answer["reason"] as? String == "capacity")
        #expect(answer["conflict"] as? [String] == ["capacity:compute"])
        let lines = try #require(answer["explanation"] as? [String])
        #expect(lines.count <= 4 && lines.joined().contains("compute short by 1 in [2,3)"), "\(lines)")
        let fix = try #require((answer["fixes"] as? [[String: Any]])?.first)
        #expect(fix["from"] as? Double == 3 && fix["to"] as? Double == 4)
    }

    @Test("storage 2 and network 2 are too small for the founding table, each by 1")
    func foundingIsSmallest() throws {
        for (storage, network, name) in [(2, 3, "storage"), (3, 2, "network")] {
            let answer = try gate(Self.founding(compute: 4, storage: storage, network: network), exit: 77)
            #expect(answer["conflict"] as? [String] == ["capacity:\(name)"])
        }
    }

    private static func costs(_ budget: String) -> String {
        """
        {"stages": [{"name": "a", "profiles": [{"name": "p", "duration_s": 1, "use": {"cost": 0.1}}]},
                    {"name": "b", "needs": ["a"],
                     "profiles": [{"name": "big", "duration_s": 1, "use": {"cost": 0.2}},
                                  {"name": "small", "duration_s": 1, "use": {"cost": 0.15}, "penalty": 2}]}],
         "budgets": {"cost": \(budget)}}
        """
    }

    @Test("decimals are exact: 0.1 + 0.2 fits 0.3, a billionth less degrades, and 0.2 is refused by the budget")
    func decimals() throws {
        let fits = try gate(Self.costs("0.3"), exit: 0)
        #expect(fits["verdict"] as? String == "admit")
        #expect((fits["objective"] as? [String: Any])?["makespan_s"] as? Double == 2)
        let worse = try gate(Self.costs("0.299999999"), exit: 0)
        #expect(worse["verdict"] as? String == "degrade")
        #expect((worse["choice"] as? [String: String])?["b"] == "small")
        let refused = try gate(Self.costs("0.2"), exit: 77)
        #expect(refused["reason"] as? String == "budget")
        #expect((refused["fixes"] as? [[String: Any]])?.first?["to"] as? Double == 0.25)
        #expect((refused["certificate"] as? [String: Any])?["verified"] as? Bool == true)
    }

    @Test("two budgets that are both too small are mended together, and four lines say so")
    func leastExtra() throws {
        let answer = try gate(
            #"""
            {"stages": [{"name": "a", "profiles": [{"name": "p", "use": {"cost": 0.4, "gpu_hours": 3}}]}],
             "budgets": {"cost": 0.1, "gpu_hours": 2}}
            """#, exit: 77)
        let raises = try #require(answer["least_extra"] as? [[String: Any]])
        #expect(raises.map { $0["limit"] as? String } == ["cost", "gpu_hours"], "\(answer)")
        #expect(raises.map { $0["to"] as? Double } == [0.4, 3])
        #expect((answer["explanation"] as? [String])?.last?.contains("gpu_hours 2 → 3") == true, "\(answer)")
    }

    @Test("bad gate files end with 65 and name the key or the line")
    func badGateFiles() throws {
        let scene = try Scene(withHook: false)
        let stage = #"{"name": "a", "profiles": [{"name": "p"}]}"#
        let cases = [
            (
                #"{"stages": [{"name": "a", "profiles": [{"name": "p", "use": {"cost": "1"}}]}]}"#,
                "profiles[0].use.cost"
            ),
            (#"{"stages": [{"name": "a", "needs": ["b"], "profiles": [{"name": "p"}]}]}"#, "stages[0].needs[0]"),
            (
                #"{"stages": [{"name": "a", "needs": ["a"], "profiles": [{"name": "p"}]}]}"#,
                "stages[0].needs: stages need each other in a circle"
            ),
            (#"{"stages": [\#(stage), \#(stage)]}"#, "stages[1].name"),
            (#"{"stages": [\#(stage)], "budgets": {"cost": -1}}"#, "budgets.cost"),
            (#"{"stages": [\#(stage)], "budgets": {"cost": 1e-9223372036854775808}}"#, "budgets.cost"),
            (#"{"stages": [\#(stage)], "budgits": {}}"#, "budgits"), ("{\"stages\":\n [,]}", "gate.json:2:3"),
            ("", "gate.json:1:1"), ("{}", "stages"),
        ]
        for (text, place) in cases {
            try scene.write(["gate.json": text])
            let done = try scene.sluice(["optimize", "gate", "gate.json"])
            #expect(done.status == 65 && done.errors.contains(place), "\(text)\n\(done.transcript)")
        }
    }

    @Test("all that is wrong with a gate file is told at once, each at its place")
    func allFaults() throws {
        let scene = try Scene(withHook: false)
        try scene.write([
            "gate.json": """
            {"stages": [{"name": "a", "needs": ["c"], "window_s": [1],
                         "profiles": [{"name": "p", "duration_s": -1}, {"name": "q", "penalty": "x"}]},
                        {"name": "b", "profiles": []}, {"nam": "c"}],
             "budgets": {"cost": -1, "egress": 1}, "deadline_s": "soon", "objective": ["speed"], "limits": {}}
            """
        ])
        let done = try scene.sluice(["optimize", "gate", "gate.json"])
        #expect(done.status == 65, "\(done.transcript)")
        let places = [
            "1:37: stages[0].needs[0]: there is no stage 'c'", "1:55: stages[0].window_s: expected",
            "2:55: stages[0].profiles[0].duration_s: is negative", "2:85: stages[0].profiles[1].penalty: expected",
            "3:39: stages[1].profiles: a stage needs", "3:52: stages[2].nam: unknown key",
            "4:22: budgets.cost: is negative", "4:54: deadline_s: expected a number", "4:76: objective[0]: expected",
            "4:96: limits: unknown key",
        ]
        let told = done.errors.split(separator: "\n").compactMap { line in places.first { line.contains($0) } }
        #expect(told == places, "\(done.transcript)")
    }

    @Test(
        "all that is wrong with a program, a point or a project in JSON is told at once, in the order of the file",
        arguments: [
            (
                ["lp", "a.json"], "{\"c\": [1, \"x\"],\n \"A\": [[1]],\n \"d\": 0}",
                [
                    "a.json:1:11: c[1]: expected a number", "a.json:2:8: A[0]: expected 2 coefficients",
                    "a.json:3:7: d: unknown",
                ]
            ),
            (
                ["lp", "good.json", "--check", "a.json"], "[true,\n false]",
                ["a.json:1:2: [0]: expected a number", "a.json:2:2: [1]: expected a number"]
            ),
            (
                ["schedule", "a.json"], "{\"nonrenewable\": 1,\n \"activities\": [{\"modes\": 1},\n {}]}",
                [
                    "a.json:1:18: nonrenewable: expected a list", "a.json:2:27: activities[0].modes: expected a list",
                    "a.json:3:2: activities[1].modes: is missing",
                ]
            ),
        ])
    func allFaultsOfOthers(arguments: [String], text: String, told: [String]) throws {
        let scene = try Scene(withHook: false)
        try scene.write(["a.json": text, "good.json": #"{"c": [1, 1]}"#])
        let done = try scene.sluice(["optimize"] + arguments)
        #expect(done.status == 65, "\(done.transcript)")
        let lines = done.errors.split(separator: "\n")
        #expect(lines.compactMap { line in told.first { line.contains($0) } } == told, "\(done.transcript)")
    }

    // MARK: schedule

    @Test("a project in JSON is scheduled to its proved optimum, and equal seeds give equal bytes")
    func schedule() throws {
        let scene = try Scene(withHook: false)
        try scene.write([
            "project.json": """
            {"activities": [{"modes": [{"duration": 0, "renewable": [0]}], "successors": [2, 3]},
              {"modes": [{"duration": 3, "renewable": [2]}], "successors": [4]},
              {"modes": [{"duration": 4, "renewable": [2]}, {"duration": 2, "renewable": [3]}], "successors": [4]},
              {"modes": [{"duration": 0, "renewable": [0]}]}],
             "renewable": [3]}
            """
        ])
        let arguments = ["optimize", "schedule", "project.json", "--schedules", "100", "--json"]
        let done = try scene.sluice(arguments)
        let answer = try scene.json(done)
        #expect(done.status == 0 && answer["status"] as? String == "optimal", "\(done.transcript)")
        #expect(answer["makespan"] as? Int == 5 && answer["lower_bound"] as? Int == 5)
        #expect((answer["mode"] as? [Int])?[2] == 2)
        let again = try scene.json(scene.sluice(arguments))
        #expect(again["start"] as? [Int] == answer["start"] as? [Int])
        #expect(try scene.sluice(["optimize", "schedule", "project.json", "--gantt"]).output.contains("optimal"))
    }

    @Test("a broken project file ends with 65 and names the line")
    func badProjects() throws {
        let scene = try Scene(withHook: false)
        try scene.write(["a.sm": "jobs (incl. supersource/sink ):  x\n", "b.json": #"{"activities": [{"modes": 1}]}"#])
        let text = try scene.sluice(["optimize", "schedule", "a.sm"])
        #expect(text.status == 65 && text.errors.contains("a.sm:1:"), "\(text.transcript)")
        try scene.write([
            "c.json": """
            {"activities": [{"modes": [{"duration": 1}], "successors": [2]},
              {"modes": [{"duration": 1}], "successors": [1]}]}
            """
        ])
        let circle = try scene.sluice(["optimize", "schedule", "c.json"])
        #expect(
            circle.errors.contains("c.json:1:60: activities[0].successors: activities 1 → 2 → 1"),
            "\(circle.transcript)")
        let json = try scene.sluice(["optimize", "schedule", "b.json"])
        #expect(json.status == 65 && json.errors.contains("activities[0].modes"), "\(json.transcript)")
        #expect(try scene.sluice(["optimize", "schedule", "none.sm"]).status == 65)
    }

    @Test("an activity without a mode that can run makes a project infeasible and is named")
    func impossibleProject() throws {
        let scene = try Scene(withHook: false)
        try scene.write([
            "project.json": #"{"activities": [{"modes": [{"duration": 1, "renewable": [5]}]}], "renewable": [3]}"#
        ])
        let done = try scene.sluice(["optimize", "schedule", "project.json", "--json", "--svg", "picture.svg"])
        let answer = try scene.json(done)
        #expect(done.status == 0 && answer["status"] as? String == "infeasible", "\(done.transcript)")
        let reason = "activity 1 can never run: it asks at least 5 of R1, 3 are there"
        #expect(answer["explanation"] as? [String] == [reason])
        #expect(!FileManager.default.fileExists(atPath: scene.clone + "/picture.svg"))
    }

    @Test("a picture of the schedule is written beside the answer")
    func svg() throws {
        let scene = try Scene(withHook: false)
        try scene.write(["project.json": #"{"activities": [{"modes": [{"duration": 3}]}]}"#])
        let done = try scene.sluice(["optimize", "schedule", "project.json", "--svg", "picture.svg"])
        #expect(done.status == 0, "\(done.transcript)")
        let text = try String(contentsOfFile: scene.clone + "/picture.svg", encoding: .utf8)
        #expect(
            text.hasPrefix("<svg xmlns") && text.hasSuffix("</svg>\n") && text.contains("makespan 3, proved optimal"))
    }

    // MARK: lp

    @Test("broken models in every format end with 65, the place, and the line below it")
    func brokenModels() throws {
        let scene = try Scene(withHook: false)
        try scene.write([
            "a.mps": "NAME\nROWS\n N c\nCOLUMNS\n x q 1\nENDATA\n", "a.lp": "min\n x\nst\n a: x y >= 1\nend\n",
        ])
        let mps = try scene.sluice(["optimize", "lp", "a.mps"])
        #expect(
            mps.status == 65 && mps.errors.contains("a.mps:5:4: there is no row 'q'\n  5 │  x q 1\n"),
            "\(mps.transcript)")
        let lp = try scene.sluice(["optimize", "lp", "a.lp"])
        #expect(lp.status == 65 && lp.errors.contains("a.lp:4:7: expected '+'"), "\(lp.transcript)")
    }

    /// `SLUICE_HIGHS`, or what scripts/setup fetched into the checkout.
    private static let highs: String? = {
        if let set = getenv("SLUICE_HIGHS") { return String(cString: set) }
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: ".highs/lib").path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return names.filter { $0.hasPrefix("libhighs.so") }.min().map { "\(root)/\($0)" }
    }()

    private static let foundingProgram =
        #"{"sense": "min", "c": [-1, -1, -1], "A": [[2, 1, 3], [1, 1, 2], [0, 1, 2]], "b": [2, 1, 4]}"#

    @Test("the founding program has the optimum -1, and (0,1,1) breaks rows 1 and 2", .enabled(if: highs != nil))
    func foundingLinear() throws {
        let scene = try Scene(withHook: false)
        try scene.write(["lp.json": Self.foundingProgram, "x.json": "[0, 1, 1]"])
        let environment = ["SLUICE_HIGHS": Self.highs ?? ""]
        let solved = try scene.sluice(["optimize", "lp", "lp.json", "--json"], environment: environment)
        let answer = try scene.json(solved)
        #expect(solved.status == 0 && answer["status"] as? String == "optimal", "\(solved.transcript)")
        #expect(abs((answer["objective"] as? Double ?? 0) + 1) < 1e-9)
        let checked = try scene.sluice(["optimize", "lp", "lp.json", "--check", "x.json", "--json"])
        let judged = try scene.json(checked)
        #expect(checked.status == 0 && judged["feasible"] as? Bool == false)
        let violations = try #require(judged["violations"] as? [[String: Any]])
        #expect(violations.map { $0["name"] as? String } == ["r1", "r2"])
        #expect(violations.map { $0["amount"] as? Double } == [2, 2])
    }

    @Test("without HiGHS a program ends with 69 and says how to get it, and doctor says so too")
    func withoutHighs() throws {
        let scene = try Scene(withHook: false)
        try scene.write(["lp.json": Self.foundingProgram])
        let nowhere = ["SLUICE_HIGHS": scene.root + "/none.so"]
        let done = try scene.sluice(["optimize", "lp", "lp.json"], environment: nowhere)
        #expect(done.status == 69 && done.errors.contains("scripts/setup"), "\(done.transcript)")
        let doctor = try scene.sluice(["doctor"], environment: nowhere)
        #expect(doctor.status == 0 && doctor.output.contains("none.so"), "\(doctor.transcript)")
    }

    @Test("broken programs end with 65 and say what is wrong")
    func badPrograms() throws {
        let scene = try Scene(withHook: false)
        let cases = [
            (#"{"c": [1], "A": [[1, 2]], "b": [1]}"#, "lp.json:1:18: A[0]: expected 1 coefficients"),
            (#"{"c": ["x"], "A": [], "b": []}"#, "c[0]"), (#"{"c": [1e999]}"#, "c[0]"), ("[", "lp.json:1:"),
        ]
        for (text, place) in cases {
            try scene.write(["lp.json": text])
            let done = try scene.sluice(["optimize", "lp", "lp.json"])
            #expect(done.status == 65 && done.errors.contains(place), "\(text)\n\(done.transcript)")
        }
    }
}
