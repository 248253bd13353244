/// What a call would take with a profile: half of all calls are faster than `p50` seconds, nine of ten than `p90`.
public struct ProfileEstimate: Hashable, Sendable {
    public var profile: String
    public var p50: Double
    public var p90: Double
    /// Bytes.
    public var memory: Int64?
    public var cost: Double?

    public init(_ profile: String, p50: Double, p90: Double, memory: Int64? = nil, cost: Double? = nil) {
        self.profile = profile
        self.p50 = p50
        self.p90 = p90
        self.memory = memory
        self.cost = cost
    }

    var json: JSON {
        .object(present: [
            "name": .string(profile), "duration_s": .object(["p50": .number(p50), "p90": .number(p90)]),
            "memory": memory.map(JSON.integer), "cost": cost.map(JSON.number),
        ])
    }
}
