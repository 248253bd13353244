/// A resource-constrained project: activities in one of several modes, precedence, renewable capacities that are held
/// while an activity runs and non-renewable totals that the whole project spends. The makespan is minimised.
package struct ProjectProblem: Sendable, Equatable {
    package struct Mode: Sendable, Equatable {
        package var duration: Int
        /// By renewable resource, held while the activity runs.
        package var renewable: [Int]
        /// By non-renewable resource, spent once.
        package var nonrenewable: [Int]
        /// The pool in which it runs, where the project has several.
        package var pool: Int?

        package init(duration: Int, renewable: [Int] = [], nonrenewable: [Int] = [], pool: Int? = nil) {
            self.duration = duration
            self.renewable = renewable
            self.nonrenewable = nonrenewable
            self.pool = pool
        }
    }

    package struct Activity: Sendable, Equatable {
        package var modes: [Mode]
        /// Indices of the activities that start only when this one has ended.
        package var successors: [Int]
        /// The earliest tick at which it may start.
        package var release: Int
        /// The tick at or before which it ends.
        package var deadline: Int?

        package init(modes: [Mode], successors: [Int] = [], release: Int = 0, deadline: Int? = nil) {
            self.modes = modes
            self.successors = successors
            self.release = release
            self.deadline = deadline
        }

        /// Ticks of the fastest and of the slowest mode; 0 without modes.
        var shortest: Int { modes.isEmpty ? 0 : modes.reduce(.max) { min($0, $1.duration) } }
        var longest: Int { modes.reduce(0) { max($0, $1.duration) } }
    }

    package var activities: [Activity]
    package var renewable: [Int]
    package var nonrenewable: [Int]
    /// Names of the pools (hosts, partitions) among which modes choose; each has resources of its own.
    package var pools: [String]

    package init(
        activities: [Activity], renewable: [Int] = [], nonrenewable: [Int] = [], pools: [String] = []
    ) {
        self.activities = activities
        self.renewable = renewable
        self.nonrenewable = nonrenewable
        self.pools = pools
    }

    package var isMultiMode: Bool { activities.contains { $0.modes.count > 1 } }
}

/// Why a project has no meaning or is beyond what the scheduler takes on. Activities are numbered from 1, as in files.
package enum ProjectProblemError: Error, Sendable, Equatable, CustomStringConvertible {
    case noModes(activity: Int)
    case unknownSuccessor(activity: Int, successor: Int)
    /// Activities in the order in which they wait for each other; the last one precedes the first.
    case cycle([Int])
    case negative(what: String, activity: Int)
    case negativeCapacity(resource: Int)
    case wrongCount(activity: Int, mode: Int)
    case tooLong(horizon: Int)
    case tooLarge(what: String)

    package var description: String {
        switch self {
        case .noModes(let activity): "activity \(activity) has no mode"
        case .unknownSuccessor(let activity, let successor):
            "activity \(activity) names successor \(successor), which does not exist"
        case .cycle(let activities): "activities \(Self.circle(activities)) are a circle of successors"
        case .negative(let what, let activity): "\(what) of activity \(activity) is negative"
        case .negativeCapacity(let resource): "the capacity of resource \(resource) is negative"
        case .wrongCount(let activity, let mode):
            "mode \(mode) of activity \(activity) lists another number of requests than there are resources"
        case .tooLong(let horizon): "the durations add up to \(horizon) ticks or more: choose a coarser grid"
        case .tooLarge(let what): "\(what) is too large: choose a coarser scale"
        }
    }
    private static let longestCircle = 8

    /// `3 → 7 → 3`
    package static func circle(_ activities: [Int]) -> String {
        let shown = activities.prefix(longestCircle).map { "\($0)" }
        let rest = activities.count > longestCircle ? ["…"] : []
        return (shown + rest + [activities.first.map { "\($0)" } ?? ""]).joined(separator: " → ")
    }
}
