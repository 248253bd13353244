import SluiceModel

/// Amounts of a resource within a sentence: money and hours as decimals, bytes and seconds with their unit.
enum AmountText {
    /// As it is.
    static func exact(_ amount: Amount, _ resource: String) -> String {
        switch resource {
        case "wall": DurationText.short(milliseconds: Int64(clamping: amount.billionths / 1_000_000))
        case "memory", "disk", "egress", "storage": bytes(amount)
        case "network": bytes(amount) + "/s"
        default: amount.description
        }
    }

    /// Rounded up to three digits that a person takes in, to the hundredth at least: what is named suffices.
    static func up(_ amount: Amount, _ resource: String) -> String { exact(roundedUp(amount, resource), resource) }

    /// The same, downwards: no more is named than there is.
    static func down(_ amount: Amount, _ resource: String) -> String { exact(roundedDown(amount, resource), resource) }

    static func roundedUp(_ amount: Amount, _ resource: String) -> Amount {
        guard let step = step(amount, resource) else { return amount.roundedUp }
        return Amount(billionths: (amount.billionths + step - 1) / step * step)
    }

    /// As `roundedUp`, downwards: no more than there is.
    static func roundedDown(_ amount: Amount, _ resource: String) -> Amount {
        guard let step = step(amount, resource) else { return amount.roundedDown }
        return Amount(billionths: amount.billionths / step * step)
    }

    /// Billionths; nil where digits count, not units. Bytes are rounded where they are written; seconds count from ten on.
    private static func step(_ amount: Amount, _ resource: String) -> Int128? {
        switch resource {
        case "memory", "disk", "egress", "storage", "network": 1
        case "wall": amount.billionths < 10 * Amount.unit ? 1_000_000 : Amount.unit
        default: nil
        }
    }

    private static func bytes(_ amount: Amount) -> String {
        let bytes = Int64(clamping: amount.billionths / Amount.unit)
        let units: [(name: String, shift: Int64)] = [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)]
        guard let unit = units.first(where: { bytes >= 1 << $0.shift }) else { return "\(bytes)B" }
        let tenths = (Int128(bytes) * 10 + (1 << unit.shift) - 1) >> unit.shift
        return "\(tenths / 10)" + (tenths % 10 == 0 ? "" : ".\(tenths % 10)") + unit.name
    }
}
