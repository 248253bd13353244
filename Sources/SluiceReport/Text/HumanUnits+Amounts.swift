package import SluiceModel

extension HumanUnits {
    /// Money: two digits, more where it is less than a hundredth: `0.40`, `12.50`, `0.0042`.
    package static func cost(_ amount: Amount) -> String {
        let value = amount.doubleValue
        if value != 0, value.magnitude < 0.00995 { return DecimalText.significant(value, digits: 2) }
        return DecimalText.fixed(value, places: 2)
    }

    /// An amount of a budget or pool resource in its own unit.
    package static func amount(_ amount: Amount, of resource: String) -> String {
        switch resource {
        case "cost": cost(amount)
        case "wall", "deadline": duration(amount.doubleValue)
        case "memory", "disk", "egress", "storage": bytes(of: amount)
        default: plain(amount)
        }
    }

    /// A number without a unit that is known: at most four significant digits, whole parts in full.
    package static func plain(_ amount: Amount) -> String {
        if let whole = amount.wholeValue { return String(whole) }
        return metric(amount.doubleValue)
    }

    private static func bytes(of amount: Amount) -> String {
        let whole = amount.billionths / Amount.unit
        return bytes(Int64(clamping: whole))
    }
}
