import SluiceModel

/// Reads what a plugin answered to `estimate`. It may have said anything: only what makes sense is taken.
package enum PluginAnswer {
    /// Seconds; nothing that takes longer is waited for.
    private static let longest = 366.0 * 86_400
    private static let mostEntries = 1000

    /// By profile, and what is wrong with answers about `profiles`, for a person. Other profiles are passed over.
    package static func read(
        _ answer: JSONValue, about profiles: [String]
    ) -> (estimates: [String: PluginEstimate], faults: [String]) {
        guard case .array(let entries) = answer else { return ([:], ["its `profiles` is no list"]) }
        var estimates: [String: PluginEstimate] = [:]
        var faults: [String] = []
        for entry in entries.prefix(mostEntries) {
            guard let name = entry["name"]?.stringValue, profiles.contains(name) else { continue }
            if let estimate = estimate(entry) {
                estimates[name] = estimates[name] ?? estimate
            } else {
                faults.append("its times for profile `\(name)` are not 0 < p50 ≤ p90 ≤ a year, in seconds")
            }
        }
        return (estimates, faults)
    }

    private static func estimate(_ entry: JSONValue) -> PluginEstimate? {
        let duration = entry["duration_s"]
        guard let p50 = duration?["p50"]?.doubleValue, let p90 = duration?["p90"]?.doubleValue else { return nil }
        guard 0 < p50, p50 <= p90, p90 <= longest else { return nil }
        var memory: Int64?
        if case .integer(let bytes) = entry["memory"], bytes > 0 { memory = bytes }
        return PluginEstimate(p50: p50, p90: p90, memory: memory)
    }
}
