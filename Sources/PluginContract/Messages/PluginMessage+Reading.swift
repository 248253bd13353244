/// A well-formed line with the token and a bad field; it is dropped with this as the warning.
public struct FieldError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}

extension PluginMessage {
    /// nil for a type that this version does not know. Unknown fields are ignored.
    public init?(json: JSON) throws(FieldError) {
        let fields = Fields(json: json)
        switch json["type"]?.stringValue {
        case "hello": self = .hello(wire: try fields.text("protocol"))
        case "log": self = try Self.log(fields)
        case "progress":
            self = .progress(
                done: try fields.number("done"), total: try fields.optionalNumber("total"),
                unit: try fields.optionalText("unit"), message: try fields.optionalText("message"))
        case "metric":
            self = .metric(
                name: try fields.name("name"), value: try fields.number("value"),
                step: try fields.optionalNumber("step"))
        case "output": self = try Self.output(fields)
        case "checkpoint": self = .checkpoint(id: try fields.name("id"), path: try fields.text("path"))
        case "heartbeat": self = .heartbeat
        case "estimate": self = .estimate(profiles: json["profiles"] ?? .array([]))
        case "result": self = .terminal(try Self.result(fields))
        case "error": self = .terminal(try Self.error(fields))
        case .some: return nil
        case nil: throw FieldError("a line without a 'type'")
        }
    }

    private static func log(_ fields: Fields) throws(FieldError) -> PluginMessage {
        .log(
            level: try fields.optionalText("level") ?? "info", message: try fields.text("message"),
            fields: fields.json["fields"])
    }

    private static func output(_ fields: Fields) throws(FieldError) -> PluginMessage {
        let name = try fields.name("name")
        guard let value = fields.json["value"] else { throw FieldError("output '\(name)' without a 'value'") }
        let size = value.line.count
        guard size <= ContractLimits.outputValue else {
            throw FieldError("output '\(name)' has \(size) bytes, \(ContractLimits.outputValue) are allowed")
        }
        return .output(name: name, value: value)
    }

    private static func result(_ fields: Fields) throws(FieldError) -> TerminalMessage {
        let text = try fields.text("status")
        guard let status = ResultStatus(rawValue: text) else {
            throw FieldError("'result' with the unknown status '\(text.prefix(40))'")
        }
        return .result(status, reason: try fields.optionalText("reason"))
    }

    private static func error(_ fields: Fields) throws(FieldError) -> TerminalMessage {
        let text = try fields.text("class")
        guard let failure = FailureClass(rawValue: text) else {
            throw FieldError("'error' with the unknown class '\(text.prefix(40))'")
        }
        return .error(
            ErrorMessage(
                failure, code: try fields.name("code"),
                message: String(try fields.text("message").prefix(ContractLimits.message)),
                hint: try fields.optionalText("hint"), detail: try fields.optionalText("detail"),
                retryAfter: try fields.optionalNumber("retry_after_s")))
    }
}

/// Takes typed fields out of a line. `null` is like a field that is not there.
private struct Fields {
    let json: JSON

    var type: String { json["type"]?.stringValue ?? "line" }

    func text(_ field: String) throws(FieldError) -> String {
        guard let text = try optionalText(field) else { throw FieldError("'\(type)' without '\(field)'") }
        return text
    }

    func optionalText(_ field: String) throws(FieldError) -> String? {
        switch json[field] {
        case nil, .null: return nil
        case .string(let text): return text
        default: throw FieldError("'\(type)' whose '\(field)' is no text")
        }
    }

    /// Text that names something: not empty, short, without control characters.
    func name(_ field: String) throws(FieldError) -> String {
        let text = try text(field)
        guard !text.isEmpty, text.utf8.count <= ContractLimits.name,
            text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) })
        else {
            throw FieldError("'\(type)' whose '\(field)' is empty, over \(ContractLimits.name) bytes or not printable")
        }
        return text
    }

    func number(_ field: String) throws(FieldError) -> Double {
        guard let value = try optionalNumber(field) else {
            throw FieldError("'\(type)' without a finite number '\(field)'")
        }
        return value
    }

    func optionalNumber(_ field: String) throws(FieldError) -> Double? {
        guard let value = json[field], value != .null else { return nil }
        guard let number = value.doubleValue else { throw FieldError("'\(type)' whose '\(field)' is no finite number") }
        return number
    }
}
