/// Walks once over a script, knows at each byte whether the shell is within quotes, and replaces `${…}`.
///
/// A wrong guess about odd shell text can at worst split a value into words, never run it: the shell does not read
/// the value of a variable as commands.
struct ShellScanner {
    private(set) var output: [UInt8] = []
    private(set) var references: [ScriptTemplate.Reference] = []
    private(set) var faults: [ScriptTemplate.Fault] = []

    let bytes: [UInt8]
    var position = 0
    var contexts: [ShellContext] = [.commands(.init(end: .script))]
    private var variables: [Name: String] = [:]
    /// Where characters were counted last.
    private var counted = (bytes: 0, characters: 0)
    private static let maximumDepth = 200

    init(_ script: String) {
        bytes = Array(script.utf8)
        output.reserveCapacity(bytes.count + 64)
    }

    mutating func scan() {
        while position < bytes.count {
            if contexts.count > Self.maximumDepth { return refuseDepth() }
            switch contexts[contexts.count - 1] {
            case .commands: scanCommands()
            case .doubleQuotes: scanQuoted(until: UInt8(ascii: "\""))
            case .braces(let isQuoted): scanBraces(inDoubleQuotes: isQuoted)
            case .arithmetic(let open): scanArithmetic(open: open)
            case .document(let document): scanDocument(document)
            }
        }
    }

    func byte(at offset: Int = 0) -> UInt8? {
        position + offset < bytes.count ? bytes[position + offset] : nil
    }

    /// Copies the next bytes as they are.
    mutating func copy(_ count: Int = 1) {
        let end = min(position + count, bytes.count)
        output.append(contentsOf: bytes[position..<end])
        position = end
    }

    /// Whether a `${…}` begins here.
    var isAtInterpolation: Bool { byte() == UInt8(ascii: "$") && byte(at: 1) == UInt8(ascii: "{") }

    /// A dollar of the shell: `$$`, or a `$` alone. Opens what it begins.
    mutating func dollar(inDoubleQuotes: Bool) {
        position += byte(at: 1) == UInt8(ascii: "$") ? 2 : 1
        if isAtInterpolation {
            // `$` right before a value is a dollar, not the beginning of `$$`.
            output.append(contentsOf: Array("\\$".utf8))
            return
        }
        output.append(UInt8(ascii: "$"))
        switch (byte(), byte(at: 1)) {
        case (UInt8(ascii: "("), UInt8(ascii: "(")):
            copy(2)
            contexts.append(.arithmetic(open: 0))
        case (UInt8(ascii: "("), _):
            copy()
            contexts.append(.commands(.init(end: .parenthesis)))
        case (UInt8(ascii: "{"), _):
            copy()
            contexts.append(.braces(inDoubleQuotes: inDoubleQuotes))
        default: break
        }
    }

    /// A backslash and what it hides from the shell.
    mutating func backslash() {
        copy()
        if isAtInterpolation {
            refuse(ScriptTemplate.Fault.quotes, "a backslash stands before `${…}`", hint: "`$${` is a plain `${`")
        } else if byte() == UInt8(ascii: "$"), byte(at: 1) == UInt8(ascii: "$") {
            position += 1
            copy()
        } else {
            copy()
        }
    }

    /// Begins a command substitution, or ends the one that is open.
    mutating func backquote() {
        copy()
        let open = contexts.lastIndex { context in
            if case .commands(let commands) = context { commands.end == .backquote } else { false }
        }
        if let open {
            contexts.removeSubrange(open...)
        } else {
            contexts.append(.commands(.init(end: .backquote)))
        }
    }

    /// Copies up to the next single quote, in which the shell replaces nothing.
    mutating func singleQuotes() {
        copy()
        while let byte = byte(), byte != UInt8(ascii: "'") { verbatim("within single quotes") }
        copy()
    }

    /// Copies one byte of a text in which nothing is replaced.
    mutating func verbatim(_ place: String) {
        if isAtInterpolation {
            refuse(
                ScriptTemplate.Fault.quotes, "`${…}` stands \(place), where the shell replaces nothing",
                hint: "use double quotes, or write `$${` for a plain `${`")
        } else if byte() == UInt8(ascii: "$"), byte(at: 1) == UInt8(ascii: "$") {
            position += 1
            copy()
        } else {
            copy()
        }
    }

    /// Reports the `${…}` that begins here and leaves it out.
    mutating func refuse(_ id: String, _ message: String, hint: String) {
        let error = ExpressionError(message, at: characters(before: position), hint: hint)
        faults.append(ScriptTemplate.Fault(id: id, error: error))
        position = (bytes[position...].firstIndex(of: UInt8(ascii: "}")) ?? bytes.count - 1) + 1
    }

    /// Puts a variable in the place of the `${…}` that begins here.
    mutating func interpolate(quoted: Bool) {
        let end = bytes[position...].firstIndex(of: UInt8(ascii: "}")) ?? bytes.count - 1
        let source = Array(String(decoding: bytes[position...end], as: UTF8.self))
        let start = characters(before: position)
        position = end + 1
        do throws(ExpressionError) {
            var use = try TemplateReader.name(in: source, from: 0).0
            use.offset += start
            let reference = "${" + variable(for: use) + "}"
            output.append(contentsOf: (quoted ? reference : "\"\(reference)\"").utf8)
        } catch {
            var moved = error
            moved.offset += start
            faults.append(ScriptTemplate.Fault(id: ScriptTemplate.Fault.name, error: moved))
        }
    }

    private mutating func variable(for use: NameUse) -> String {
        if let known = variables[use.name] { return known }
        let variable = "SLUICE_VALUE_\(references.count + 1)"
        variables[use.name] = variable
        references.append(ScriptTemplate.Reference(variable: variable, use: use))
        return variable
    }

    /// Characters before a byte; asked for places in their order.
    private mutating func characters(before end: Int) -> Int {
        counted.characters += String(decoding: bytes[counted.bytes..<end], as: UTF8.self).count
        counted.bytes = end
        return counted.characters
    }

    private mutating func refuseDepth() {
        let error = ExpressionError("the script is nested too deeply", at: characters(before: position))
        faults.append(ScriptTemplate.Fault(id: ScriptTemplate.Fault.name, error: error))
        position = bytes.count
    }
}
