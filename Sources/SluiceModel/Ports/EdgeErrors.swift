/// What went wrong between us and git.
package struct GitError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case notARepository, notFound, notACommit, tooLarge, unsupported, ownership, unborn, invalid, failed
    }

    package var code: Code
    package var message: String
    package var hint: String?

    package init(_ code: Code, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    package var description: String { hint.map { "\(message) (\($0))" } ?? message }
}

/// What went wrong in the state folder or its database.
package struct StoreError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case unavailable, busy, corrupt, newer, notFound, conflict, constraint, failed
    }

    package var code: Code
    package var message: String
    package var hint: String?

    package init(_ code: Code, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    package var description: String { hint.map { "\(message) (\($0))" } ?? message }
}

/// A plugin or its environment that cannot be used.
package struct PluginError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case notFound, notExecutable, unreadable, linkOutside, environmentFailed, interpreterMissing, secretUnavailable
    }

    package var code: Code
    package var message: String
    package var hint: String?

    package init(_ code: Code, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    package var description: String { hint.map { "\(message) (\($0))" } ?? message }
}

/// An output that cannot be taken, or an artifact that cannot be given.
package struct ArtifactError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case missing = "artifact.missing"
        case notRegular = "artifact.not_regular"
        case tooLarge = "artifact.too_large"
        case corrupt = "artifact.corrupt"
        case failed = "artifact.failed"
    }

    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
