/// Why no plan can fit, in a form that a reader can check with exact arithmetic.
package enum RefusalCertificate: Sendable, Equatable {
    /// Every profile of the stage asks for more than some capacity.
    case request(stage: Int)
    /// Farkas weights by budget: even the smallest weighted use of every stage exceeds the weighted budgets.
    case weights([Int64])
    /// Stages that follow each other and, at their shortest, end after the deadline or the last one's window.
    case path([Int])
    /// Work by capacity: the smallest duration times demand exceeds capacity times the time to the deadline.
    case energy(capacity: Int)
    /// Every choice was tried or excluded.
    case exhaustion(nodes: Int)
}
