import SluiceModel

/// The stages of a pipeline as it is written, with what each of them needs.
struct StageGraph {
    let stages: [Pipeline.Stage]
    /// By index: indices of needed stages, in order, without doubles.
    let needs: [[Int]]

    init(_ stages: [Pipeline.Stage]) {
        self.stages = stages
        let indices = Dictionary(stages.enumerated().map { ($1.name, $0) }) { first, _ in first }
        needs = stages.map { stage in
            var seen: Set<Int> = []
            return Self.needed(by: stage).compactMap { indices[$0] }.filter { seen.insert($0).inserted }
        }
    }

    /// Names of stages: those of inputs, of `select`, of `needs`, and those whose results a text reads.
    private static func needed(by stage: Pipeline.Stage) -> [String] {
        var names: [String] = []
        for input in stage.inputs {
            if case .output(let other, _) = input.source.value { names.append(other) }
        }
        if let select = stage.select { names.append(select.from.value) }
        names += stage.needs.map(\.value)
        names += readStages(of: stage).map { String($0.prefix { $0 != "[" }) }
        return names
    }

    /// Stages or instances whose metrics or output values the stage's texts read. Faulty texts read nothing: the
    /// binding says what is wrong with them.
    static func readStages(of stage: Pipeline.Stage) -> [String] {
        var names: [NameUse] = []
        if let text = stage.condition?.value { names += (try? Expression(parsing: text))?.names ?? [] }
        guard mentionsStages(stage) else { return names.compactMap(\.name.stage) }
        for profile in stage.profiles.isEmpty ? [nil] : stage.profiles.map(Optional.some) {
            names += (try? StageTexts(stage, profile: profile))?.names ?? []
        }
        return names.compactMap(\.name.stage)
    }

    /// Whether any text could name a stage: most do not, and need not be parsed for it.
    private static func mentionsStages(_ stage: Pipeline.Stage) -> Bool {
        if case .run(let script) = stage.action.value, mentionsStages(script) { return true }
        return mentionsStages(stage.with.value) || stage.env.values.contains(where: mentionsStages)
            || stage.profiles.contains { $0.with.values.contains(where: mentionsStages) }
    }

    private static func mentionsStages(_ value: JSONValue) -> Bool {
        switch value {
        case .null, .bool, .integer, .number: false
        case .string(let text): mentionsStages(text)
        case .array(let values): values.contains(where: mentionsStages)
        case .object(let members): members.values.contains(where: mentionsStages)
        }
    }

    private static func mentionsStages(_ text: String) -> Bool {
        var rest = text.utf8[...]
        while let start = rest.firstIndex(of: UInt8(ascii: "s")) {
            rest = rest[start...]
            if rest.starts(with: "stages.".utf8) { return true }
            rest = rest.dropFirst()
        }
        return false
    }

    /// Indices in an order in which each stage follows what it needs, otherwise as they are written; with the names
    /// of a circle where there is one.
    func order(of wanted: [Int]) -> (order: [Int], circle: [String]?) {
        var state = [UInt8](repeating: 0, count: stages.count)
        var order: [Int] = []
        for root in wanted where state[root] == 0 {
            // Depth first without recursion, so that a long chain does not exhaust the stack (Tarjan, 1976).
            var path: [(stage: Int, next: Int)] = [(root, 0)]
            state[root] = 1
            while let top = path.last {
                guard top.next < needs[top.stage].count else {
                    state[top.stage] = 2
                    order.append(top.stage)
                    path.removeLast()
                    continue
                }
                path[path.count - 1].next += 1
                let need = needs[top.stage][top.next]
                if state[need] == 1 {
                    let start = path.firstIndex { $0.stage == need } ?? 0
                    return (order, path[start...].map { stages[$0.stage].name } + [stages[need].name])
                }
                if state[need] == 0 {
                    state[need] = 1
                    path.append((need, 0))
                }
            }
        }
        return (order, nil)
    }
}
