/// A project's arcs as compressed rows, in both directions.
struct ArcTable {
    private(set) var predecessorAt: [Int32]
    private(set) var predecessors: [Int32]
    private(set) var successorAt: [Int32]
    private(set) var successors: [Int32] = []

    init(_ problem: ProjectProblem) {
        let count = problem.activities.count
        predecessorAt = [Int32](repeating: 0, count: count + 1)
        successorAt = [0]
        successorAt.reserveCapacity(count + 1)
        for activity in problem.activities {
            for successor in activity.successors {
                successors.append(Int32(truncatingIfNeeded: successor))
                predecessorAt[successor + 1] += 1
            }
            successorAt.append(Int32(truncatingIfNeeded: successors.count))
        }
        for activity in 0..<count { predecessorAt[activity + 1] += predecessorAt[activity] }
        predecessors = [Int32](repeating: 0, count: successors.count)
        var next = predecessorAt
        for activity in 0..<count {
            for edge in Int(successorAt[activity])..<Int(successorAt[activity + 1]) {
                let successor = Int(successors[edge])
                predecessors[Int(next[successor])] = Int32(truncatingIfNeeded: activity)
                next[successor] += 1
            }
        }
    }

    /// The first four of each row; what a shorter row lacks is the number of activities.
    static func firstFour(_ at: [Int32], _ row: [Int32]) -> [Int32] {
        let count = at.count - 1
        var four = [Int32](repeating: Int32(truncatingIfNeeded: count), count: 4 * count)
        for activity in 0..<count {
            let first = Int(at[activity])
            for place in 0..<min(4, Int(at[activity + 1]) - first) { four[4 * activity + place] = row[first + place] }
        }
        return four
    }
}
