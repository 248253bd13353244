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

    /// What is there or allowed: as it is, but for bytes, of which a tenth of their unit is shown and never more.
    static func stated(_ amount: Amount, _ resource: String) -> String {
        exact(isBytes(resource) ? roundedDown(amount, resource) : amount, resource)
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
        if isBytes(resource) { return wholeTenths(amount) }
        guard let step = step(amount, resource) else { return amount.roundedDown }
        return Amount(billionths: amount.billionths / step * step)
    }

    private static func isBytes(_ resource: String) -> Bool {
        ["memory", "disk", "egress", "storage", "network"].contains(resource)
    }

    /// The largest number of bytes that is written with no more than what `amount` has of the tenths of its unit.
    private static func wholeTenths(_ amount: Amount) -> Amount {
        let bytes = amount.billionths / Amount.unit
        guard let unit = units.first(where: { bytes >= $0.size }) else { return amount }
        return Amount(billionths: bytes * 10 / unit.size * unit.size / 10 * Amount.unit)
    }

    private static let units: [(name: String, size: Int128)] = [
        ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10),
    ]

    /// Billionths; nil where digits count, not units. Bytes are rounded where they are written; seconds count from ten on.
    private static func step(_ amount: Amount, _ resource: String) -> Int128? {
        switch resource {
        case _ where isBytes(resource): 1
        case "wall": amount.billionths < 10 * Amount.unit ? 1_000_000 : Amount.unit
        default: nil
        }
    }

    private static func bytes(_ amount: Amount) -> String {
        let bytes = amount.billionths / Amount.unit
        guard let unit = units.first(where: { bytes >= $0.size }) else { return "\(bytes)B" }
        let tenths = (bytes * 10 + unit.size - 1) / unit.size
        return "\(tenths / 10)" + (tenths % 10 == 0 ? "" : ".\(tenths % 10)") + unit.name
    }
}
