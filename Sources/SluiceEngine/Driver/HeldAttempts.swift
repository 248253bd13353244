import SluiceModel

/// Attempts that executors hold for a runner that died, until the run that they belong to takes them up.
struct HeldAttempts {
    private var places: [String: (executor: any Executor, folder: AttemptFolder)] = [:]

    var stages: Set<String> { Set(places.keys) }

    mutating func add(_ stage: String, _ executor: any Executor, _ folder: AttemptFolder) {
        places[stage] = (executor, folder)
    }

    mutating func take(_ stage: String) -> AttemptFolder? { places.removeValue(forKey: stage)?.folder }

    /// Nobody wants what they make any more.
    mutating func endAll(in workspaces: any Workspaces) {
        for (executor, folder) in places.values { workspaces.abandon(folder, by: executor) }
        places = [:]
    }
}

extension Workspaces {
    /// Ends what an attempt left running whose runner died, and keeps of it what is kept of a failure.
    package func abandon(_ folder: AttemptFolder, by executor: any Executor) {
        executor.endLeftovers(of: folder.name)
        executor.forget(folder.name)
        // What stays elsewhere is named by the record.
        try? bringHome(folder)
        discard(folder, keepingOutputs: true)
    }
}

extension Plan {
    /// Whether a stage still has a profile.
    func has(_ stage: String, _ profile: String) -> Bool {
        self.stage(named: stage)?.profiles.contains { $0.profile.name == profile } ?? false
    }
}
