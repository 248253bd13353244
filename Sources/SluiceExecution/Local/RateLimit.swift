/// A token bucket: so many a second on average, with bursts of the same size.
struct RateLimit {
    private let perSecond: Double
    private let burst: Double
    private var tokens: Double
    private var last: Int64

    /// `now` in milliseconds of any clock that does not go back.
    init(perSecond: Int, burst: Int? = nil, now: Int64) {
        self.perSecond = Double(max(0, perSecond))
        self.burst = Double(burst ?? max(0, perSecond))
        tokens = self.burst
        last = now
    }

    mutating func take(_ now: Int64) -> Bool {
        tokens = min(burst, tokens + Double(max(0, now - last)) / 1000 * perSecond)
        last = max(last, now)
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }
}
