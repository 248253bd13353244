import SluiceModel

/// A JSON value whose strings may hold `${…}`; keys of objects are taken as they are.
package indirect enum TemplateTree: Sendable, Equatable {
    case value(JSONValue)
    case string(Template)
    case array([TemplateTree])
    case object([String: TemplateTree])

    /// A string of a tree that is no template: the path of keys to it, like `grid.depth[0]`, and what is wrong.
    package struct Fault: Error, Sendable, Hashable {
        package var path: String
        package var error: ExpressionError
    }

    /// Reads every string; what is faulty is reported and kept as plain text.
    package static func parse(_ value: JSONValue) -> (tree: TemplateTree, faults: [Fault]) {
        var faults: [Fault] = []
        let tree = parse(value, at: "", faults: &faults)
        return (tree, faults)
    }

    private static func parse(_ value: JSONValue, at path: String, faults: inout [Fault]) -> TemplateTree {
        switch value {
        case .null, .bool, .integer, .number: return .value(value)
        case .string(let text):
            do throws(ExpressionError) {
                let template = try Template(parsing: text)
                return template.isLiteral && template == Template(literal: text) ? .value(value) : .string(template)
            } catch {
                faults.append(Fault(path: path, error: error))
                return .value(value)
            }
        case .array(let values):
            var trees: [TemplateTree] = []
            for (index, value) in values.enumerated() {
                trees.append(parse(value, at: "\(path)[\(index)]", faults: &faults))
            }
            return .array(trees)
        case .object(let members):
            var trees: [String: TemplateTree] = [:]
            for (key, value) in members.sorted(by: { $0.key < $1.key }) {
                trees[key] = parse(value, at: path.isEmpty ? key : "\(path).\(key)", faults: &faults)
            }
            return .object(trees)
        }
    }

    /// Every name in it, by keys in order.
    package var names: [NameUse] {
        switch self {
        case .value: []
        case .string(let template): template.names
        case .array(let trees): trees.flatMap(\.names)
        case .object(let members): members.sorted { $0.key < $1.key }.flatMap(\.value.names)
        }
    }

    /// The value; nil while a part of it is not known.
    package func resolve(in scope: Scope) throws(ExpressionError) -> JSONValue? {
        switch self {
        case .value(let value): return value
        case .string(let template): return try template.resolve(in: scope)
        case .array(let trees):
            var values: [JSONValue] = []
            for tree in trees {
                guard let value = try tree.resolve(in: scope) else { return nil }
                values.append(value)
            }
            return .array(values)
        case .object(let members):
            var values: [String: JSONValue] = [:]
            for (key, tree) in members.sorted(by: { $0.key < $1.key }) {
                guard let value = try tree.resolve(in: scope) else { return nil }
                values[key] = value
            }
            return .object(values)
        }
    }
}
