/// An exact decimal with nine fractional digits: money, hours, cores. `0.1 + 0.2` is `0.3`.
///
/// Held as whole billionths in 128 bits, so sums of anything a file can say do not overflow.
package struct Amount: Hashable, Sendable, Comparable {
    package var billionths: Int128

    package static let unit: Int128 = 1_000_000_000
    package static let zero = Amount(billionths: 0)

    package init(billionths: Int128) { self.billionths = billionths }
    package init(_ whole: Int64) { billionths = Int128(whole) * Self.unit }

    /// Reads `12`, `-0.05`, `1.5e3`; nil for anything else, for more than nine fractional digits that matter,
    /// and for magnitudes of 10^18 and more.
    package init?(decimal text: some StringProtocol) {
        guard let value = DecimalReader.billionths(text) else { return nil }
        billionths = value
    }

    /// Reads what `description` wrote, which may be a sum of larger ones: anything that 128 bits hold.
    package init?(written text: some StringProtocol) {
        guard let value = DecimalReader.billionths(text, digits: 38) else { return nil }
        billionths = value
    }

    /// Seconds, rounded up to the next millisecond; nothing where the number is none.
    package init(seconds: Double) {
        let milliseconds = (max(0, seconds.isFinite ? seconds : 0) * 1000).rounded(.up)
        billionths = Int128(milliseconds) * (Self.unit / 1000)
    }

    package var doubleValue: Double { Double(billionths) / 1e9 }

    /// The whole part when there is no fraction.
    package var wholeValue: Int64? {
        billionths % Self.unit == 0 ? Int64(exactly: billionths / Self.unit) : nil
    }

    /// With three digits, to the hundredth at least, and never less than it is: what a person takes in.
    package var roundedUp: Amount {
        let step = readableStep
        return Amount(billionths: (billionths + step - 1) / step * step)
    }

    /// As `roundedUp`, downwards: no more than there is.
    package var roundedDown: Amount { Amount(billionths: billionths / readableStep * readableStep) }

    private var readableStep: Int128 {
        var step: Int128 = 1
        while step * 1000 <= billionths, step < Self.unit / 100 { step *= 10 }
        return step
    }

    package static func < (left: Self, right: Self) -> Bool { left.billionths < right.billionths }
    package static func + (left: Self, right: Self) -> Self { Self(billionths: left.billionths + right.billionths) }
    package static func - (left: Self, right: Self) -> Self { Self(billionths: left.billionths - right.billionths) }
    package static func += (left: inout Self, right: Self) { left.billionths += right.billionths }
    package static prefix func - (value: Self) -> Self { Self(billionths: -value.billionths) }

    /// `rate` per hour over a duration, rounded up to the next billionth: what is promised is never less than
    /// what is used.
    package static func accrued(perHour rate: Amount, milliseconds: Int64) -> Amount {
        let hour: Int128 = 3_600_000
        // In two parts, because the largest rate times the longest time leaves 128 bits.
        let (whole, part) = rate.billionths.quotientAndRemainder(dividingBy: hour)
        let rest = part * Int128(milliseconds)
        return Amount(billionths: whole * Int128(milliseconds) + (rest > 0 ? (rest + hour - 1) / hour : rest / hour))
    }
}

extension Amount: CustomStringConvertible {
    /// The shortest decimal: `12`, `0.05`.
    package var description: String {
        let magnitude = billionths.magnitude
        let fraction = String(magnitude % UInt128(Self.unit))
        var digits = String(repeating: "0", count: 9 - fraction.count) + fraction
        while digits.last == "0" { digits.removeLast() }
        return (billionths < 0 ? "-" : "") + String(magnitude / UInt128(Self.unit))
            + (digits.isEmpty ? "" : "." + digits)
    }
}

extension Amount: Codable {
    /// A JSON number. Read through its shortest text, so that 0.1 is exactly 0.1.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let whole = try? container.decode(Int64.self) {
            self.init(whole)
            return
        }
        let value = try container.decode(Double.self)
        guard let amount = Amount(written: String(describing: value)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no exact amount: \(value)")
        }
        self = amount
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let whole = wholeValue { try container.encode(whole) } else { try container.encode(doubleValue) }
    }
}

/// Reads decimal text into billionths without passing through floating point.
private enum DecimalReader {
    /// `digits`: how many the billionths may have at most.
    static func billionths(_ text: some StringProtocol, digits: Int = 27) -> Int128? {
        var rest = Substring(text)
        let isNegative = rest.first == "-"
        if isNegative || rest.first == "+" { rest.removeFirst() }
        let parts = rest.split(separator: "e", maxSplits: 1, omittingEmptySubsequences: false)
            .flatMap { $0.split(separator: "E", maxSplits: 1, omittingEmptySubsequences: false) }
        guard let mantissa = parts.first, parts.count <= 2,
            let exponent = parts.count == 2 ? Int(parts[1]) : 0, (-40...40).contains(exponent)
        else { return nil }
        let halves = mantissa.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let fraction = halves.count == 2 ? halves[1] : ""
        guard !halves[0].isEmpty || !fraction.isEmpty else { return nil }
        let value = scaled(halves[0] + fraction, by: exponent - fraction.count + 9, upTo: digits)
        return value.map { isNegative ? -$0 : $0 }
    }

    private static func scaled(_ digits: Substring, by power: Int, upTo most: Int) -> Int128? {
        let trimmed = digits.drop { $0 == "0" }
        guard digits.utf8.allSatisfy({ (48...57).contains($0) }),
            trimmed.count + max(0, power) <= most || trimmed.isEmpty
        else { return nil }
        guard var value = trimmed.isEmpty ? 0 : Int128(trimmed) else { return nil }
        for _ in 0..<max(0, trimmed.isEmpty ? 0 : power) { value *= 10 }
        for _ in 0..<max(0, -power) {
            guard value % 10 == 0 else { return nil }
            value /= 10
        }
        return value
    }
}
