import SluiceModel

/// What `sacct` remembers, where the site has it.
enum SlurmAccounting {
    static func ending(of job: String, _ programs: SlurmPrograms) -> JobEnding? {
        let array = String(job.prefix { $0 != "_" })
        let answer = programs.run(
            "sacct",
            ["--noheader", "--parsable2", "--allocations", "--jobs=\(array)", "--format=JobID,State,ExitCode"])
        guard answer.isGood else { return nil }
        return ending(of: job, in: answer.lines)
    }

    /// Tasks of an array that have never begun have one line together: `12`, or `12_[3-7]`.
    static func ending(of job: String, in lines: [String]) -> JobEnding? {
        let array = job.prefix { $0 != "_" }
        let rows = lines.map { $0.split(separator: "|", omittingEmptySubsequences: false).map(String.init) }
        let own = rows.first { $0[0] == job } ?? rows.first { $0[0] == array || $0[0].hasPrefix("\(array)_[") }
        // `CANCELLED by 1000`, `0:9`
        guard let own, own.count == 3, let state = own[1].split(separator: " ").first.map(String.init) else {
            return nil
        }
        let numbers = own[2].split(separator: ":").compactMap { Int32($0) }
        let exit = numbers.count == 2 ? numbers[0] << 8 | numbers[1] : 0
        let row = SlurmQueue.Row(job: job, state: state, reason: "", exit: exit, comment: "")
        guard case .ended(let ending) = row.sighting(waited: .zero, patience: .zero) else { return nil }
        return ending
    }
}
