import SluiceModel
import SluicePlanning
import Testing

@Suite("Checks and retries")
struct JudgementTests {
    private func check(
        min: String? = nil, max: String? = nil, severity: Diagnostic.Severity = .error,
        onMissing: Check.OnMissing = .fail
    ) -> Check {
        Check(
            metric: "auc", min: min.flatMap { Amount(decimal: $0) }, max: max.flatMap { Amount(decimal: $0) },
            severity: severity,
            onMissing: onMissing, location: Fixture.place)
    }

    @Test(
        "a threshold may be reached exactly and not missed by the smallest step",
        arguments: ["0.95", "0.1", "0.3", "12345678.123456789"])
    func exact(limit: String) throws {
        let value = try #require(Double(limit))
        #expect(CheckJudge.judge(check(min: limit), metrics: ["auc": value]).verdict == .pass)
        #expect(CheckJudge.judge(check(max: limit), metrics: ["auc": value]).verdict == .pass)
        #expect(CheckJudge.judge(check(min: limit), metrics: ["auc": value.nextDown]).verdict == .fail)
        #expect(CheckJudge.judge(check(max: limit), metrics: ["auc": value.nextUp]).verdict == .fail)
    }

    @Test("only an error is fatal; missing and inconclusive fail unless the check says otherwise")
    func fatality() {
        #expect(CheckJudge.judge(check(min: "1"), metrics: ["auc": 0]).isFatal)
        #expect(!CheckJudge.judge(check(min: "1", severity: .warning), metrics: ["auc": 0]).isFatal)
        #expect(CheckJudge.judge(check(min: "1"), metrics: [:]).isFatal)
        #expect(!CheckJudge.judge(check(min: "1", onMissing: .warn), metrics: [:]).isFatal)
        #expect(CheckJudge.judge(check(min: "1", onMissing: .pass), metrics: [:]).verdict == .missing)
        let nan = CheckJudge.judge(check(min: "1"), metrics: ["auc": .nan])
        #expect(nan.verdict == .inconclusive)
        #expect(nan.isFatal)
        #expect(CheckJudge.judge(check(min: "0.5", max: "1"), metrics: ["auc": 0.7]).limit == ">= 0.5 and <= 1")
    }

    private func result(
        _ outcome: Outcome = .failed, _ errorClass: ErrorClass? = nil, code: String = "x", isCrash: Bool = false,
        retryAfter: Duration? = nil
    ) -> AttemptResult {
        AttemptResult(
            outcome: outcome, error: errorClass.map { AttemptError(errorClass: $0, code: code, message: "m") },
            isCrash: isCrash,
            retryAfter: retryAfter)
    }

    private func isRetried(
        _ result: AttemptResult, number: Int = 1, policy: RetryPolicy = RetryPolicy(), isDeploy: Bool = false
    ) -> Bool {
        RetryDecision.next(after: result, attemptNumber: number, policy: policy, isDeploy: isDeploy, seed: 1) != nil
    }

    @Test("a crash is tried again once whatever the policy lists, unless its limit is 0")
    func crash() {
        let many = RetryPolicy(limit: 5, classes: [])
        #expect(isRetried(result(isCrash: true), policy: many))
        #expect(isRetried(result(.failed, .internal, isCrash: true), policy: many))
        #expect(!isRetried(result(isCrash: true), number: 2, policy: many))
        #expect(!isRetried(result(isCrash: true), policy: RetryPolicy(limit: 0)))
    }

    @Test("an error is tried again when its class is listed, at most so often")
    func classes() {
        #expect(isRetried(result(.failed, .transient)))
        #expect(!isRetried(result(.failed, .transient), number: 2))
        #expect(!isRetried(result(.failed, .user)))
        #expect(isRetried(result(.failed, .user), number: 3, policy: RetryPolicy(limit: 3, classes: [.user])))
    }

    @Test("verdicts, timeouts, protocol violations, other limits and deploys are never tried again")
    func never() {
        let all = RetryPolicy(limit: 9, classes: ErrorClass.allCases)
        #expect(!isRetried(result(), policy: all))
        #expect(!isRetried(result(.timedOut, .transient), policy: all))
        #expect(!isRetried(result(.cancelled, .transient), policy: all))
        #expect(!isRetried(result(.failed, .internal, code: "protocol.exit_mismatch"), policy: all))
        #expect(!isRetried(result(.overLimit, .user), policy: all))
        #expect(isRetried(result(.overLimit, .resource), policy: all))
        #expect(!isRetried(result(.failed, .transient, isCrash: true), policy: all, isDeploy: true))
    }

    @Test(
        "delays grow by the factor up to the maximum, jitter takes off at most half, and wishes are honoured up to it")
    func delays() {
        func delay(_ number: Int, jitter: Bool, wish: Duration? = nil, seed: UInt64 = 1) -> Double {
            let backoff = RetryPolicy.Backoff(initial: .seconds(1), factor: 2, max: .seconds(10), jitter: jitter)
            let policy = RetryPolicy(limit: 100, classes: [.transient], backoff: backoff)
            return RetryDecision.next(
                after: result(.failed, .transient, retryAfter: wish), attemptNumber: number, policy: policy,
                isDeploy: false, seed: seed)?
                .delay.inSeconds ?? -1
        }
        #expect([1, 2, 3, 4, 5, 90].map { delay($0, jitter: false) } == [1, 2, 4, 8, 10, 10])
        for seed in 0..<100 as Range<UInt64> { #expect((2...4).contains(delay(3, jitter: true, seed: seed))) }
        #expect(delay(3, jitter: true, seed: 4) == delay(3, jitter: true, seed: 4))
        #expect(delay(1, jitter: true, wish: .seconds(5)) == 5)
        #expect(delay(1, jitter: true, wish: .seconds(500)) == 10)
    }
}
