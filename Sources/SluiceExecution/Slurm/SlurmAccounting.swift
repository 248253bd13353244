import SluiceModel

/// What `sacct` remembers, where the site has it.
enum SlurmAccounting {
    static func ending(of job: String, _ programs: SlurmPrograms) -> JobEnding? {
        let answer = programs.run(
            "sacct", ["--noheader", "--parsable2", "--allocations", "--jobs=\(job)", "--format=State,ExitCode"])
        guard answer.isGood, let line = answer.lines.first else { return nil }
        let fields = line.split(separator: "|").map(String.init)
        // `CANCELLED by 1000`, `0:9`
        guard let state = fields.first?.split(separator: " ").first.map(String.init) else { return nil }
        let numbers = fields.dropFirst().first?.split(separator: ":").compactMap { Int32($0) } ?? []
        let exit = numbers.count == 2 ? numbers[0] << 8 | numbers[1] : 0
        let row = SlurmQueue.Row(job: job, state: state, reason: "", exit: exit, comment: "")
        guard case .ended(let ending) = row.sighting(waited: .zero, patience: .zero) else { return nil }
        return ending
    }
}
