import SluiceModel

/// A `run` script whose `${…}` reach the shell as environment variables, never as text of the script.
///
/// Whatever a value holds, it stays one word: outside of quotes `${…}` becomes `"${SLUICE_VALUE_1}"`, within double
/// quotes and here-documents `${SLUICE_VALUE_1}`. Where the shell would not replace it, or would read it as more
/// than a word (single quotes, quoted here-documents, arithmetic), it is a fault.
package struct ScriptTemplate: Sendable, Equatable {
    /// What `/bin/sh` is given.
    package let text: String
    /// The variables that it reads, one for each name.
    package let references: [Reference]

    package struct Reference: Sendable, Hashable {
        /// `SLUICE_VALUE_1`
        package var variable: String
        /// The name and its first use.
        package var use: NameUse
    }

    /// What is wrong with a script, under the id of its diagnostic.
    package struct Fault: Error, Sendable, Hashable {
        package var id: String
        package var error: ExpressionError

        /// In quotes, a here-document with a quoted word, behind a backslash.
        package static let quotes = "pipeline.interpolation-in-quotes"
        package static let arithmetic = "pipeline.interpolation-in-arithmetic"
        /// What is between the braces is no name.
        package static let name = "pipeline.bad-interpolation"
    }

    /// Reads a script; the faulty places are reported all at once and left out.
    package static func parse(_ script: String) -> (script: ScriptTemplate, faults: [Fault]) {
        guard script.utf8.contains(UInt8(ascii: "$")) else {
            return (ScriptTemplate(text: script, references: []), [])
        }
        var scanner = ShellScanner(script)
        scanner.scan()
        let text = String(decoding: scanner.output, as: UTF8.self)
        return (ScriptTemplate(text: text, references: scanner.references), scanner.faults)
    }

    package var names: [NameUse] { references.map(\.use) }

    /// The variables' values; nil while one is not known.
    package func environment(in scope: Scope) throws(ExpressionError) -> [String: String]? {
        var environment: [String: String] = [:]
        for reference in references {
            guard let value = try Template.text(of: reference.use, in: scope) else { return nil }
            guard !value.utf8.contains(0) else {
                throw ExpressionError("the value of `\(reference.use.name)` holds a NUL", at: reference.use.offset)
            }
            environment[reference.variable] = value
        }
        return environment
    }
}
