import SluiceModel
import SluiceReport
import Testing

@Suite struct HookTextTests {
    @Test("a push is answered with the run, its estimate, its cost and the verdict")
    func queued() throws {
        let plan = try Build.plan(stages: Build.stages(chosen: true), decision: Build.admitted())
        #expect(
            HookText.queued(RunID(42), plan: plan, style: .plain) == [
                "sluice: run 42 queued, est. 13 min, cost 0.42",
                "sluice: ✓ admitted: churn on main",
                "sluice:   reserves cost 0.42 of 10 and 0.22 of 4 cpu_hours",
            ])
    }

    @Test("a refused plan is answered with the limit that is short")
    func refused() throws {
        let plan = try Build.plan(stages: Build.stages(chosen: false), decision: Build.refused())
        #expect(
            HookText.prePush(plan, style: .ascii) + HookText.pushStopped(style: .ascii) == [
                "sluice: churn: 4 stages, 1 cached, 3 to execute",
                "sluice: x refused (budget): churn on main",
                "sluice:   cost: at least 0.42 needed, 0.30 left: 0.12 short (train 0.40, evaluate 0.02)",
                "sluice:   nothing was started",
                "sluice: push stopped; `git push --no-verify` goes on without this check",
            ])
    }

    @Test("a reference with odd bytes and a hostile name is shown harmless")
    func odd() {
        let reference = Reference(bytes: Array("refs/heads/\u{1b}x".utf8) + [0xff])
        #expect(
            HookText.queued(RunID(7), pipeline: "churn", reference: reference, style: .plain) == [
                "sluice: run 7 queued, churn on \\u{1b}x%FF"
            ])
    }

    @Test("an invalid definition is shown whole, too many runs in one line")
    func others() throws {
        try expectGolden(
            "hook-invalid.txt",
            HookText.invalid([Build.diagnostic()], reference: Reference("refs/heads/main"), style: .plain)
                + HookText.tooMany(25, limit: 20, style: .plain))
    }
}
