import SluiceModel

/// Which instance of a matrix a `select` means.
enum BestInstance {
    /// Nothing to choose from: no instance ended well with the metric.
    struct None: Error {}

    /// The best by a metric; the first of equals. nil while one has not ended. Those that failed or do not have
    /// the metric do not count.
    static func find(
        among instances: [String], metric: String, direction: Direction, in results: [String: RunEvent.StageEnd]
    ) throws(None) -> String? {
        var best: (name: String, value: Double)?
        for instance in instances {
            guard let end = results[instance] else { return nil }
            guard end.outcome.isGood, let value = end.metrics[metric], !value.isNaN else { continue }
            guard let leader = best else {
                best = (instance, value)
                continue
            }
            if direction == .maximize ? value > leader.value : value < leader.value { best = (instance, value) }
        }
        guard let best else { throw None() }
        return best.name
    }
}
