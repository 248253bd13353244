/// What a person can mend in a file. Collected, never thrown; all of them are shown at once.
package struct Diagnostic: Hashable, Sendable {
    package enum Severity: String, Sendable, Codable, Comparable {
        case error, warning, note

        package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
        private var rank: Int { self == .error ? 0 : self == .warning ? 1 : 2 }
    }

    package var severity: Severity
    /// Stable, for machines and search: `pipeline.unknown-plugin`.
    package var id: String
    /// One sentence without a final period.
    package var message: String
    package var location: SourceLocation
    /// The line of the file that is meant, without its line break; empty where there is none.
    package var excerpt: String
    /// What would mend it.
    package var hint: String?

    package init(
        severity: Severity = .error, id: String, message: String, location: SourceLocation, excerpt: String = "",
        hint: String? = nil
    ) {
        self.severity = severity
        self.id = id
        self.message = message
        self.location = location
        self.excerpt = excerpt
        self.hint = hint
    }
}

/// A place in a file: line and column count from 1, columns in characters.
package struct SourceLocation: Hashable, Sendable, Comparable, CustomStringConvertible {
    package var file: String
    package var line: Int
    package var column: Int

    package init(file: String, line: Int = 1, column: Int = 1) {
        self.file = file
        self.line = line
        self.column = column
    }

    package var description: String { "\(file):\(line):\(column)" }

    package static func < (left: Self, right: Self) -> Bool {
        (left.file, left.line, left.column) < (right.file, right.line, right.column)
    }
}

/// A value together with where it was written, for diagnostics that are found later.
package struct Located<Value: Sendable>: Sendable {
    package var value: Value
    package var location: SourceLocation

    package init(_ value: Value, at location: SourceLocation) {
        self.value = value
        self.location = location
    }
}

extension Located: Equatable where Value: Equatable {}
extension Located: Hashable where Value: Hashable {}
