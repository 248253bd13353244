/// Why no plan can fit, in a form that a reader can check with exact arithmetic.
package enum RefusalCertificate: Sendable, Equatable {
    /// Every profile of the stage asks for more than some capacity.
    case request(stage: Int)
    /// Farkas weights by budget: even the smallest weighted use of every stage exceeds the weighted budgets.
    case weights([Int64])
    /// Stages that follow each other and, at their shortest, end after the deadline or the last one's window.
    case path([Int])
    /// Between these ticks the stages must hold more of the capacity than there is, however they are shifted (energetic
    /// reasoning, Baptiste, Le Pape and Nuijten 1999).
    case interval(capacity: Int, ticks: Range<Int>)
    /// Every choice was tried or excluded.
    case exhaustion(nodes: Int)
}
