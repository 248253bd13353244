import SluiceModel

extension HumanUnits {
    /// Money: two digits, more where it is less than a hundredth: `0.40`, `12.50`, `0.0042`.
    package static func cost(_ amount: Amount) -> String {
        let value = amount.doubleValue
        if value != 0, value.magnitude < 0.00995 { return DecimalText.plain(amount, digits: 2) }
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

    /// To the last digit, so that a person can add them up: `41.25 s`, `3 MiB`, `1025 B`.
    package static func inFull(_ amount: Amount, of resource: String) -> String {
        switch resource {
        case "wall", "deadline": amount.description + " s"
        case "memory", "disk", "egress", "storage": bytesInFull(amount)
        default: amount.description
        }
    }

    /// In the largest unit of which it is a whole number.
    private static func bytesInFull(_ amount: Amount) -> String {
        var (rest, unit) = (amount.wholeValue ?? 0, "B")
        for larger in ["KiB", "MiB", "GiB", "TiB"] where rest != 0 && rest % 1024 == 0 {
            (rest, unit) = (rest / 1024, larger)
        }
        return rest == 0 ? amount.description + " B" : "\(rest) \(unit)"
    }

    /// A number without a unit that is known: at most four significant digits, whole parts in full.
    package static func plain(_ amount: Amount) -> String {
        if let whole = amount.wholeValue { return String(whole) }
        return DecimalText.plain(amount, digits: 3)
    }

    /// An amount that a person may write down as a limit: never less than it is, in units that a pipeline knows.
    package static func exact(_ amount: Amount, of resource: String) -> String {
        switch resource {
        case "cost": amount.billionths % (Amount.unit / 100) == 0 ? cost(amount) : amount.description
        case "wall", "deadline": wholeSeconds(amount)
        case "memory", "disk", "egress", "storage": wholeMebibytes(amount)
        default: amount.description
        }
    }

    /// As `exact`, without the digits that nobody takes in: rounded up to three of them, to the hundredth at least.
    package static func atLeast(_ amount: Amount, of resource: String) -> String {
        exact(amount.roundedUp, of: resource)
    }

    /// `1h03m10s`, rounded up.
    private static func wholeSeconds(_ amount: Amount) -> String {
        let seconds = roundedUp(amount, to: Amount.unit)
        let parts = [(seconds / 3600, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")].filter { $0.0 > 0 }
        return parts.isEmpty ? "0s" : parts.map { "\($0.0)\($0.1)" }.joined()
    }

    private static func wholeMebibytes(_ amount: Amount) -> String {
        let bytes = roundedUp(amount, to: Amount.unit)
        if bytes < 1 << 20 { return "\(bytes) B" }
        let mebibytes = roundedUp(amount, to: Amount.unit << 20)
        return mebibytes % 1024 == 0 ? "\(mebibytes / 1024)GiB" : "\(mebibytes)MiB"
    }

    private static func roundedUp(_ amount: Amount, to unit: Int128) -> Int128 {
        (max(0, amount.billionths) + unit - 1) / unit
    }

    private static func bytes(of amount: Amount) -> String {
        let whole = amount.billionths / Amount.unit
        return bytes(Int64(clamping: whole))
    }
}
