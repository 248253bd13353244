/// Something that happened in a run, numbered from 1 within it. The durable journal and `--events -` hold these.
package struct RunEvent: Sendable, Equatable {
    package var sequence: Int64
    package var time: Timestamp
    package var run: RunID
    package var kind: Kind

    package init(sequence: Int64, time: Timestamp, run: RunID, kind: Kind) {
        self.sequence = sequence
        self.time = time
        self.run = run
        self.kind = kind
    }

    package enum Kind: Sendable, Equatable {
        /// The plan stands: every instance by name, with its cache state and decision.
        case planned(Planned)
        /// The definition is not valid or may not run: what a person must mend.
        case rejected(diagnostics: [Diagnostic], decision: GateDecision)
        /// The run waits for something outside: why, and what the gate decided where the plan's decision is another.
        case waiting(reason: String, decision: GateDecision? = nil)
        case attemptStarted(stage: String, Started)
        /// Its executor has not begun with it, and why.
        case attemptQueued(stage: String, number: Int, reason: String)
        /// It runs now, where its executor has a queue.
        case attemptBegan(stage: String, number: Int)
        case attemptEnded(stage: String, Ended)
        /// A further attempt follows after `delay` seconds.
        case retryScheduled(stage: String, number: Int, delay: Double, reason: String)
        /// A running attempt is stopped, because what is left of the run cannot fit behind it any more.
        case futile(stage: String, reason: String)
        /// What is left goes in another order now, because a stage ended clearly earlier or later than expected.
        case replanned(reason: String, order: [String])
        case checkJudged(stage: String, CheckResult)
        case stageEnded(stage: String, StageEnd)
        case warning(stage: String?, message: String)
        case runEnded(outcome: RunOutcome, reason: String?)
    }

    package struct Planned: Sendable, Equatable {
        package var decision: GateDecision
        package var isDegraded: Bool
        package var stages: [Stage]

        package init(decision: GateDecision, isDegraded: Bool, stages: [Stage]) {
            self.decision = decision
            self.isDegraded = isDegraded
            self.stages = stages
        }

        package struct Stage: Sendable, Equatable {
            package var name: String
            package var needs: [String]
            package var profile: String?
            package var cache: CacheState
            package var decision: GateDecision?
            package var estimate: Plan.Estimate?
            package var start: Double?

            package init(
                name: String, needs: [String], profile: String?, cache: CacheState, decision: GateDecision?,
                estimate: Plan.Estimate?, start: Double?
            ) {
                self.name = name
                self.needs = needs
                self.profile = profile
                self.cache = cache
                self.decision = decision
                self.estimate = estimate
                self.start = start
            }
        }
    }

    package struct Started: Sendable, Equatable {
        package var number: Int
        package var profile: String
        package var executor: String
        package var decision: GateDecision
        /// The attempt's folder, for logs and for recovery: below the state folder, or absolute where it lies elsewhere.
        package var folder: String
        /// Whether its profile marks the run as degraded.
        package var isDegraded: Bool
        /// What it was given: its profile's request, or an escalated one. nil in records of before it was written.
        package var granted: ResourceRequest?
        /// nil for a `run` line.
        package var plugin: String?
        /// Of the granted profile.
        package var estimate: Plan.Estimate?
        /// As the plan's stage has it.
        package var dataBytes: Int64?

        package init(
            number: Int, profile: String, executor: String, decision: GateDecision, folder: String,
            granted: ResourceRequest? = nil, plugin: String? = nil, estimate: Plan.Estimate? = nil,
            dataBytes: Int64? = nil, isDegraded: Bool = false
        ) {
            self.number = number
            self.profile = profile
            self.executor = executor
            self.decision = decision
            self.folder = folder
            self.isDegraded = isDegraded
            self.granted = granted
            self.plugin = plugin
            self.estimate = estimate
            self.dataBytes = dataBytes
        }
    }

    package struct Ended: Sendable, Codable, Equatable {
        package var number: Int
        package var result: AttemptResult
        /// Exact, by budget resource.
        package var used: [String: Amount]

        package init(number: Int, result: AttemptResult, used: [String: Amount]) {
            self.number = number
            self.result = result
            self.used = used
        }
    }

    package struct StageEnd: Sendable, Equatable {
        package var outcome: Outcome
        package var reason: String?
        package var cache: CacheState?
        package var metrics: [String: Double]
        package var outputValues: [String: JSONValue]
        package var artifacts: [Artifact]
        /// Of a stage that the gate refused after the run had begun.
        package var decision: GateDecision?

        package init(
            outcome: Outcome, reason: String? = nil, cache: CacheState? = nil, metrics: [String: Double] = [:],
            outputValues: [String: JSONValue] = [:], artifacts: [Artifact] = [], decision: GateDecision? = nil
        ) {
            self.outcome = outcome
            self.reason = reason
            self.cache = cache
            self.metrics = metrics
            self.outputValues = outputValues
            self.artifacts = artifacts
            self.decision = decision
        }
    }
}

/// How a run ended.
package enum RunOutcome: String, Sendable, Codable, CaseIterable { case succeeded, failed, refused, cancelled, lost }

/// Where a run stands, as the queue sees it.
package enum RunPhase: String, Sendable, Codable, CaseIterable { case queued, waiting, running, ended }

/// The judgement of one check.
package struct CheckResult: Sendable, Codable, Equatable {
    package enum Verdict: String, Sendable, Codable { case pass, fail, inconclusive, missing }

    package var metric: String
    package var value: Double?
    /// `>= 0.95`.
    package var limit: String
    package var baseline: Double?
    package var verdict: Verdict
    package var severity: Diagnostic.Severity
    /// Whether the stage fails because of it.
    package var isFatal: Bool

    package init(
        metric: String, value: Double?, limit: String, baseline: Double? = nil, verdict: Verdict,
        severity: Diagnostic.Severity, isFatal: Bool
    ) {
        self.metric = metric
        self.value = value
        self.limit = limit
        self.baseline = baseline
        self.verdict = verdict
        self.severity = severity
        self.isFatal = isFatal
    }
}
