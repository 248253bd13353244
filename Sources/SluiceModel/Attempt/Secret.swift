/// A value that a plugin is given and that nobody is shown.
package struct Secret: Sendable, Equatable {
    /// Fewer characters than this are refused: they would be masked everywhere and be guessed easily.
    package static let shortest = 8

    /// The variable that holds it.
    package let name: String
    package let value: [UInt8]

    package init(name: String, value: [UInt8]) {
        self.name = name
        self.value = value
    }
}

extension Secret: CustomStringConvertible, CustomReflectable {
    package var description: String { "\(name)=***" }
    package var customMirror: Mirror { Mirror(self, children: ["name": name]) }
}

/// Only the name is ever written.
extension Secret: Codable {
    package init(from decoder: any Decoder) throws {
        self.init(name: try decoder.singleValueContainer().decode(String.self), value: [])
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}

/// A secret that a stage gets: what a plan may know of it.
package struct SecretUse: Sendable, Equatable {
    package var name: String
    /// The operator's word for which value it is; part of the cache key.
    package var version: String

    package init(name: String, version: String) {
        self.name = name
        self.version = version
    }
}
