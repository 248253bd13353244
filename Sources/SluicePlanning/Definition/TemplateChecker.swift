import SluiceModel

/// Reports `${…}` that cannot be read, in the strings of a value.
struct TemplateChecker {
    let findings: Findings

    func check(_ node: YAMLNode) {
        switch node.content {
        case .sequence(let items): for item in items { check(item) }
        case .mapping(let entries): for entry in entries { check(entry.value) }
        case .scalar(let text, _):
            guard text.utf8.contains(UInt8(ascii: "$")) else { return }
            do throws(ExpressionError) {
                _ = try Template(parsing: text)
            } catch {
                let place = findings.source.location(ofCharacter: error.offset, of: text, at: node.location)
                findings.add(PipelineFindings.badInterpolation(error), at: place)
            }
        }
    }

    /// A `run` script, whose `${…}` become variables of the shell.
    func check(script: String, at node: YAMLNode) {
        for fault in ScriptTemplate.parse(script).faults {
            let place = findings.source.location(ofCharacter: fault.error.offset, of: script, at: node.location)
            findings.add(PipelineFindings.script(fault), at: place)
        }
    }

    /// An `if`; what is wrong with its types is known only when params are.
    func check(condition text: String, at node: YAMLNode) {
        do throws(ExpressionError) {
            _ = try Expression(parsing: text)
        } catch {
            let place = findings.source.location(ofCharacter: error.offset, of: text, at: node.location)
            findings.add(PipelineFindings.badExpression(error), at: place)
        }
    }
}
