import SluiceModel

/// Attempts that executors hold for a runner that died, until the run that they belong to takes them up.
struct HeldAttempts {
    private var places: [String: (executor: any Executor, folder: String)] = [:]

    var stages: Set<String> { Set(places.keys) }

    mutating func add(_ stage: String, _ executor: any Executor, _ folder: String) {
        places[stage] = (executor, folder)
    }

    mutating func take(_ stage: String) { places[stage] = nil }

    /// Nobody wants what they make any more.
    mutating func endAll() {
        for (executor, folder) in places.values {
            executor.endLeftovers(of: folder)
            executor.forget(folder)
        }
        places = [:]
    }
}

extension Plan {
    /// Whether a stage still has a profile.
    func has(_ stage: String, _ profile: String) -> Bool {
        self.stage(named: stage)?.profiles.contains { $0.profile.name == profile } ?? false
    }
}
