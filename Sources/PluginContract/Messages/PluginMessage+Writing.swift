extension PluginMessage {
    /// The line with its token and LF; for SDKs and tests.
    public func line(token: String) -> [UInt8] {
        guard case .object(var members) = json else { preconditionFailure("every message is a JSON object") }
        members["token"] = .string(token)
        return JSON.object(members).line + [0x0A]
    }

    private var json: JSON {
        switch self {
        case .hello(let wire): .object(["type": .string("hello"), "protocol": .string(wire)])
        case .log(let level, let message, let fields):
            .object(present: [
                "type": .string("log"), "level": .string(level), "message": .string(message), "fields": fields,
            ])
        case .progress(let done, let total, let unit, let message):
            .object(present: [
                "type": .string("progress"), "done": .number(done), "total": total.map(JSON.number),
                "unit": unit.map(JSON.string), "message": message.map(JSON.string),
            ])
        case .metric(let name, let value, let step):
            .object(present: [
                "type": .string("metric"), "name": .string(name), "value": .number(value),
                "step": step.map(JSON.number),
            ])
        case .output(let name, let value):
            .object(["type": .string("output"), "name": .string(name), "value": value])
        case .checkpoint(let id, let path):
            .object(["type": .string("checkpoint"), "id": .string(id), "path": .string(path)])
        case .heartbeat: .object(["type": .string("heartbeat")])
        case .estimate(let profiles): .object(["type": .string("estimate"), "profiles": profiles])
        case .terminal(let terminal): terminal.json
        }
    }
}

extension TerminalMessage {
    fileprivate var json: JSON {
        switch self {
        case .result(let status, let reason):
            .object(present: [
                "type": .string("result"), "status": .string(status.rawValue), "reason": reason.map(JSON.string),
            ])
        case .error(let error):
            .object(present: [
                "type": .string("error"), "class": .string(error.failure.rawValue), "code": .string(error.code),
                "message": .string(error.message), "hint": error.hint.map(JSON.string),
                "detail": error.detail.map(JSON.string), "retry_after_s": error.retryAfter.map(JSON.number),
            ])
        }
    }
}
