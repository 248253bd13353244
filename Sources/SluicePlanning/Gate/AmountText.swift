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

    /// Rounded up to four digits behind the point, so that what is named suffices.
    static func up(_ amount: Amount, _ resource: String) -> String {
        let step: Int128 = 100_000
        guard amount.billionths > step else { return exact(amount, resource) }
        return exact(Amount(billionths: (amount.billionths + step - 1) / step * step), resource)
    }

    private static func bytes(_ amount: Amount) -> String {
        let bytes = Int64(clamping: amount.billionths / Amount.unit)
        let units: [(name: String, shift: Int64)] = [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)]
        guard let unit = units.first(where: { bytes >= 1 << $0.shift }) else { return "\(bytes)B" }
        let tenths = (Int128(bytes) * 10 + (1 << unit.shift) - 1) >> unit.shift
        return "\(tenths / 10)" + (tenths % 10 == 0 ? "" : ".\(tenths % 10)") + unit.name
    }
}
