/// What the gate decided and why.
package struct GateAnswer: Sendable, Equatable {
    /// The first of the three that takes part in the conflict.
    package enum Reason: String, Sendable, Equatable { case capacity, budget, deadline }

    package enum Verdict: Sendable, Equatable {
        case admit
        /// A chosen profile is marked degraded or has a larger penalty than the stage's smallest.
        case degrade
        case refuse(Reason)
    }

    /// A limit of the problem; indices as in the problem.
    package enum LimitName: Sendable, Hashable {
        case budget(Int)
        case capacity(Int)
        case deadline
        /// The window of this stage; named only where windows alone cannot be kept.
        case window(Int)
    }

    package struct Objective: Sendable, Equatable {
        package var penalty: Int64
        package var cost: Int64
        package var makespan: Int

        package func value(of goal: GateProblem.Goal) -> Int64 {
            switch goal {
            case .penalty: penalty
            case .cost: cost
            case .makespan: Int64(makespan)
            }
        }
    }

    /// The smallest value of one limit that alone makes the plan fit; `to` is nil where no value does.
    package struct Fix: Sendable, Equatable {
        package var limit: LimitName
        package var from: Int64
        package var to: Int64?
        /// Whether `to` is proved to be the smallest.
        package var isProved: Bool
    }

    /// "At least `needed`, `available` there."
    package struct Shortage: Sendable, Equatable {
        package var limit: LimitName
        package var needed: Int64
        package var available: Int64
        /// Where a capacity is short, in ticks; nil when it is short for a stage alone, at any time.
        package var interval: Range<Int>?
        /// True when this limit breaks even if all others were lifted.
        package var isAlone: Bool
        /// The stages that need most of it, most first, at most three.
        package var stages: [Int]
    }

    package var verdict: Verdict
    /// A profile index per stage; empty when refused.
    package var choice: [Int]
    /// A start tick per stage; empty when refused.
    package var start: [Int]
    package var objective: Objective?
    /// Lower bound of the first goal that is not proved (of the last goal when all are); nil when refused.
    package var bound: Int64?
    /// Value minus bound of that goal; 0 when every goal is proved.
    package var gap: Int64
    /// The goal that `bound` speaks of.
    package var boundGoal: GateProblem.Goal?
    /// Whether the optimum, or the refusal, is proved.
    package var isProved: Bool
    package var method: String
    /// A minimal set of limits that cannot hold together.
    package var conflict: [LimitName]
    package var fixes: [Fix]
    /// Limits that mend it when all are raised, where none does alone and each has a least value of its own.
    package var together: [Fix]
    /// Of every limit involved, those of the conflict first.
    package var shortages: [Shortage]
    package var certificate: RefusalCertificate?
}
