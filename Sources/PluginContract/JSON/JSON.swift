/// A JSON value as the contract allows it: integers stay exact within ±(2^53−1), all other numbers are finite.
public enum JSON: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([String: JSON])

    public subscript(key: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members[key]
    }

    public var boolValue: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    public var stringValue: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// Of any number.
    public var doubleValue: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// Of an integer, or of a number without a fraction such as `3.0`.
    public var integerValue: Int64? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int64(exactly: value)
        default: nil
        }
    }

    public var arrayValue: [JSON]? {
        guard case .array(let values) = self else { return nil }
        return values
    }

    public var objectValue: [String: JSON]? {
        guard case .object(let members) = self else { return nil }
        return members
    }

    /// An object without the members that are nil.
    public static func object(present members: KeyValuePairs<String, JSON?>) -> JSON {
        var kept: [String: JSON] = [:]
        for (name, value) in members {
            if let value { kept[name] = value }
        }
        return .object(kept)
    }
}
