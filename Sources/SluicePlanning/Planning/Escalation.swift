import SluiceModel

/// What an attempt asks for after one that lacked resources: its grant times the policy's factors, never more than
/// the pool has. Whether it gets that is for the gate to say, as for every attempt.
package struct Escalation: Sendable, Equatable {
    package let before: Plan.PricedProfile
    package let after: Plan.PricedProfile

    /// nil when the pool has no more of anything that the policy would raise.
    package init?(of before: Plan.PricedProfile, by policy: RetryPolicy.Escalation, in plan: Plan) {
        guard let pool = plan.capacity(for: before.request) else { return nil }
        var request = before.request
        if let factor = policy.cpus { request.cpus = max(request.cpus, min(request.cpus.times(factor), pool.cpus)) }
        if let factor = policy.memory {
            request.memory = Self.raised(request.memory, by: factor, atMost: pool.memory)
        }
        if let factor = policy.disk, let disk = request.disk {
            request.disk = Self.raised(disk, by: factor, atMost: pool.disk ?? .max)
        }
        guard request != before.request else { return nil }
        self.before = before
        after = before.granting(request)
    }

    private static func raised(_ bytes: Int64, by factor: Amount, atMost most: Int64) -> Int64 {
        let wanted = Int128(bytes) * factor.billionths / Amount.unit
        return max(bytes, min(Int64(clamping: wanted), most))
    }

    /// `memory 4 GiB instead of 2 GiB`.
    package var change: String {
        let (old, new) = (before.request, after.request)
        var parts: [String] = []
        if new.cpus != old.cpus { parts.append("cpus \(new.cpus) instead of \(old.cpus)") }
        if new.memory != old.memory { parts.append("memory \(Self.bytes(new.memory, instead: old.memory))") }
        if let disk = new.disk, let less = old.disk, disk != less {
            parts.append("disk \(Self.bytes(disk, instead: less))")
        }
        return parts.joined(separator: ", ")
    }

    /// `0.2 memory_gib_hours (0.1 before), cost 0.05` for the time that the stage is expected to take.
    package var price: String {
        let resources = after.use.keys.sorted { $0.rawValue < $1.rawValue }
        let parts = resources.compactMap { resource -> String? in
            guard let new = after.use[resource], new > .zero else { return nil }
            let old = before.use[resource] ?? .zero
            let amount = "\(resource.rawValue) \(AmountText.up(new, resource.rawValue))"
            return new == old ? amount : amount + " (before: \(AmountText.up(old, resource.rawValue)))"
        }
        return parts.isEmpty ? "nothing that is counted" : parts.joined(separator: ", ")
    }

    private static func bytes(_ new: Int64, instead old: Int64) -> String {
        "\(ByteCount.text(new)) instead of \(ByteCount.text(old))"
    }
}

extension Plan.PricedProfile {
    /// The same with another request: what it would use follows.
    package func granting(_ request: ResourceRequest) -> Plan.PricedProfile {
        var copy = self
        copy.request = request
        copy.use = Pricing.use(of: request, price: price, by: profile, for: estimate.duration)
        return copy
    }
}

extension Amount {
    fileprivate func times(_ factor: Amount) -> Amount {
        Amount(billionths: billionths * factor.billionths / Amount.unit)
    }
}
