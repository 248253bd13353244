extension Diagnostic: Codable {
    /// The flat object of `lint --json`; `excerpt` is left out where it is empty.
    private enum CodingKeys: String, CodingKey {
        case severity, id, message, file, line, column, excerpt, hint
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        let location = SourceLocation(
            file: try fields.decode(String.self, forKey: .file), line: try fields.decode(Int.self, forKey: .line),
            column: try fields.decode(Int.self, forKey: .column))
        self.init(
            severity: try fields.decode(Severity.self, forKey: .severity),
            id: try fields.decode(String.self, forKey: .id),
            message: try fields.decode(String.self, forKey: .message), location: location,
            excerpt: try fields.decodeIfPresent(String.self, forKey: .excerpt) ?? "",
            hint: try fields.decodeIfPresent(String.self, forKey: .hint))
    }

    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(severity, forKey: .severity)
        try fields.encode(id, forKey: .id)
        try fields.encode(message, forKey: .message)
        try fields.encode(location.file, forKey: .file)
        try fields.encode(location.line, forKey: .line)
        try fields.encode(location.column, forKey: .column)
        if !excerpt.isEmpty { try fields.encode(excerpt, forKey: .excerpt) }
        try fields.encodeIfPresent(hint, forKey: .hint)
    }
}
