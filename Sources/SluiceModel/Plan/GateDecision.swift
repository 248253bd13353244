/// Whether something may start, with everything that explains it. Encodes as the `decision` of the JSON shapes.
package struct GateDecision: Sendable, Codable, Equatable {
    package enum Verdict: String, Sendable, Codable { case admit, degrade, wait, refuse }
    package enum Reason: String, Sendable, Codable { case capacity, budget, deadline, policy }

    package var verdict: Verdict
    /// Of a single stage's decision.
    package var profile: String?
    package var reason: Reason?
    package var limits: [Limit]
    /// Names of limits, `deadline`, `capacity:NAME`.
    package var conflict: [String]
    package var fixes: [Fix]
    package var method: String
    package var objective: Objective?
    package var bound: Double?
    package var gap: Double?
    /// At most four lines for a person.
    package var explanation: [String]
    /// Of a `wait`: who holds what is asked for.
    package var holders: [Holder]?
    /// Of a `wait`: the soonest moment at which it may fit; nil where nobody can say.
    package var until: Timestamp?

    package init(
        verdict: Verdict, profile: String? = nil, reason: Reason? = nil, limits: [Limit] = [],
        conflict: [String] = [], fixes: [Fix] = [], method: String, objective: Objective? = nil,
        bound: Double? = nil, gap: Double? = nil, explanation: [String] = []
    ) {
        self.verdict = verdict
        self.profile = profile
        self.reason = reason
        self.limits = limits
        self.conflict = conflict
        self.fixes = fixes
        self.method = method
        self.objective = objective
        self.bound = bound
        self.gap = gap
        self.explanation = explanation
    }

    /// A refusal by rule, not by arithmetic.
    package static func policy(_ explanation: String) -> GateDecision {
        GateDecision(
            verdict: .refuse, reason: .policy, conflict: ["policy"], method: "rule", explanation: [explanation])
    }

    package struct Limit: Sendable, Codable, Equatable {
        /// `run`, `pool`, or the account's name.
        package var scope: String
        package var resource: String
        package var limit: Amount
        package var used: Amount
        package var reserved: Amount
        package var asked: Amount
        package var left: Amount

        package init(
            scope: String, resource: String, limit: Amount, used: Amount, reserved: Amount, asked: Amount,
            left: Amount
        ) {
            self.scope = scope
            self.resource = resource
            self.limit = limit
            self.used = used
            self.reserved = reserved
            self.asked = asked
            self.left = left
        }

        /// Where it is overdrawn there is room for nothing, which is what many stages ask of it.
        package var hasRoom: Bool { asked <= max(.zero, left) }
    }

    /// A run that holds some of an account.
    package struct Holder: Sendable, Codable, Equatable {
        package var run: RunID
        package var pipeline: String
        /// The account.
        package var scope: String
        package var resource: String
        package var amount: Amount
        /// When its run is expected to end.
        package var until: Timestamp

        package init(
            run: RunID, pipeline: String, scope: String, resource: String, amount: Amount, until: Timestamp
        ) {
            self.run = run
            self.pipeline = pipeline
            self.scope = scope
            self.resource = resource
            self.amount = amount
            self.until = until
        }
    }

    package struct Fix: Sendable, Codable, Equatable {
        package var limit: String
        package var from: Amount
        /// nil: no value of this limit alone helps. Written as `null`.
        package var to: Amount?

        package init(limit: String, from: Amount, to: Amount?) {
            self.limit = limit
            self.from = from
            self.to = to
        }

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(limit, forKey: .limit)
            try container.encode(from, forKey: .from)
            try container.encode(to, forKey: .to)
        }
    }

    package struct Objective: Sendable, Codable, Equatable {
        package var penalty: Amount
        package var cost: Amount
        /// Seconds.
        package var makespan: Double

        package init(penalty: Amount, cost: Amount, makespan: Double) {
            self.penalty = penalty
            self.cost = cost
            self.makespan = makespan
        }

        private enum CodingKeys: String, CodingKey {
            case penalty, cost
            case makespan = "makespan_s"
        }
    }

    package var isAdmitted: Bool { verdict == .admit || verdict == .degrade }
}
