/// Reads PSPLIB and MMLIB text (`.sm`, `.mm`; Kolisch and Sprecher 1996) as it is.
package struct ProjectReader {
    /// What is wrong and where; line and column count from 1.
    package struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
        package var line: Int
        package var column: Int
        package var message: String

        package var description: String { "\(line):\(column): \(message)" }
    }

    private static let largestCount = 1_000_000

    private let lines: [Substring]
    private var at = 0

    private init(_ text: String) {
        lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
    }

    /// The project in the text, one activity per job, source and sink included.
    package static func read(_ text: String) throws(Failure) -> ProjectProblem {
        var reader = ProjectReader(text)
        return try reader.project()
    }

    private mutating func project() throws(Failure) -> ProjectProblem {
        let jobs = try headerNumber("jobs")
        guard jobs >= 1 else { throw failure("expected at least one job, found \(jobs)") }
        let renewable = try headerNumber("- renewable")
        let nonrenewable = try headerNumber("- nonrenewable")
        let doubly = try headerNumber("- doubly constrained")
        guard doubly == 0 else { throw failure("doubly constrained resources are not supported") }
        let relations = try precedence(jobs: jobs)
        let modes = try requests(modes: relations.map(\.modes), renewable: renewable, nonrenewable: nonrenewable)
        let amounts = try availabilities(count: renewable + nonrenewable)
        let activities = zip(relations, modes).map {
            ProjectProblem.Activity(modes: $1, successors: $0.successors)
        }
        return ProjectProblem(
            activities: activities, renewable: Array(amounts[..<renewable]),
            nonrenewable: Array(amounts[renewable...]))
    }

    // MARK: Sections

    private mutating func headerNumber(_ title: String) throws(Failure) -> Int {
        try seek(title)
        guard let colon = lines[at].firstIndex(of: ":") else { throw failure("expected ':' after '\(title)'") }
        let column = lines[at].distance(from: lines[at].startIndex, to: colon) + 2
        let rest = lines[at][lines[at].index(after: colon)...]
        guard let word = rest.split(whereSeparator: \.isWhitespace).first, let number = Int(word),
            (0...Self.largestCount).contains(number)
        else { throw Failure(line: at + 1, column: column, message: "expected the number of '\(title)'") }
        at += 1
        return number
    }

    private mutating func precedence(jobs: Int) throws(Failure) -> [(modes: Int, successors: [Int])] {
        try seek("PRECEDENCE RELATIONS")
        at += 2
        var relations: [(modes: Int, successors: [Int])] = []
        for job in 1...jobs {
            let numbers = try row("precedence relations of job \(job)")
            try expect(numbers, 0, equal: job, "job number")
            guard numbers.count >= 3 else { throw failure("expected modes and number of successors of job \(job)") }
            let count = numbers[2].value
            guard numbers.count == 3 + count else {
                throw failure("expected \(count) successors of job \(job), found \(numbers.count - 3)")
            }
            for number in numbers[3...] where !(1...jobs).contains(number.value) {
                throw Failure(line: at, column: number.column, message: "there is no job \(number.value)")
            }
            relations.append((numbers[1].value, numbers[3...].map { $0.value - 1 }))
        }
        return relations
    }

    private mutating func requests(
        modes: [Int], renewable: Int, nonrenewable: Int
    ) throws(Failure) -> [[ProjectProblem.Mode]] {
        try seek("REQUESTS/DURATIONS")
        at += 2
        if at < lines.count, lines[at].drop(while: \.isWhitespace).hasPrefix("-") { at += 1 }
        var all: [[ProjectProblem.Mode]] = []
        for (index, count) in modes.enumerated() {
            var list: [ProjectProblem.Mode] = []
            guard count >= 1 else { throw failure("job \(index + 1) has no mode") }
            for number in 1...count {
                var values = try row("mode \(number) of job \(index + 1)")
                if number == 1 {
                    try expect(values, 0, equal: index + 1, "job number")
                    values.removeFirst()
                }
                try expect(values, 0, equal: number, "mode number")
                guard values.count == 2 + renewable + nonrenewable else {
                    throw failure("expected a duration and \(renewable + nonrenewable) requests", line: at)
                }
                let amounts = values[2...].map(\.value)
                list.append(
                    .init(
                        duration: values[1].value, renewable: Array(amounts[..<renewable]),
                        nonrenewable: Array(amounts[renewable...])))
            }
            all.append(list)
        }
        return all
    }

    private mutating func availabilities(count: Int) throws(Failure) -> [Int] {
        try seek("RESOURCEAVAILABILITIES", or: "RESOURCE AVAILABILITIES")
        at += 2
        guard count > 0 else { return [] }
        let values = try row("resource availabilities")
        guard values.count == count else {
            throw failure("expected \(count) availabilities, found \(values.count)", line: at)
        }
        return values.map(\.value)
    }

    // MARK: Lines

    private mutating func seek(_ title: String, or other: String? = nil) throws(Failure) {
        let from = at
        while at < lines.count {
            let line = lines[at].drop(while: \.isWhitespace)
            if line.hasPrefix(title) { return }
            if let other, line.hasPrefix(other) { return }
            at += 1
        }
        throw Failure(line: min(from + 1, lines.count), column: 1, message: "expected a line '\(title)' from here on")
    }

    /// The non-negative integers of the next line that is not blank.
    private mutating func row(_ what: String) throws(Failure) -> [(value: Int, column: Int)] {
        while at < lines.count, lines[at].allSatisfy(\.isWhitespace) { at += 1 }
        guard at < lines.count else {
            throw Failure(line: lines.count, column: 1, message: "expected \(what), found the end of the file")
        }
        let line = lines[at]
        var numbers: [(value: Int, column: Int)] = []
        for word in line.split(whereSeparator: \.isWhitespace) {
            let column = line.distance(from: line.startIndex, to: word.startIndex) + 1
            guard let value = Int(word), (0...Int(Int32.max)).contains(value) else {
                let message = "expected \(what) as whole numbers, found '\(word.prefix(20))'"
                throw Failure(line: at + 1, column: column, message: message)
            }
            numbers.append((value, column))
        }
        at += 1
        return numbers
    }

    private func expect(
        _ row: [(value: Int, column: Int)], _ index: Int, equal value: Int, _ what: String
    ) throws(Failure) {
        guard row.indices.contains(index) else { throw failure("expected a \(what)", line: at) }
        guard row[index].value == value else {
            let message = "expected \(what) \(value), found \(row[index].value)"
            throw Failure(line: at, column: row[index].column, message: message)
        }
    }

    private func failure(_ message: String, line: Int? = nil) -> Failure {
        Failure(line: min(line ?? at + 1, max(1, lines.count)), column: 1, message: message)
    }
}
