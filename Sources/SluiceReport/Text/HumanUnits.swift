import SluiceModel

/// Quantities as people read them.
package enum HumanUnits {
    /// `350ms`, `1.2s`, `42s`, `4m 05s`, `12 min`, `1h 03m`, `2d 04h`.
    package static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite else { return "?" }
        if seconds < 0 { return "-" + duration(-seconds) }
        if seconds < 0.9995 { return seconds == 0 ? "0s" : DecimalText.fixed(seconds * 1000, places: 0) + "ms" }
        if seconds < 9.95 { return DecimalText.trimmed(DecimalText.fixed(seconds, places: 1)) + "s" }
        let whole = Int64(min(seconds, 1e15).rounded())
        switch whole {
        case ..<60: return "\(whole)s"
        case ..<600: return whole % 60 == 0 ? "\(whole / 60) min" : "\(whole / 60)m \(twoDigits(whole % 60))s"
        case ..<3570: return "\((whole + 30) / 60) min"
        case ..<172_800: return pair((whole + 30) / 60, of: 60, "h", "m")
        default: return pair((whole + 1800) / 3600, of: 24, "d", "h")
        }
    }

    package static func duration(_ duration: Duration) -> String { self.duration(duration.inSeconds) }

    /// A running clock of steady width: `0:42`, `12:03`, `1:02:03`.
    package static func clock(_ seconds: Double) -> String {
        let whole = Int64(max(0, min(seconds.isFinite ? seconds : 0, 1e15)))
        let minutes = whole / 60 % 60
        let head = whole >= 3600 ? "\(whole / 3600):\(twoDigits(minutes))" : "\(minutes)"
        return head + ":" + twoDigits(whole % 60)
    }

    /// `512 B`, `1.5 GiB`.
    package static func bytes(_ count: Int64) -> String {
        if count < 0 { return "-" + bytes(-max(count, -Int64.max)) }
        guard count >= 1024 else { return "\(count) B" }
        var size = Double(count) / 1024
        for unit in ["KiB", "MiB", "GiB", "TiB"] {
            if size < 1023.5 { return scaled(size) + " " + unit }
            size /= 1024
        }
        return scaled(size) + " PiB"
    }

    /// `just now`, `3 min ago`, `in 2h`.
    package static func relative(_ time: Timestamp, now: Timestamp) -> String {
        let seconds = now.seconds(since: time)
        if seconds.magnitude < 5 { return "just now" }
        let distance = coarse(seconds.magnitude)
        return seconds > 0 ? distance + " ago" : "in " + distance
    }

    /// `2026-01-31 23:59:59`, in UTC.
    package static func moment(_ time: Timestamp) -> String {
        let text = time.description
        guard let middle = text.firstIndex(of: "T") else { return text }
        return text[..<middle] + " " + text[text.index(after: middle)...].prefix(8)
    }

    /// The same without the day, where that is the day of `earlier`.
    package static func moment(_ time: Timestamp, after earlier: Timestamp) -> String {
        let text = moment(time)
        return text.prefix(10) == moment(earlier).prefix(10) ? String(text.dropFirst(11)) : text
    }

    /// `98%`, `99.5%`, `<1%`; of a share between 0 and 1.
    package static func percent(_ share: Double) -> String {
        guard share.isFinite else { return "?" }
        let value = share * 100
        if value > 0, value < 1 { return "<1%" }
        let isNearlyAll = value > 99 && value < 100
        return (isNearlyAll ? DecimalText.fixed(min(value, 99.9), places: 1) : DecimalText.fixed(value, places: 0))
            + "%"
    }

    /// A metric's value with at most four significant digits; whole numbers as they are.
    package static func metric(_ value: Double) -> String {
        if let whole = Int64(exactly: value), whole.magnitude < 1_000_000_000_000_000 { return String(whole) }
        return DecimalText.significant(value, digits: value.magnitude >= 1000 ? 6 : 4)
    }

    /// A number of a model without the noise of its last binary digits: `1.4`, `-0.2`, `2`.
    package static func number(_ value: Double) -> String { DecimalText.significant(value, digits: 12) }

    /// `×1.2`, `×0.98`, `×<0.01`; how many times as much.
    package static func factor(_ ratio: Double) -> String {
        guard ratio.isFinite else { return "?" }
        return ratio > 0 && ratio < 0.01 ? "×<0.01" : "×" + DecimalText.significant(ratio, digits: 2)
    }

    /// `1 stage`, `2 stages`.
    package static func count(_ number: Int, _ noun: String) -> String {
        number == 1 ? "1 \(noun)" : "\(number) \(noun)s"
    }

    /// `1 cpu`, `0.5 cpus`.
    package static func count(_ amount: Amount, _ noun: String) -> String {
        amount == Amount(1) ? "1 \(noun)" : "\(amount) \(noun)s"
    }

    /// `2 cpus, 4 GiB, 1 gpu`.
    package static func request(_ request: ResourceRequest) -> String {
        "\(count(request.cpus, "cpu")), \(bytes(request.memory)), \(count(Amount(request.gpus), "gpu"))"
    }

    private static func coarse(_ seconds: Double) -> String {
        let whole = Int64(min(seconds, 1e15))
        switch whole {
        case ..<60: return "\(whole)s"
        case ..<3600: return "\(whole / 60) min"
        case ..<172_800: return "\(whole / 3600)h"
        default: return "\(whole / 86_400)d"
        }
    }

    private static func pair(_ total: Int64, of size: Int64, _ large: String, _ small: String) -> String {
        let rest = total % size
        return rest == 0 ? "\(total / size)\(large)" : "\(total / size)\(large) \(twoDigits(rest))\(small)"
    }

    private static func scaled(_ size: Double) -> String {
        DecimalText.trimmed(DecimalText.fixed(size, places: size < 99.95 ? 1 : 0))
    }

    private static func twoDigits(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
