/// What a line of a plugin's stdout is.
public enum ReceivedLine: Hashable, Sendable {
    case message(PluginMessage)
    /// Has the token, but a type that this version does not know.
    case unknown(type: String)
    /// The same with `"critical": true`: the stage must stop.
    case critical(type: String)
    /// Has the token, and a bad field: dropped, with a warning.
    case dropped(FieldError)
    /// Log, never interpreted.
    case stray
    /// A stray that looks like a message but breaks the rules, so that its token cannot be trusted.
    case malformed(JSONError)

    /// Judges a line that begins like a JSON object.
    public init(_ line: [UInt8], token: String) {
        let json: JSON
        do throws(JSONError) {
            json = try JSONReader.read(line)
        } catch {
            self = error.kind == .syntax ? .stray : .malformed(error)
            return
        }
        guard case .object = json, json["token"]?.stringValue?.utf8.elementsEqual(token.utf8) == true else {
            self = .stray
            return
        }
        self = Self.judge(json)
    }

    private static func judge(_ json: JSON) -> ReceivedLine {
        do throws(FieldError) {
            if let message = try PluginMessage(json: json) { return .message(message) }
        } catch {
            return .dropped(error)
        }
        let type = String((json["type"]?.stringValue ?? "").prefix(40))
        return json["critical"]?.boolValue == true ? .critical(type: type) : .unknown(type: type)
    }
}
