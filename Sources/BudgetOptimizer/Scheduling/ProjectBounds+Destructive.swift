/// The destructive bound (Klein and Scholl 1999): what cannot end by a tick ends later.
extension ProjectBounds {
    /// The least makespan that is not refuted, from `known` (a bound) up to `upper` (a schedule's makespan). `work`
    /// bounds the interval sums; a search that runs out of it is just a weaker bound.
    func destructive(from known: Int, upTo upper: Int, work: Int) -> Int {
        var bound = known
        var step = 1
        var left = work
        while bound < upper, left > 0 {
            let end = min(upper - 1, bound + step - 1)
            var windows = StartWindows(self, endingBy: end, work: left)
            let isRefuted = windows.isRefuted()
            left = windows.work
            if isRefuted {
                bound = end + 1
                step *= 2
            } else if step == 1 {
                break
            } else {
                step = 1
            }
        }
        return bound
    }

    /// Whether no schedule of any length keeps the activities' deadlines.
    func refutesDeadlines(work: Int) -> Bool {
        guard problem.activities.contains(where: { $0.deadline != nil }) else { return false }
        let longest = problem.activities.reduce(0) { $0 + $1.longest + $1.release }
        var windows = StartWindows(self, endingBy: longest, work: work)
        return windows.isRefuted()
    }
}
