import SluiceModel

/// A JSON value whose numbers keep the text in which they are written, so that 0.1 stays 0.1 and nothing is rounded
/// before it is known what it counts.
package indirect enum GateFileJSON: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([GateFileJSON])
    /// Members in the order of the file; no key occurs twice.
    case object([Member])

    package struct Member: Sendable, Equatable {
        package var key: String
        package var value: GateFileJSON
    }

    /// The word for the value's type in messages.
    package var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number(let text): "the number \(text.prefix(30))"
        case .string(let text): "the string '\(text.prefix(30))'"
        case .array: "a list"
        case .object: "an object"
        }
    }

    package subscript(key: String) -> GateFileJSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }
}

/// Why a file of `sluice optimize` has no meaning, and where: a line and column, or the path of a key.
package struct GateFileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// `12:3` or `stages[2].profiles[0].use.cost`; empty where the whole file is meant.
    package var place: String
    package var message: String

    package init(_ place: String, _ message: String) {
        self.place = place
        self.message = message
    }

    package var description: String { place.isEmpty ? message : "\(place): \(message)" }
}
