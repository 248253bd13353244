/// How far reality may be from a plan before it is planned anew.
package enum Drift {
    /// As a share of the time that the plan expected for all that was left.
    package static let tolerated = 0.2

    /// Whether something that was planned to end `planned` after the plan was made, and ended at `actual` or still
    /// runs then, shows that a plan of length `span` does not hold. Equal units.
    package static func isTooFar(planned: Int, actual: Int, span: Int, hasEnded: Bool) -> Bool {
        let off = hasEnded ? abs(actual - planned) : actual - planned
        return off > allowance(span: span)
    }

    /// How much later than planned something may end.
    package static func allowance(span: Int) -> Int { Int((Double(span) * tolerated).rounded(.up)) }
}
