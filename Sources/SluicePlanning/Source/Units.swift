import SluiceModel

/// Durations and sizes as people write them.
enum Units {
    /// `90s`, `1h30m`, `500ms`, `2d`: whole or decimal numbers with units, largest first, each unit once.
    static func duration(_ text: String) -> Duration? {
        var rest = Substring(text)
        var total: Int128 = 0
        var last = Int128.max
        while !rest.isEmpty {
            let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(number.count)
            let unit = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let scale = durationUnits[String(unit)], scale < last,
                let amount = Amount(decimal: number)
            else { return nil }
            last = scale
            total += amount.billionths * scale / Amount.unit
            guard total <= Int128(3_153_600_000_000) else { return nil }
        }
        return last == .max ? nil : .milliseconds(Int64(total))
    }

    /// Milliseconds.
    private static let durationUnits: [String: Int128] = [
        "ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000,
    ]

    /// `512MiB`, `2GB`, `100B`, `1.1GiB` in bytes, without what is left of a byte; nil for anything else, and for fractions
    /// in bytes themselves.
    static func size(_ text: some StringProtocol) -> Int64? {
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let scale = sizeUnits[String(text.dropFirst(number.count))], let amount = Amount(decimal: number)
        else { return nil }
        let (product, overflow) = amount.billionths.multipliedReportingOverflow(by: scale)
        guard !overflow, scale > 1 || product % Amount.unit == 0 else { return nil }
        return Int64(exactly: product / Amount.unit)
    }

    private static let sizeUnits: [String: Int128] = [
        "B": 1,
        "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40,
        "kB": 1000, "KB": 1000, "MB": 1_000_000, "GB": 1_000_000_000, "TB": 1_000_000_000_000,
    ]
}
