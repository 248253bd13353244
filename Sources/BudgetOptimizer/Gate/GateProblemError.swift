/// Why a problem has no meaning. It is a defect of the input, never a verdict.
package enum GateProblemError: Error, Sendable, Equatable, CustomStringConvertible {
    case noProfiles(stage: String)
    case unknownNeed(stage: String, index: Int)
    /// The names of stages that need each other, in order.
    case cycle([String])
    case negative(what: String, of: String)
    /// A profile lists another number of amounts than there are budgets or capacities.
    case wrongCount(what: String, of: String, expected: Int, found: Int)
    /// The plan's sum could leave 64 bits.
    case tooLarge(what: String)

    package var description: String {
        switch self {
        case .noProfiles(let stage): "stage '\(stage)' has no profile"
        case .unknownNeed(let stage, let index): "stage '\(stage)' needs stage number \(index), which does not exist"
        case .cycle(let names): "stages need each other in a circle: \(names.joined(separator: " → "))"
        case .negative(let what, let owner): "\(what) of \(owner) is negative"
        case .wrongCount(let what, let owner, let expected, let found):
            "\(owner) lists \(found) amounts of \(what), expected \(expected)"
        case .tooLarge(let what): "the sum of \(what) over all stages is too large: choose a coarser scale"
        }
    }
}
