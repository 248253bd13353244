import SluiceModel

/// Decimal numbers as text, without a locale.
enum DecimalText {
    /// `value` rounded to `places` fractional digits, kept even when they are zero.
    static func fixed(_ value: Double, places: Int) -> String {
        guard value.isFinite else { return String(describing: value) }
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        let scaled = (value.magnitude * scale).rounded()
        guard scaled < 9e15 else { return String(describing: value) }
        let digits = String(Int64(scaled))
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard places > 0 else { return sign + padded }
        return sign + padded.dropLast(places) + "." + padded.suffix(places)
    }

    /// `value` with at most `digits` significant digits, without zeros at the end: `0.9931`, `12.3`, `1.2e-07`.
    static func significant(_ value: Double, digits: Int) -> String {
        guard value.isFinite, value != 0 else { return value == 0 ? "0" : String(describing: value) }
        let exponent = decimalExponent(of: value.magnitude)
        if exponent < -4 || exponent >= 15 { return scientific(value, exponent: exponent, digits: digits) }
        return trimmed(fixed(value, places: max(0, digits - 1 - exponent)))
    }

    /// The same without a power of ten, as a person writes an amount: `0.000014`.
    static func plain(_ amount: Amount, digits: Int) -> String {
        guard amount != .zero else { return "0" }
        let exponent = decimalExponent(of: amount.doubleValue.magnitude)
        return trimmed(fixed(amount.doubleValue, places: max(0, digits - 1 - exponent)))
    }

    /// Without zeros at the end of the fraction.
    static func trimmed(_ text: String) -> String {
        guard text.contains("."), !text.contains("e") else { return text }
        var result = Substring(text)
        while result.last == "0" { result.removeLast() }
        if result.last == "." { result.removeLast() }
        return String(result)
    }

    private static func scientific(_ value: Double, exponent: Int, digits: Int) -> String {
        // Through the shortest text, which has every exponent that a number can have.
        let parts = String(describing: value.magnitude).split(separator: "e")
        var mantissa = Double(parts.first ?? "0") ?? 0
        while mantissa >= 10 { mantissa /= 10 }
        let number = trimmed(fixed(mantissa, places: digits - 1))
        let size = String(exponent.magnitude)
        return (value < 0 ? "-" : "") + number + (exponent < 0 ? "e-" : "e+")
            + (size.count < 2 ? "0" : "") + size
    }

    /// The power of ten of the first digit.
    private static func decimalExponent(of magnitude: Double) -> Int {
        var exponent = 0
        var rest = magnitude
        while rest >= 10 {
            rest /= 10
            exponent += 1
        }
        while rest < 1 {
            rest *= 10
            exponent -= 1
        }
        return exponent
    }
}
