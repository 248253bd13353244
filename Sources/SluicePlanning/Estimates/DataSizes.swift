import SluiceModel

/// How much data of the commit each stage's results come from: the files that it reads, and those behind the results
/// that it reads. Known before anything runs, also where the results themselves are not.
struct DataSizes {
    /// More files than this are not looked at one by one, and their size is not known.
    private static let mostFiles = 4096

    /// Files that a stage reads together, by their number.
    private struct Sources {
        var inputs: Set<Int> = []
        /// False where something is read of which nobody knows the size.
        var isKnown = true
    }

    /// What tells sets of files apart; their ends will do, because only sizes hang on it.
    private struct FileSet: Hashable {
        var base: String
        var count: Int
        var first, last: TreeEntry?
    }

    private let tree: any TreeReader
    private var numbers: [FileSet: Int] = [:]
    /// By number; nil: not known.
    private var bytes: [Int64?] = []
    /// Of all instances of a stage, because whoever reads a matrix reads all of it.
    private var behind: [String: Sources] = [:]

    init(_ tree: any TreeReader) { self.tree = tree }

    /// Stages come after those that they need. nil: not known, or no data at all.
    mutating func bytes(of stage: Plan.Stage) -> Int64? {
        var sources = Sources()
        for input in stage.inputs {
            switch input.source {
            case .external: sources.isKnown = false
            case .tree(let entries, let base): add(entries, below: base, to: &sources)
            case .outputs(let references): references.first.map { add(behind: $0.stage, to: &sources) }
            case .selected(let stages, _, _, _): stages.first.map { add(behind: $0, to: &sources) }
            }
        }
        let name = stage.definition.name
        behind[name, default: Sources()].inputs.formUnion(sources.inputs)
        if !sources.isKnown { behind[name]?.isKnown = false }
        guard sources.isKnown, !sources.inputs.isEmpty else { return nil }
        return sources.inputs.reduce(into: Int64(0)) { $0 += bytes[$1] ?? 0 }
    }

    private mutating func add(_ entries: [TreeEntry], below base: String, to sources: inout Sources) {
        let number = number(of: entries, below: base)
        sources.inputs.insert(number)
        if bytes[number] == nil { sources.isKnown = false }
    }

    private func add(behind instance: String, to sources: inout Sources) {
        let name = String(instance.prefix { $0 != "[" })
        guard let others = behind[name] else { return }
        sources.inputs.formUnion(others.inputs)
        if !others.isKnown { sources.isKnown = false }
    }

    private mutating func number(of entries: [TreeEntry], below base: String) -> Int {
        let files = FileSet(base: base, count: entries.count, first: entries.first, last: entries.last)
        if let known = numbers[files] { return known }
        numbers[files] = bytes.count
        bytes.append(measure(entries))
        return bytes.count - 1
    }

    /// An estimate is not worth a failed plan: what cannot be measured is not known.
    private func measure(_ entries: [TreeEntry]) -> Int64? {
        guard entries.count <= Self.mostFiles else { return nil }
        var sum: Int64 = 0
        for entry in entries {
            guard let size = try? tree.size(of: entry) else { return nil }
            sum += size
        }
        return sum
    }
}
