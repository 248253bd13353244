/// Numbers as model files write them.
enum DecimalNumber {
    /// From here on a bound is none: the convention of MPS and LP files (HiGHS: `infinite_bound`).
    static let infinity = 1e20

    /// A decimal number in its usual form, `D` as an exponent's letter included; nil for what is none, and for
    /// `nan`, `inf` and hexadecimal forms. Beyond the range of a double it is infinite.
    static func read(_ text: String) -> Double? {
        var isExponent = false
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-"): break
            case UInt8(ascii: "e"), UInt8(ascii: "E"): break
            case UInt8(ascii: "d"), UInt8(ascii: "D"): isExponent = true
            default: return nil
            }
        }
        guard isExponent else { return Double(text) }
        return Double(String(text.map { $0 == "d" || $0 == "D" ? "e" : $0 }))
    }

    /// A bound: a number, infinite from 10^20 on, or the word for infinity.
    static func readBound(_ text: String) -> Double? {
        if let number = read(text) {
            return number.magnitude >= infinity ? (number < 0 ? -.infinity : .infinity) : number
        }
        switch text.lowercased() {
        case "inf", "+inf", "infinity", "+infinity": return .infinity
        case "-inf", "-infinity": return -.infinity
        default: return nil
        }
    }
}
