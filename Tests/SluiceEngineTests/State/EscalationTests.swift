import SluiceModel
import Testing

@testable import SluiceEngine

@Suite("Escalated retries")
struct EscalationTests {
    private static let gibibyte = Sketch.gibibyte

    private func stage(_ name: String = "a", limit: Int = 3, factor: Int64 = 2) -> Plan.Stage {
        Sketch.stage(name).retrying(limit, classes: [.resource]).changed {
            $0.definition.retry.escalation = RetryPolicy.Escalation(memory: Amount(factor))
        }
    }

    private func drill(_ stages: [Plan.Stage], memory: Int64 = 1024, limits: [BudgetLimit] = []) -> Drill {
        var plan = Sketch.plan(stages, limits: limits)
        plan.pool.memory = memory * Self.gibibyte
        var drill = Drill(plan)
        drill.send(.begin)
        return drill
    }

    private func exceed(_ stage: String = "a", in drill: inout Drill) {
        let granted = drill.running[stage]?.profile.request.memory ?? 0
        drill.end(stage, .overLimit, error: .resource) {
            $0.overrun = Overrun(resource: .memory, limit: granted, peak: granted)
        }
    }

    private func warnings(_ drill: Drill) -> [String] { drill.record.stage(named: "a")?.warnings ?? [] }

    @Test(
        "more memory than granted is class resource, and the next attempt asks for more, each time from the last grant")
    func more() {
        var drill = drill([stage()])
        exceed(in: &drill)
        guard case .retryScheduled(_, 2, _, let reason)? = drill.events.last?.kind else {
            Issue.record("\(drill.events)")
            return
        }
        #expect(
            reason == "over its grant: memory: more than the 1 GiB granted; next with memory 2 GiB instead of 1 GiB")
        drill.pass(seconds: 10)
        #expect(drill.running["a"]?.profile.request.memory == 2 * Self.gibibyte)
        exceed(in: &drill)
        drill.pass(seconds: 20)
        #expect(drill.running["a"]?.profile.request.memory == 4 * Self.gibibyte)
        drill.end("a")
        #expect(drill.outcome == .succeeded && drill.violations.isEmpty)
        #expect(drill.record.stages[0].attempts.map(\.started.granted?.memory) == [1, 2, 4].map { $0 * Self.gibibyte })
    }

    @Test("an escalation goes up to what the pool has, and is refused when there is no more")
    func bounded() {
        var drill = drill([stage(factor: 4)], memory: 3)
        exceed(in: &drill)
        let reason = drill.record.stage(named: "a")?.retries.last?.reason
        #expect(reason?.hasSuffix("next with memory 3 GiB instead of 1 GiB, which is all that the pool has") == true)
        drill.pass(seconds: 10)
        #expect(drill.running["a"]?.profile.request.memory == 3 * Self.gibibyte)
        exceed(in: &drill)
        #expect(drill.ends["a"] == .overLimit && drill.outcome == .failed)
        #expect(warnings(drill) == ["no escalated retry: it has all that the pool has of what `escalate` would raise"])
    }

    @Test("one that no budget holds is refused, and the record says what it would have cost and why not")
    func refused() throws {
        let limit = BudgetLimit(resource: .memoryGiBHours, amount: Amount(decimal: "0.04") ?? .zero)
        var drill = drill([stage()], limits: [limit])
        exceed(in: &drill)
        #expect(drill.ends["a"] == .overLimit && drill.outcome == .failed)
        let warning = try #require(warnings(drill).first)
        #expect(
            warning.hasPrefix(
                "no escalated retry: memory 2 GiB instead of 1 GiB would have taken cost 0.0167, cpu_hours 0.0167, "
                    + "memory_gib_hours 0.0334 (before: 0.0167): "), "\(warning)")
        #expect(warning.contains("0.0334 needed") || warning.contains("left"), "\(warning)")
    }

    @Test("what is refused only when its time has come ends as its last attempt did")
    func refusedLater() {
        let limit = BudgetLimit(resource: .memoryGiBHours, amount: Amount(decimal: "0.1") ?? .zero)
        var drill = drill([stage(), Sketch.stage("b")], limits: [limit])
        exceed(in: &drill)
        // The other stage took far more than anybody expected.
        drill.end("b", wall: 300)
        drill.pass(seconds: 10)
        #expect(drill.ends == ["a": .overLimit, "b": .succeeded], "\(drill.ends)")
        #expect(warnings(drill).first?.hasPrefix("no escalated retry: memory 2 GiB") == true)
        #expect(drill.outcome == .failed)
    }

    @Test("one that waits for room does not hold up those that fit")
    func waiting() {
        let others = (1...3).map { Sketch.stage("b\($0)") }
        var drill = drill([stage()] + others, memory: 3)
        exceed(in: &drill)
        #expect(Set(drill.atWork) == ["b1", "b2", "b3"])
        drill.pass(seconds: 10)
        drill.end("b1")
        #expect(Set(drill.atWork) == ["b2", "b3"], "one gibibyte is not two")
        drill.end("b2")
        #expect(drill.running["a"]?.profile.request.memory == 2 * Self.gibibyte)
    }

    @Test("without `escalate` the same is asked for again")
    func same() {
        var drill = drill([Sketch.stage("a").retrying(1, classes: [.resource])])
        exceed(in: &drill)
        drill.pass(seconds: 10)
        #expect(drill.running["a"]?.number == 2 && drill.running["a"]?.profile.request.memory == Self.gibibyte)
    }

    @Test("other errors do not escalate, and other limits, timeouts and violations are never tried again")
    func others() {
        var transient = drill([stage().retrying(1, classes: [.resource, .transient])])
        transient.end("a", .failed, error: .transient)
        transient.pass(seconds: 10)
        #expect(transient.running["a"]?.profile.request.memory == Self.gibibyte)
        for (outcome, error) in [(Outcome.overLimit, ErrorClass.user), (.timedOut, .resource)] {
            var other = drill([stage().retrying(3, classes: ErrorClass.allCases)])
            other.end("a", outcome, error: error)
            #expect(other.ends["a"] == outcome)
        }
        var violation = drill([stage().retrying(3, classes: ErrorClass.allCases)])
        violation.end("a", .failed) {
            $0.error = AttemptError(errorClass: .resource, code: "protocol.exit_mismatch", message: "m")
        }
        #expect(violation.outcome == .failed)
    }

    @Test("an interrupted run goes on with the grant that was reached")
    func resumed() {
        var earlier = drill([stage()])
        exceed(in: &earlier)
        let plan = earlier.state.plan
        var original = Sketch.plan([stage()])
        original.pool = plan.pool
        var waited = Drill(original, resuming: earlier)
        waited.send(.begin)
        #expect(waited.running["a"]?.profile.request.memory == 2 * Self.gibibyte, "it died while it waited")
        earlier.pass(seconds: 10)
        var running = Drill(original, resuming: earlier)
        running.send(.begin)
        #expect(running.running["a"]?.profile.request.memory == 2 * Self.gibibyte, "it died while it ran")
        #expect(running.running["a"]?.number == 3)
    }
}
