import SluiceModel

/// The runner's side of one call of a plugin, as a script: what `start` says, how it is delivered, and what is done at
/// which line of the plugin's. A transcript holds it, so that the call can be made again.
struct Scene: Sendable, Hashable, Codable {
    var name: String
    var verb = "run"
    var example: PluginExample
    var start = StartChange()
    var delivery = Delivery.whole
    var cues: [Cue] = []
    var reading = Reading.eager
    /// What the attempt's folder is called; names with blanks and quotes are names too.
    var folder = "attempt"
    /// What it may take, where that is less than what any call may: milliseconds.
    var patience: Int64?
    /// Continues in the folders of another scene: a `cleanup` after its `run`.
    var follows: [Scene] = []

    /// How stdin is filled.
    enum Delivery: String, Sendable, Hashable, Codable {
        case whole
        /// A byte at a time, so also in the middle of a UTF-8 character.
        case bytewise
        case crlf
        /// All that is not ASCII, and all solidi, as `\u` escapes.
        case escaped
        /// The end of stdin and nothing else.
        case nothing
        case garbage
        /// A descriptor that cannot be read.
        case closed
    }

    enum Reading: String, Sendable, Hashable, Codable {
        case eager
        /// A little at a time, so that the pipe fills.
        case slow
        /// stdout is closed before the plugin starts to write.
        case closes
    }

    struct Cue: Sendable, Hashable, Codable {
        /// How many of the plugin's messages come before; 0: at once.
        var after: Int
        var act: Act
    }

    enum Act: Sendable, Hashable, Codable {
        case send(JSONValue)
        case hangUp
        case terminate
        case kill

        static func cancel(_ reason: String, grace: Double) -> Act {
            .send(.object(["type": "cancel", "reason": .string(reason), "grace_s": .number(grace)]))
        }
    }
}

/// What is otherwise in `start` than a runner of today would say.
struct StartChange: Sendable, Hashable, Codable {
    var wire: String?
    /// Members that are added, or that replace; `params` is merged.
    var members: [String: JSONValue] = [:]
    /// Unknown members in every object that the contract describes.
    var hasUnknownFields = false
    /// Bytes of text in an unknown member.
    var padding = 0
    /// Another run, attempt and reference, as long as nothing may depend on them.
    var isElsewhere = false
}

extension JSONValue: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) { self = .string(value) }
}
