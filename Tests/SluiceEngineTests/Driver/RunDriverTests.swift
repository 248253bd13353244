import SluiceModel
import SluiceTesting
import Synchronization
import Testing

@testable import SluiceEngine

@Suite("Driving a run on real threads")
struct RunDriverTests {
    @Test("a run is driven to its end, and observers see every event in the journal's order")
    func whole() throws {
        let world = World()
        let plan = Sketch.plan([
            Sketch.stage("a").making("out"), Sketch.stage("b").making("out").reading("x", of: [("a", "out")]),
            Sketch.stage("c", needs: ["a"]),
        ])
        #expect(try world.driver.execute(plan, options: RunOptions()) == .succeeded)
        #expect(world.observer.events == world.journal.events)
        #expect(world.journal.events.map(\.sequence) == Array(1...Int64(world.journal.events.count)))
        #expect(world.observer.said == ["a 1", "b 1", "c 1"])
        #expect(world.record.head.outcome == .succeeded)
        let entry = try #require(world.journal.completions.first?.entry)
        #expect(entry.run == RunID(1))
        #expect(entry.created == world.clock.now())
    }

    @Test("an attempt is in the journal before it is started")
    func journalFirst() throws {
        let missing = Mutex<[String]>([])
        let box = Mutex<MemoryJournal?>(nil)
        let world = World { request, _, disk in
            let events = box.withLock { $0?.events } ?? []
            let isThere = events.contains { event in
                if case .attemptStarted(request.stage, _) = event.kind { true } else { false }
            }
            if !isThere { missing.withLock { $0.append(request.stage) } }
            return World.obedient(request, disk)
        }
        box.withLock { $0 = world.journal }
        let stages = (0..<20).map { Sketch.stage("s\($0)") }
        #expect(try world.driver.execute(Sketch.plan(stages), options: RunOptions()) == .succeeded)
        #expect(missing.withLock { $0 } == [])
        #expect(world.executor.requests.count == 20)
    }

    @Test("a second run of the same plan executes nothing")
    func cached() throws {
        let world = World()
        let plan = Sketch.plan([
            Sketch.stage("a").making("out"), Sketch.stage("b").reading("x", of: [("a", "out")]),
        ])
        _ = try world.driver.execute(plan, options: RunOptions())
        #expect(try world.driver.execute(plan, options: RunOptions()) == .succeeded)
        #expect(world.executor.requests.count == 2)
    }

    @Test("a journal that fails kills what runs and throws")
    func journalFails() throws {
        let killed = Mutex<[String]>([])
        let running = Gatepost()
        let world = World(
            script: { request, cancellation, disk in
                guard request.stage == "slow" else {
                    running.wait()
                    return World.obedient(request, disk)
                }
                let stopped = Gatepost()
                cancellation.onChange { stopped.open() }
                running.open()
                stopped.wait()
                if cancellation.state.killNow { killed.withLock { $0.append(request.stage) } }
                return AttemptResult(outcome: .cancelled)
            },
            refuses: { kinds in kinds.contains { $0.stage == "quick" && $0.typeName == .stageEnded } })
        #expect(throws: StoreError.self) {
            try world.driver.execute(
                Sketch.plan([Sketch.stage("slow"), Sketch.stage("quick")]), options: RunOptions())
        }
        #expect(killed.withLock { $0 } == ["slow"])
        #expect(!world.journal.events.contains { $0.kind.typeName == .runEnded })
    }

    @Test("a cancel from another thread reaches what runs, and the second one kills it")
    func cancels() throws {
        let started = Gatepost()
        let states = Mutex<[Cancellation.State]>([])
        let world = World { _, cancellation, _ in
            let changed = Gatepost()
            cancellation.onChange { changed.open() }
            started.open()
            changed.wait()
            states.withLock { $0.append(cancellation.state) }
            while !cancellation.state.killNow { changed.wait() }
            return AttemptResult(outcome: .cancelled)
        }
        let driver = world.driver
        let isStarted = WorkerThread.start {
            started.wait()
            driver.cancel(.superseded, killNow: false)
            driver.cancel(.user, killNow: true)
        }
        #expect(isStarted)
        let outcome = try driver.execute(
            Sketch.plan([Sketch.stage("a"), Sketch.stage("b", needs: ["a"])]), options: RunOptions())
        #expect(outcome == .cancelled)
        #expect(states.withLock { $0.first?.reason } == .superseded)
        #expect(world.record.reason == "cancelled (superseded)")
        #expect(world.record.stages.map { $0.end?.outcome } == [.cancelled, .skipped])
    }

    @Test("a cancel reaches an attempt whose workspace is being filled: nothing of it is started")
    func cancelledWhileFilling() throws {
        let started = Gatepost()
        let world = World(filling: { cancellation in
            let changed = Gatepost()
            cancellation.onChange { changed.open() }
            started.open()
            changed.wait()
        })
        let driver = world.driver
        let isStarted = WorkerThread.start {
            started.wait()
            driver.cancel(.user, killNow: false)
        }
        #expect(isStarted)
        #expect(try driver.execute(Sketch.plan([Sketch.stage("a")]), options: RunOptions()) == .cancelled)
        #expect(world.executor.requests.isEmpty)
        #expect(world.record.stages[0].attempts[0].ended?.result == .stopped(.user))
        #expect(world.workspaces.discarded.map(\.folder) == ["runs/1/a/1"])
    }

    @Test("a cancel before the run begins lets nothing of it succeed")
    func cancelledBefore() throws {
        let world = World { _, cancellation, _ in
            let changed = Gatepost()
            cancellation.onChange { changed.open() }
            changed.wait()
            return AttemptResult(outcome: .cancelled)
        }
        let driver = world.driver
        driver.cancel(.user, killNow: false)
        #expect(try driver.execute(Sketch.plan([Sketch.stage("a")]), options: RunOptions()) == .cancelled)
    }

    @Test("many attempts at once end one by one in the journal")
    func many() throws {
        let arrived = Mailbox<String>()
        let doors = (0..<64).map { _ in Gatepost() }
        let world = World { request, _, disk in
            arrived.post(request.stage)
            Int(request.stage.dropFirst()).map { doors[$0].wait() }
            return World.obedient(request, disk)
        }
        // Nobody leaves before all are there: they do run at once.
        let isWatched = WorkerThread.start {
            var there = Set<String>()
            while there.count < 64 { there.formUnion(arrived.take(waitingAtMost: -1)) }
            for door in doors { door.open() }
        }
        #expect(isWatched)
        let stages = (0..<64).map { Sketch.stage("s\($0)").making("out") }
        #expect(try world.driver.execute(Sketch.plan(stages, cpus: 64), options: RunOptions()) == .succeeded)
        #expect(world.record.stages.allSatisfy { $0.end?.outcome == .succeeded })
    }

    @Test("a retry waits until its time has come")
    func retries() throws {
        let world = World { request, _, disk in
            guard request.number == 1 else { return World.obedient(request, disk) }
            return AttemptResult(
                outcome: .failed, error: AttemptError(errorClass: .transient, code: "x", message: "busy"))
        }
        let stage = Sketch.stage("a").retrying(1).changed { $0.definition.retry.backoff.initial = .zero }
        #expect(try world.driver.execute(Sketch.plan([stage]), options: RunOptions()) == .succeeded)
        #expect(world.record.stages[0].attempts.map { $0.ended?.result.outcome } == [.failed, .succeeded])
    }

    @Test("resuming records the attempts of the dead runner as lost and runs on")
    func resumes() throws {
        let world = World()
        let plan = Sketch.plan([Sketch.stage("a"), Sketch.stage("b", needs: ["a"])])
        let decision = GateDecision(verdict: .admit, method: "plan")
        try world.journal.append(
            [
                .planned(RunEvent.Planned(plan)),
                .attemptStarted(
                    stage: "a",
                    RunEvent.Started(number: 1, profile: "small", executor: "x", decision: decision, folder: "f")),
            ], to: RunID(1), at: world.clock.now())
        #expect(try world.driver.resume(plan, options: RunOptions(), from: world.record) == .succeeded)
        #expect(world.record.stages[0].attempts.map { $0.ended?.result.outcome } == [.lost, .succeeded])
        #expect(world.executor.requests.map(\.number) == [2, 1])
    }

    /// `a` was running on an executor that outlives its runner.
    private func interrupted(_ world: World, _ plan: Plan) throws {
        let decision = GateDecision(verdict: .admit, method: "plan")
        try world.journal.append(
            [
                .planned(RunEvent.Planned(plan)),
                .attemptStarted(
                    stage: "a",
                    RunEvent.Started(
                        number: 1, profile: "small", executor: "far", decision: decision, folder: "runs/1/a/1")),
            ], to: RunID(1), at: world.clock.now())
    }

    private func onCluster(_ stage: Plan.Stage) -> Plan.Stage {
        stage.changed { stage in
            for index in stage.profiles.indices { stage.profiles[index].request.pool = "far" }
        }
    }

    private func far(_ world: World, holding: Set<String>) -> ScriptedExecutor {
        let disk = world.disk
        return ScriptedExecutor(name: "far", holding: holding) { request, _ in World.obedient(request, disk) }
    }

    @Test("an attempt that its executor holds goes on after its runner died: never lost, never a second one")
    func takesUp() throws {
        var world = World()
        let cluster = far(world, holding: ["runs/1/a/1"])
        world.others = [cluster]
        var plan = Sketch.plan([onCluster(Sketch.stage("a").making("out")), Sketch.stage("b", needs: ["a"])])
        plan.pools = ["far": plan.pool]
        try interrupted(world, plan)
        #expect(try world.driver.resume(plan, options: RunOptions(), from: world.record) == .succeeded)
        #expect(world.record.stages[0].attempts.map { $0.ended?.result.outcome } == [.succeeded])
        #expect(cluster.requests.map(\.number) == [1] && cluster.ended == [])
        #expect(!cluster.holds("runs/1/a/1"), "its end is recorded")
        #expect(world.record.stages[0].warnings.contains { $0.contains("goes on") })
    }

    @Test("what an attempt needs whose nodes see a shared folder alone lies in it, and its log comes home")
    func shared() throws {
        var world = World(shared: "far")
        let cluster = far(world, holding: [])
        world.others = [cluster]
        world.plugins = MemoryPlugins(bundled: ["p": "name: p"])
        let stage = onCluster(Sketch.stage("a").making("out").using(Sketch.plugin("p", wantsPython: true)))
        var plan = Sketch.plan([stage, Sketch.stage("b", needs: ["a"])])
        plan.pools = ["far": plan.pool]
        #expect(try world.driver.execute(plan, options: RunOptions()) == .succeeded)
        let request = try #require(cluster.requests.first)
        let root = "/shared/runs/1/a/1"
        #expect(
            request.program
                == .plugin(command: ["./main"], folder: root + "/plugin", python: "/shared/environments/1"))
        #expect(request.folders.workspace == root + "/work" && request.outputs.allSatisfy { $0.path.hasPrefix(root) })
        #expect(world.record.stages[0].attempts[0].started.folder == root)
        #expect(world.record.stages[1].attempts[0].started.folder == "runs/1/b/1")
        #expect(world.workspaces.home == [root])
    }

    @Test("an attempt that its executor does not hold is lost, wherever it ran")
    func losesWhatIsNotHeld() throws {
        var world = World()
        let cluster = far(world, holding: [])
        world.others = [cluster]
        var plan = Sketch.plan([onCluster(Sketch.stage("a"))])
        plan.pools = ["far": plan.pool]
        try interrupted(world, plan)
        #expect(try world.driver.resume(plan, options: RunOptions(), from: world.record) == .succeeded)
        #expect(world.record.stages[0].attempts.map { $0.ended?.result.outcome } == [.lost, .succeeded])
        #expect(cluster.ended == ["runs/1/a/1"])
    }

    @Test("an attempt of a profile that the plan does not have any more is ended")
    func endsWhatIsNotPlanned() throws {
        var world = World()
        let cluster = far(world, holding: ["runs/1/a/1"])
        world.others = [cluster]
        let plan = Sketch.plan([Sketch.stage("a").changed { $0.profiles[0].profile.name = "other" }])
        try interrupted(world, plan)
        #expect(try world.driver.resume(plan, options: RunOptions(), from: world.record) == .succeeded)
        #expect(cluster.ended == ["runs/1/a/1"] && cluster.requests.isEmpty)
        #expect(world.record.stages[0].attempts.map { $0.ended?.result.outcome } == [.lost, .succeeded])
    }

    @Test("stages run where their profiles say")
    func executors() throws {
        var world = World()
        let cluster = far(world, holding: [])
        world.others = [cluster]
        var plan = Sketch.plan([Sketch.stage("a"), onCluster(Sketch.stage("b")), Sketch.stage("c")])
        plan.pools = ["far": plan.pool]
        #expect(try world.driver.execute(plan, options: RunOptions()) == .succeeded)
        #expect(cluster.requests.map(\.stage) == ["b"])
        #expect(Set(world.executor.requests.map(\.stage)) == ["a", "c"])
        #expect(world.record.stages.map { $0.attempts[0].started.executor } == ["local", "far", "local"])
    }

    @Test("a plugin that cleans up does so after a dead runner, before it is tried again")
    func cleansUp() throws {
        let world = World { request, _, disk in
            guard request.verb == .cleanup else { return World.obedient(request, disk) }
            return AttemptResult(outcome: .failed, reason: "nothing there")
        }
        let plugin = Sketch.plugin("p", origin: .tree, verbs: [.run, .cleanup])
        let plan = Sketch.plan([Sketch.stage("a").using(plugin), Sketch.stage("b", needs: ["a"]).using(plugin)])
        let decision = GateDecision(verdict: .admit, method: "plan")
        try world.journal.append(
            [
                .planned(RunEvent.Planned(plan)),
                .attemptStarted(
                    stage: "a",
                    RunEvent.Started(number: 1, profile: "small", executor: "x", decision: decision, folder: "f")),
            ], to: RunID(1), at: world.clock.now())
        #expect(try world.driver.resume(plan, options: RunOptions(), from: world.record) == .succeeded)
        #expect(world.executor.requests.map { "\($0.stage) \($0.verb)" } == ["a cleanup", "a run"])
        let warnings = world.record.stages[0].attempts[1].ended?.result.warnings
        #expect(warnings == ["cleanup after the lost attempt failed: nothing there"])
        #expect(world.record.stages[1].end?.outcome == .cached)
    }

    @Test("an environment is provided once for all stages that want it")
    func environment() throws {
        let world = World()
        let python = Sketch.plugin("py", origin: .tree, wantsPython: true)
        let stages = (0..<8).map { number in
            Sketch.stage("s\(number)").using(python).changed {
                $0.definition.env = ["N": "\(number)"]
            }
        }
        #expect(try world.driver.execute(Sketch.plan(stages), options: RunOptions()) == .succeeded)
        #expect(world.environments.provided == 1)
        #expect(world.executor.requests.count == 8)
    }

    @Test("an entry is used only when its artifacts are there, and when it is young enough")
    func lookUps() throws {
        let world = World()
        let key = StandInDigest.of("key")
        let there = world.artifacts.put("x", named: "out")
        let lookup = ResultLookup(ports: world.ports)
        func query(_ policy: CachePolicy, isDeploy: Bool = false) -> ResultLookup.Query {
            ResultLookup.Query(
                pipeline: "p", stage: "a", repository: "/r.git", reference: "refs/heads/main", isTrusted: true,
                policy: policy, isDeploy: isDeploy)
        }
        world.cache.add(Sketch.entry(key, stage: "a", artifacts: [there]))
        #expect(try lookup.entry(for: key, query(.on)) != nil)
        #expect(try lookup.entry(for: key, query(.off)) == nil)
        #expect(try lookup.entry(for: key, query(.maxAge(.seconds(1000)))) != nil)
        #expect(try lookup.entry(for: key, query(.maxAge(.seconds(999)))) == nil)
        #expect(try lookup.entry(for: key, query(.off, isDeploy: true)) == nil)
        world.cache.add(Sketch.entry(key, stage: "a", artifacts: [there, Sketch.artifact("gone", "gone")]))
        #expect(try lookup.entry(for: key, query(.on)) == nil)
    }
}
