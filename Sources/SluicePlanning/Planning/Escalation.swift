import SluiceModel

/// What an attempt asks for after one that lacked resources: its grant times the policy's factors, never more than
/// the pool has. Whether it gets that is for the gate to say, as for every attempt.
package struct Escalation: Sendable, Equatable {
    package let before: Plan.PricedProfile
    package let after: Plan.PricedProfile
    /// Whether the policy would have raised it further than the pool goes.
    private let isCut: Bool

    /// nil when the pool has no more of anything that the policy would raise.
    package init?(of before: Plan.PricedProfile, by policy: RetryPolicy.Escalation, in plan: Plan) {
        guard let pool = plan.capacity(for: before.request) else { return nil }
        var request = before.request
        if let factor = policy.cpus { request.cpus = request.cpus.times(factor) }
        if let factor = policy.memory { request.memory = Self.raised(request.memory, by: factor) }
        if let factor = policy.disk { request.disk = request.disk.map { Self.raised($0, by: factor) } }
        let wanted = request
        request.cpus = max(before.request.cpus, min(wanted.cpus, pool.cpus))
        request.memory = max(before.request.memory, min(wanted.memory, pool.memory))
        request.disk = wanted.disk.map { max(before.request.disk ?? 0, min($0, pool.disk ?? .max)) }
        guard request != before.request else { return nil }
        isCut = request != wanted
        self.before = before
        after = before.granting(request)
    }

    private static func raised(_ bytes: Int64, by factor: Amount) -> Int64 {
        Int64(clamping: Int128(bytes) * factor.billionths / Amount.unit)
    }

    /// `memory 4 GiB instead of 2 GiB`, and whether the pool had no more.
    package var change: String {
        let (old, new) = (before.request, after.request)
        var parts: [String] = []
        if new.cpus != old.cpus { parts.append("cpus \(new.cpus) instead of \(old.cpus)") }
        if new.memory != old.memory { parts.append("memory \(Self.bytes(new.memory, instead: old.memory))") }
        if let disk = new.disk, let less = old.disk, disk != less {
            parts.append("disk \(Self.bytes(disk, instead: less))")
        }
        return parts.joined(separator: ", ") + (isCut ? ", which is all that the pool has" : "")
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
