import SluiceModel

/// `sluice optimize gate --json`: the keys of a decision at the top level, and what is known besides.
package struct GateJSON: Encodable {
    /// One point of a what-if curve; no objective where it would be refused.
    package struct WhatIf: Sendable, Encodable {
        package var limit: String
        package var value: Amount
        package var objective: GateDecision.Objective?
        package var isProved: Bool

        package init(limit: String, value: Amount, objective: GateDecision.Objective?, isProved: Bool) {
            self.limit = limit
            self.value = value
            self.objective = objective
            self.isProved = isProved
        }

        private enum Keys: String, CodingKey { case limit, value, objective, proved }

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Keys.self)
            try container.encode(limit, forKey: .limit)
            try container.encode(value, forKey: .value)
            try container.encode(OrNull(objective), forKey: .objective)
            try container.encode(isProved, forKey: .proved)
        }
    }

    private let decision: DecisionJSON
    private let choice: [String: String]
    private let start: [String: Amount]
    private let whatIf: [WhatIf]
    private let certificate: JSONValue?
    private let leastExtra: [GateDecision.Fix]
    private let seconds: Double

    package init(
        _ decision: GateDecision, choice: [String: String], start: [String: Amount], whatIf: [WhatIf],
        certificate: JSONValue?, leastExtra: [GateDecision.Fix], seconds: Double
    ) {
        self.decision = DecisionJSON(decision)
        self.choice = choice
        self.start = start
        self.whatIf = whatIf
        self.certificate = certificate
        self.leastExtra = leastExtra
        self.seconds = seconds
    }

    private enum Keys: String, CodingKey {
        case schema, choice, start, certificate
        case whatIf = "what_if"
        case leastExtra = "least_extra"
        case seconds = "time_s"
    }

    package func encode(to encoder: any Encoder) throws {
        try decision.encode(to: encoder)
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode("sluice.gate/v1", forKey: .schema)
        try container.encode(choice, forKey: .choice)
        try container.encode(start, forKey: .start)
        try container.encode(whatIf, forKey: .whatIf)
        try container.encode(OrNull(certificate), forKey: .certificate)
        try container.encode(leastExtra, forKey: .leastExtra)
        try container.encode(seconds, forKey: .seconds)
    }
}
