/// Durations as a pipeline file writes them: `30d`, `1h30m`, `90s`, `250ms`.
package enum DurationText {
    package static func short(_ duration: Duration) -> String { short(milliseconds: duration.wholeMilliseconds) }

    package static func short(milliseconds: Int64) -> String {
        let units: [(name: String, size: Int64)] = [
            ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
        ]
        var rest = max(0, milliseconds)
        var parts: [String] = []
        for unit in units where rest >= unit.size {
            parts.append("\(rest / unit.size)\(unit.name)")
            rest %= unit.size
        }
        return parts.isEmpty ? "0s" : parts.joined()
    }
}
