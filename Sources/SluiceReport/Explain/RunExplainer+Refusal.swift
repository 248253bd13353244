import SluiceModel

extension RunExplainer {
    func refused() -> Explanation {
        let errors = record.diagnostics.filter { $0.severity == .error }
        if !errors.isEmpty { return invalid(errors) }
        // A run may be refused in its middle, where what was left of the budget did not hold the rest.
        let late = record.stages.first { $0.end?.outcome == .skipped && $0.decision?.verdict == .refuse }
        guard let decision = late?.decision ?? record.decision else {
            return explanation(.refused, "was refused" + (record.reason.map { ": \($0)" } ?? ""), [])
        }
        if decision.verdict == .wait { return impatient(decision) }
        let place = late.map { " before \($0.name) started" } ?? ""
        let why = Self.sentence(of: decision)
        let cause = Explanation.Cause(
            .refused, [late?.name].compactMap(\.self), lines(of: decision, without: why), decision: decision)
        return explanation(
            .refused, "was refused\(place): \(why)", [cause] + (late == nil ? [] : ordinaryCauses),
            next: whatIf(decision))
    }

    /// It would have had to wait, and whoever started it did not want to.
    private func impatient(_ decision: GateDecision) -> Explanation {
        explanation(
            .refused, "was not to wait, and ended: there was no room",
            [Explanation.Cause(.waiting, [], decision.explanation, decision: decision)])
    }

    private func invalid(_ errors: [Diagnostic]) -> Explanation {
        // Of many errors, knowing them all is worth more than how to mend the first.
        let hasRoom = errors.count <= 2
        let causes = errors.map { error in
            let hint = hasRoom ? error.hint.map { "hint: \($0)" } : nil
            return Explanation.Cause(
                .invalid, [], ["\(error.location): \(error.message)"] + [hint].compactMap(\.self))
        }
        return explanation(
            .invalid, "was refused: its definition has \(HumanUnits.count(errors.count, "error"))", causes,
            // What the caller asked for is not in the file.
            next: errors.contains { $0.id.hasPrefix("plan.unknown-") } ? nil : "sluice lint")
    }

    /// What a decision's lines say besides the sentence that is said already.
    func lines(of decision: GateDecision, without said: String) -> [String] {
        decision.explanation.filter { $0 != said && $0 != "waits for \(said)" }
    }

    /// Why the gate said no, in a few words: `cost is 0.12 short`.
    static func sentence(of decision: GateDecision) -> String {
        let short = decision.limits.filter { !$0.hasRoom }.map { limit in
            let amount = HumanUnits.atLeast(limit.asked - limit.left, of: limit.resource)
            return "\(name(of: limit)) \(isPlural(limit.resource) ? "are" : "is") \(amount) short"
        }
        if decision.reason == .policy || decision.reason == nil { return decision.explanation.first ?? "by a rule" }
        if !short.isEmpty { return StageNames.list(short) }
        let names = decision.conflict.map(name)
        return names.isEmpty ? "no way was found to keep all limits" : "\(StageNames.list(names)) do not hold together"
    }

    private static func isPlural(_ resource: String) -> Bool { resource.hasSuffix("s") && resource != "egress" }

    /// `gpu_hours`, of an account `gpu_hours of team`; `wall` is the deadline to a person.
    private static func name(of limit: GateDecision.Limit) -> String {
        switch limit.scope {
        case "run": limit.resource == "wall" ? "the deadline" : limit.resource
        case "pool": "\(limit.resource) of the pool"
        default: "\(limit.resource) of \(limit.scope)"
        }
    }

    /// `capacity:gpus` is `gpus` to a person.
    private static func name(_ limit: String) -> String {
        limit.hasPrefix("capacity:") ? String(limit.dropFirst(9)) : limit
    }

    /// The smallest single fix as a question to ask; not of a run whose files nobody kept.
    private func whatIf(_ decision: GateDecision) -> String? {
        guard !record.head.revision.isWorktree, let fix = decision.fixes.first(where: { $0.to != nil }), let to = fix.to
        else { return nil }
        let resource = fix.limit.split(separator: ":").last.map(String.init) ?? fix.limit
        let change = "\(Self.name(fix.limit))=\(HumanUnits.exact(to, of: resource))"
        return "sluice explain \(record.head.id) --what-if \(change)"
    }
}
