import SluiceModel
import SluiceReport
import Testing

@Suite struct LiveViewTests {
    private func state(_ kinds: [(Double, RunEvent.Kind)]) throws -> LiveState {
        var state = LiveState(head: try Build.head(state: .running, started: 2))
        for event in Build.events(kinds) { state.apply(event) }
        return state
    }

    private func training() throws -> LiveState {
        var state = try state([
            (2, try Build.planned()),
            (2, .stageEnded(stage: "prepare", .init(outcome: .cached, metrics: ["rows": 569]))),
            (2, try Build.started("train", profile: "large")),
        ])
        state.observe(
            .progress(done: 61, total: 100, unit: "epochs", message: "warm-up"), of: "train", at: Build.after(60))
        state.observe(.metric(name: "loss", value: 0.031_24, step: 61), of: "train", at: Build.after(60))
        return state
    }

    @Test("a running stage shows its bar, its last metric, its time and its profile")
    func running() throws {
        let state = try training()
        let now = Build.after(193.25)
        try expectGolden("live.txt", LiveView.frame(state, width: 100, height: 24, now: now, style: .plain))
        try expectGolden("live-colour.txt", LiveView.frame(state, width: 100, height: 24, now: now, style: .coloured))
        try expectGolden("live-ascii.txt", LiveView.frame(state, width: 72, height: 6, now: now, style: .ascii))
    }

    @Test("between two attempts the view counts down to the next one")
    func retrying() throws {
        let state = try state([
            (2, try Build.planned()), (2, .stageEnded(stage: "prepare", .init(outcome: .cached))),
            (2, try Build.started("train")),
            (61, try Build.ended("train", wall: 58.6, cost: "0.032", error: Build.crash, signal: "SIGSEGV")),
            (61, .retryScheduled(stage: "train", number: 2, delay: 8, reason: "a crash is tried once more")),
        ])
        try expectGolden(
            "live-retry.txt", LiveView.frame(state, width: 100, height: 24, now: Build.after(64), style: .plain))
    }

    @Test("what an attempt says after its end is not shown")
    func late() throws {
        var state = try training()
        for event in Build.events([(70, try Build.ended("train", wall: 68, cost: "0.1"))]) { state.apply(event) }
        state.observe(.metric(name: "loss", value: 1, step: nil), of: "train", at: Build.after(71))
        #expect(state.activity(of: "train") == nil)
        state.observe(.metric(name: "loss", value: 1, step: nil), of: "no such stage", at: Build.after(71))
        #expect(state.activity(of: "no such stage") == nil)
    }

    private func crowd(_ count: Int) throws -> LiveState {
        let stages = (0..<count).map { index in
            RunEvent.Planned.Stage(
                name: "train[fold=\(index)]", needs: index < 20 ? [] : ["train[fold=\(index - 20)]"], profile: "small",
                cache: CacheState(state: .miss), decision: nil, estimate: nil, start: nil)
        }
        var kinds: [(Double, RunEvent.Kind)] = [
            (2, .planned(.init(decision: try Build.admitted(), isDegraded: false, stages: stages)))
        ]
        for index in 0..<10 where index != 4 {
            kinds.append((9, .stageEnded(stage: "train[fold=\(index)]", .init(outcome: .succeeded))))
        }
        kinds.append((9, .stageEnded(stage: "train[fold=4]", .init(outcome: .failed, reason: "loss is not finite"))))
        kinds.append((10, try Build.started("train[fold=10]")))
        return try state(kinds)
    }

    @Test("a long list folds what has finished and what waits, failures and running stages stay")
    func folded() throws {
        let state = try crowd(60)
        let frame = LiveView.frame(state, width: 80, height: 20, now: Build.after(20), style: .plain)
        try expectGolden("live-folded.txt", frame)
    }

    @Test("a frame is never larger than the terminal")
    func size() throws {
        let state = try crowd(60)
        for height in 0...70 {
            for width in [1, 2, 10, 33, 80, 200] {
                let frame = LiveView.frame(state, width: width, height: height, now: Build.after(20), style: .plain)
                #expect(frame.count <= height, "height \(height)")
                #expect(frame.allSatisfy { DisplayWidth.of($0) <= width }, "width \(width), height \(height)")
            }
        }
    }
}
