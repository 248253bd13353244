import BudgetOptimizer
import Glibc
import HookInput
import PluginContract
import SluicePlanning

/// A reader with its small files and keywords.
struct FuzzTarget: Sendable {
    var name: String
    /// Words that mean something to the reader.
    var words: [String]
    /// Whether the input has a meaning.
    var read: @Sendable ([UInt8]) -> Bool
    /// What follows the reader, on an input that it accepts.
    var use: @Sendable ([UInt8]) -> Void = { _ in }

    /// The files of `Corpus/NAME`.
    func corpus() throws -> [[UInt8]] {
        let folder = "\(#filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined())/Corpus/\(name)"
        guard let listing = opendir(folder) else { throw Missing(folder: folder) }
        defer { closedir(listing) }
        var names: [String] = []
        while let entry = readdir(listing) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted().map { Self.bytes("\(folder)/\($0)") }
    }

    private struct Missing: Error { var folder: String }

    private static func bytes(_ path: String) -> [UInt8] {
        guard let file = fopen(path, "r") else { return [] }
        defer { fclose(file) }
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        return Array(chunk[..<fread(&chunk, 1, chunk.count, file)])
    }

    static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }

    static let all = optimizer + runner

    private static let optimizer = [
        FuzzTarget(
            name: "project",
            words: [
                "jobs:", "- renewable : 1", "- nonrenewable : 2", "PRECEDENCE RELATIONS", "REQUESTS/DURATIONS",
                "RESOURCE AVAILABILITIES", "****", "----", ":",
            ], read: { (try? ProjectReader.read($0)) != nil },
            use: { bytes in (try? ProjectReader.read(bytes)).map(schedule) }),
        FuzzTarget(
            name: "mps",
            words: [
                "ROWS", "COLUMNS", "RHS", "RANGES", "BOUNDS", "ENDATA", "OBJSENSE", "OBJNAME", "MAX", "'MARKER'",
                "'INTORG'",
                "'INTEND'", "UP", "LO", "FX", "FR", "MI", "PL", "BV", "LI", "UI", "SC", "N", "L", "G", "E", "$", "*",
            ], read: { (try? MPSReader.read($0)) != nil },
            use: { bytes in (try? MPSReader.read(bytes)).map(judge) }),
        FuzzTarget(
            name: "lp",
            words: [
                "Minimize", "Maximize", "Subject To", "st", "Bounds", "General", "Binary", "Free", "End", "free", "inf",
                "-inf", "<=", ">=", "=", "<", ":", "+", "-", "[", "]", "^", "*", "->", "\\", "2 x",
            ], read: { (try? LPReader.read($0)) != nil },
            use: { bytes in (try? LPReader.read(bytes)).map(judge) }),
        FuzzTarget(
            name: "json-project",
            words: json + ["\"modes\"", "\"duration\"", "\"successors\"", "\"release\"", "\"deadline\""],
            read: { (try? ProjectFile.read($0)) != nil }, use: { bytes in (try? ProjectFile.read(bytes)).map(schedule) }
        ),
        FuzzTarget(
            name: "json-lp", words: json + ["\"c\"", "\"A\"", "\"b\"", "\"bounds\"", "\"integer\"", "\"max\""],
            read: { (try? LinearFile.read($0)) != nil }, use: { bytes in (try? LinearFile.read(bytes)).map(judge) }),
        FuzzTarget(
            name: "json-gate",
            words: json + [
                "\"needs\"", "\"window_s\"", "\"use\"", "\"demand\"", "\"penalty\"", "\"budgets\"", "\"deadline_s\"",
            ],
            read: { (try? GateFile.read($0)) != nil },
            use: { bytes in
                guard let task = (try? GateFile.read(bytes)).map(GateFileTask.init),
                    let answer = try? Gate.decide(task.problem, effort: .init(nodes: 200, schedules: 20))
                else { return }
                _ = GateFileDecision(task, answer)
            }),
    ]

    private static let json = [
        "{", "}", "[", "]", ",", ":", "null", "true", "\"\"", "\"\\ud800\"", "\"a\":", "[[", "1e999",
    ]

    private static let runner = [
        FuzzTarget(
            name: "pipeline",
            words: [
                "schema: sluice/v1", "name:", "stages:", "uses:", "run:", "matrix:", "inputs:", "if:", "${", "}", "&a",
                "*a", "<<:",
                "!!str", "|", ">", "- ", "? ", "---", "#", "'", "\"", "{", "[",
            ], read: { PipelineFile.parse(SourceText(path: "p.yaml", bytes: $0)).pipeline != nil }),
        FuzzTarget(
            name: "manifest",
            words: [
                "schema:", "name:", "entry:", "inputs:", "outputs:", "params:", "type:", "&a", "*a", "|", "- ", "{",
                "[",
            ],
            read: { ManifestFile.parse(SourceText(path: "plugin.yaml", bytes: $0)).manifest != nil }),
        FuzzTarget(
            name: "contract", words: json + ["\"token\":\"t\"", "\"type\"", "\"result\"", "\"critical\":true"],
            read: contract),
        FuzzTarget(
            name: "hook", words: ["0000000000000000000000000000000000000000", "refs/heads/main", "(delete)", " "],
            read: { bytes in
                let push = HookInput.parsePrePush(bytes)
                let receive = HookInput.parseReceive(bytes)
                return !push.updates.isEmpty || !receive.updates.isEmpty
            }),
    ]

    // MARK: Behind the readers

    @Sendable private static func schedule(_ problem: ProjectProblem) {
        _ = try? ProjectSolver.solve(problem, limits: .init(schedules: 10), seed: 1) { 0 }
    }

    @Sendable private static func judge(_ problem: LinearProblem) {
        _ = problem.violations(of: problem.columns.map { _ in 1 })
        _ = problem.isInfeasible(by: problem.rows.map { _ in 1 })
    }

    @Sendable private static func contract(_ bytes: [UInt8]) -> Bool {
        var decoder = LineDecoder()
        var isMessage = false
        let take = { (piece: LineDecoder.Piece) in
            guard case .candidate(let line) = piece, case .message = ReceivedLine(line, token: "t") else { return }
            isMessage = true
        }
        decoder.append(bytes, emit: take)
        decoder.finish(emit: take)
        return isMessage
    }
}
