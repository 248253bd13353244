import SluiceModel
import SluicePlanning

/// A stage's `if` as a `when` of Argo: in the language of its expression tags, over the workflow's parameters.
///
/// Params and cells are what they are; of the rest Argo knows commit and reference. What it does not know counts as true,
/// so a stage that is not started has a condition that does not hold; `sluice attempt` judges the whole of it.
///
/// Params are what the exported commit says, and the workflow may be started for another one: what they decide counts for
/// that commit alone.
struct ArgoCondition {
    private let scope: Scope
    private let knowsParams: Bool

    /// nil: there is nothing that Argo could judge.
    static func when(_ stage: Plan.Stage, in plan: Plan) -> String? {
        guard let expression = expression(stage) else { return nil }
        let here = ArgoCondition(stage, plan).judgement(expression.root, assuming: true)
        let anywhere = ArgoCondition(stage, plan, knowsParams: false).judgement(expression.root, assuming: true)
        guard here != anywhere else { return here.tag }
        let elsewhere = "workflow.parameters.commit != \(literal(plan.revision.oid.hex))"
        return joined([anywhere, joined([.told(elsewhere), here], decisive: true)], decisive: false).tag
    }

    /// Whether Argo judges all of it, of the exported commit.
    static func isTold(_ stage: Plan.Stage, in plan: Plan) -> Bool {
        guard let expression = expression(stage) else { return true }
        let condition = ArgoCondition(stage, plan)
        return condition.judgement(expression.root, assuming: true)
            == condition.judgement(expression.root, assuming: false)
    }

    private static func expression(_ stage: Plan.Stage) -> Expression? {
        stage.definition.condition.flatMap { try? Expression(parsing: $0.value) }
    }

    private init(_ stage: Plan.Stage, _ plan: Plan, knowsParams: Bool = true) {
        self.knowsParams = knowsParams
        scope = Scope(
            params: plan.params, matrix: Dictionary(stage.cells.map { ($0.axis, $0.value) }) { first, _ in first })
    }

    private enum Judgement: Equatable {
        case known(Bool)
        case told(String)

        /// As a `when`; nil: it always holds.
        var tag: String? {
            switch self {
            case .known(true): nil
            case .known(false): "false"
            case .told(let text): "{{=\(text)}}"
            }
        }
    }

    private enum Operand {
        case constant(JSONValue)
        /// A string that the workflow has.
        case parameter(String)
        case unknown
    }

    /// `assuming`: what counts where Argo does not know.
    private func judgement(_ node: Expression.Node, assuming: Bool) -> Judgement {
        switch node.kind {
        case .all(let nodes): Self.joined(nodes.map { judgement($0, assuming: assuming) }, decisive: false)
        case .any(let nodes): Self.joined(nodes.map { judgement($0, assuming: assuming) }, decisive: true)
        case .not(let inner):
            switch judgement(inner, assuming: !assuming) {
            case .known(let truth): .known(!truth)
            case .told(let text): .told("!(\(text))")
            }
        case .comparison(let comparison, let left, let right):
            compared(comparison, operand(left), operand(right), assuming)
        case .contains(let element, let list): contained(operand(element), list, assuming)
        case .startsWith(let text, let prefix): starting(operand(text), operand(prefix), assuming)
        case .literal, .name:
            if case .constant(let value) = operand(node) { .known(value == .bool(true)) } else { .known(assuming) }
        case .matches, .changed, .budgetLeft, .list: .known(assuming)
        }
    }

    /// `decisive`: what one of them needs to be, so that the others do not matter.
    private static func joined(_ judgements: [Judgement], decisive: Bool) -> Judgement {
        var texts: [String] = []
        for judgement in judgements {
            switch judgement {
            case .known(decisive): return .known(decisive)
            case .known: continue
            case .told(let text): texts.append(text)
            }
        }
        guard !texts.isEmpty else { return .known(!decisive) }
        let word = decisive ? " || " : " && "
        return .told(texts.count == 1 ? texts[0] : texts.map { "(\($0))" }.joined(separator: word))
    }

    private func operand(_ node: Expression.Node) -> Operand {
        switch node.kind {
        case .literal(let value): return .constant(value)
        case .name(.reference): return .parameter("workflow.parameters.reference")
        case .name(.commit): return .parameter("workflow.parameters.commit")
        case .name(let name):
            switch name {
            case .param where !knowsParams: return .unknown
            case .param, .matrix:
                if case .value(let value) = scope.find(name) { return .constant(value) }
                return .constant(.null)
            default: return .unknown
            }
        default: return .unknown
        }
    }

    private func compared(
        _ comparison: Expression.Comparison, _ left: Operand, _ right: Operand, _ assuming: Bool
    ) -> Judgement {
        switch (left, right) {
        case (.constant(let one), .constant(let other)): .known(comparison.holds(one, other))
        case (.parameter(let one), .parameter(let other)): .told("\(one) \(comparison.rawValue) \(other)")
        case (.parameter(let one), .constant(.string(let text))):
            .told("\(one) \(comparison.rawValue) \(Self.literal(text))")
        case (.constant(.string(let text)), .parameter(let one)):
            .told("\(Self.literal(text)) \(comparison.rawValue) \(one)")
        // A string and something else.
        case (.parameter, .constant), (.constant, .parameter): .known(comparison == .notEqual)
        case (.unknown, _), (_, .unknown): .known(assuming)
        }
    }

    private func contained(_ element: Operand, _ list: Expression.Node, _ assuming: Bool) -> Judgement {
        let members: [Operand]
        switch (list.kind, operand(list)) {
        case (.list(let nodes), _): members = nodes.map(operand)
        case (_, .constant(.array(let values))): members = values.map { .constant($0) }
        case (_, .constant): return .known(false)
        default: return .known(assuming)
        }
        return Self.joined(members.map { compared(.equal, element, $0, assuming) }, decisive: true)
    }

    private func starting(_ text: Operand, _ prefix: Operand, _ assuming: Bool) -> Judgement {
        switch (text, prefix) {
        case (.constant(let one), .constant(let other)):
            guard let whole = one.stringValue, let start = other.stringValue else { return .known(false) }
            return .known(whole.utf8.starts(with: start.utf8))
        case (.parameter(let one), .constant(.string(let start))):
            return .told("\(one) startsWith \(Self.literal(start))")
        case (.parameter, .constant): return .known(false)
        case (.constant, .parameter), (.parameter, .parameter), (.unknown, _), (_, .unknown): return .known(assuming)
        }
    }

    /// A string of Argo's expression language, without a character that could end it or the tag around it.
    private static func literal(_ text: String) -> String {
        var literal = "'"
        for scalar in text.unicodeScalars {
            let isPlain =
                scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789/_-. ".unicodeScalars.contains(scalar))
            if isPlain {
                literal.unicodeScalars.append(scalar)
            } else if scalar.value <= 0xFFFF {
                literal += "\\u" + Hexadecimal.text(scalar.value, digits: 4)
            } else {
                literal += "\\U" + Hexadecimal.text(scalar.value, digits: 8)
            }
        }
        return literal + "'"
    }
}
