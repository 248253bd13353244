/// Why bytes are not the JSON that the contract allows.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: String, Hashable, Sendable {
        /// Not JSON at all; what a program prints for people mostly is this.
        case syntax
        case byteOrderMark, invalidText, duplicateKey, tooDeep, numberOutOfRange, notANumber
    }

    public let kind: Kind
    /// Of the first byte that is wrong.
    public let offset: Int

    public init(_ kind: Kind, at offset: Int) {
        self.kind = kind
        self.offset = offset
    }

    public var description: String {
        let what =
            switch kind {
            case .syntax: "not JSON"
            case .byteOrderMark: "a byte order mark"
            case .invalidText: "text that is not valid UTF-8 or has a lone surrogate"
            case .duplicateKey: "a key twice in one object"
            case .tooDeep: "nested deeper than \(ContractLimits.depth)"
            case .numberOutOfRange: "a number out of range (integers are within 2^53-1)"
            case .notANumber: "NaN or Infinity, which is no JSON"
            }
        return "\(what) at byte \(offset)"
    }
}
