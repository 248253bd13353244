/// A line from the runner to the plugin.
public enum RunnerMessage: Hashable, Sendable {
    case start(StartMessage)
    /// Stop within `grace` seconds. Carries no token: a child may have inherited stdin.
    case cancel(reason: String, grace: Double)
    /// A checkpoint is durably stored; only then may it be resumed from. Carries no token.
    case saved(checkpoint: String)

    public var json: JSON {
        switch self {
        case .start(let start): start.json
        case .cancel(let reason, let grace):
            .object(["type": .string("cancel"), "reason": .string(reason), "grace_s": .number(grace)])
        case .saved(let checkpoint): .object(["type": .string("saved"), "checkpoint": .string(checkpoint)])
        }
    }

    /// With its LF.
    public var line: [UInt8] { json.line + [0x0A] }

    /// nil for a type that this version does not know: a plugin ignores it.
    public init?(json: JSON) {
        switch json["type"]?.stringValue {
        case "start":
            guard let start = StartMessage(json: json) else { return nil }
            self = .start(start)
        case "cancel":
            self = .cancel(reason: json["reason"]?.stringValue ?? "", grace: json["grace_s"]?.doubleValue ?? 10)
        case "saved":
            guard let checkpoint = json["checkpoint"]?.stringValue else { return nil }
            self = .saved(checkpoint: checkpoint)
        default: return nil
        }
    }
}
