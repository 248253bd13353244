/// What held an attempt to its grant.
package struct Enforcement: Sendable, Codable, Equatable {
    package enum Mechanism: String, Sendable, Codable, CaseIterable {
        /// Control groups, the unified hierarchy.
        case cgroup2
        /// Control groups, a hierarchy for each controller.
        case cgroup1
        /// Limits of single processes, and a look at the process tree every now and then.
        case sampler
    }

    package var mechanism: Mechanism
    /// What the kernel does not let it exceed.
    package var kernel: [Overrun.Resource]
    /// What is looked at while it runs; above it the attempt is stopped.
    package var sampled: [Overrun.Resource]

    package init(mechanism: Mechanism, kernel: [Overrun.Resource], sampled: [Overrun.Resource]) {
        self.mechanism = mechanism
        self.kernel = kernel
        self.sampled = sampled
    }
}

/// How grants are enforced here, by the operator's choice.
package enum EnforcementChoice: String, Sendable, CaseIterable {
    /// Control groups where this process may make them, else by looking.
    case auto
    /// Always by looking at the process tree.
    case sampler
}

/// More than was granted: why an attempt ended as `overLimit`.
package struct Overrun: Sendable, Codable, Equatable, CustomStringConvertible {
    package enum Resource: String, Sendable, Codable, CaseIterable { case memory, cpus, processes, disk }

    package var resource: Resource
    /// Bytes, or a count.
    package var limit: Int64
    /// The most that was seen; equal to the limit where the kernel let it have no more.
    package var peak: Int64

    package init(resource: Resource, limit: Int64, peak: Int64) {
        self.resource = resource
        self.limit = limit
        self.peak = peak
    }

    /// `memory: 2.1 GiB of 2 GiB granted`; `memory: more than the 2 GiB granted` where it got no more.
    package var description: String {
        let (peak, limit) = (shown(peak), shown(limit))
        let amounts = peak == limit ? "more than the \(limit)" : "\(peak) of \(limit)"
        return "\(resource.rawValue): \(amounts) granted"
    }

    private func shown(_ amount: Int64) -> String {
        switch resource {
        case .memory, .disk: ByteCount.text(amount)
        case .cpus, .processes: String(amount)
        }
    }
}
