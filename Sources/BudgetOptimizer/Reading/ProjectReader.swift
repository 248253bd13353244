/// Reads PSPLIB and MMLIB text (`.sm`, `.mm`; Kolisch and Sprecher 1996) as it is published: titles are known by their
/// letters, whatever the blanks, colons and rulers around them are, and further modes may repeat the job's number.
package struct ProjectReader {
    private static let largestCount = 1_000_000

    private var scanner: LineScanner
    /// By job, the lines of its successors and of its first mode.
    private var successorLines: [Int] = []
    private var requestsLine = 0

    /// The project in the text, one activity per job, source and sink included.
    package static func read(_ bytes: [UInt8]) throws(TextFailure) -> ProjectProblem {
        var reader = ProjectReader(scanner: LineScanner(bytes))
        return try reader.project()
    }

    package static func read(_ text: String) throws(TextFailure) -> ProjectProblem { try read(Array(text.utf8)) }

    private init(scanner: LineScanner) { self.scanner = scanner }

    private mutating func project() throws(TextFailure) -> ProjectProblem {
        let jobs = try header("jobs")
        guard jobs >= 1 else { throw scanner.failure("expected at least one job") }
        let renewable = try header("renewable")
        let nonrenewable = try header("nonrenewable")
        guard try header("doubly constrained") == 0 else {
            throw scanner.failure("doubly constrained resources are not supported")
        }
        let relations = try precedence(jobs: jobs)
        let modes = try requests(modes: relations.map(\.modes), renewable: renewable, nonrenewable: nonrenewable)
        let amounts = try availabilities(count: renewable + nonrenewable)
        let activities = zip(relations, modes).map {
            ProjectProblem.Activity(modes: $1, successors: $0.successors)
        }
        let problem = ProjectProblem(
            activities: activities, renewable: Array(amounts[..<renewable]),
            nonrenewable: Array(amounts[renewable...]))
        try check(problem)
        return problem
    }

    /// What only the whole project shows, with the line that it begins in.
    private func check(_ problem: ProjectProblem) throws(TextFailure) {
        do throws(ProjectProblemError) { _ = try problem.validatedOrder() } catch {
            guard case .cycle(let jobs) = error else {
                throw TextFailure(line: requestsLine, column: 1, message: error.description)
            }
            let line = jobs.first.map { successorLines[$0 - 1] } ?? 1
            let circle = ProjectProblemError.circle(jobs)
            throw TextFailure(line: line, column: 1, message: "the jobs \(circle) are a circle of successors")
        }
    }

    // MARK: Sections

    /// The number behind the colon of the next line that begins with the title.
    private mutating func header(_ title: String) throws(TextFailure) -> Int {
        try seek(title)
        let words = scanner.words(atMost: 64)
        guard let colon = words.firstIndex(where: { $0.text.hasSuffix(":") || $0.text == ":" }) else {
            throw scanner.failure("expected ':' and a number behind '\(title)'")
        }
        guard colon + 1 < words.count else { throw scanner.failure("expected a number behind ':'", at: words[colon]) }
        return try number(words[colon + 1], "the number of '\(title)'", atMost: Self.largestCount)
    }

    private mutating func precedence(jobs: Int) throws(TextFailure) -> [(modes: Int, successors: [Int])] {
        try seek("PRECEDENCE RELATIONS")
        var relations: [(modes: Int, successors: [Int])] = []
        for job in 1...jobs {
            let words = try row("the successors of job \(job)", isFirst: job == 1)
            try expect(words[0], equal: job, "job")
            guard words.count >= 3 else {
                throw scanner.failure(
                    "expected modes and number of successors of job \(job)", at: words[words.count - 1])
            }
            let modes = try number(words[1], "the number of modes", atMost: Self.largestCount)
            guard modes >= 1 else { throw scanner.failure("job \(job) has no mode", at: words[1]) }
            let count = try number(words[2], "the number of successors", atMost: Self.largestCount)
            guard words.count == 3 + count else {
                throw scanner.failure("expected \(count) successors, found \(words.count - 3)", at: words[2])
            }
            var successors: [Int] = []
            for word in words[3...] {
                let successor = try number(word, "a job", atMost: Int(Int32.max))
                guard (1...jobs).contains(successor) else {
                    throw scanner.failure("there is no job \(successor)", at: word)
                }
                successors.append(successor - 1)
            }
            successorLines.append(scanner.number)
            relations.append((modes, successors))
        }
        try expectEnd("\(jobs) jobs")
        return relations
    }

    private mutating func requests(
        modes: [Int], renewable: Int, nonrenewable: Int
    ) throws(TextFailure) -> [[ProjectProblem.Mode]] {
        if !isTitle("REQUESTS/DURATIONS") { try seek("REQUESTS/DURATIONS") }
        requestsLine = scanner.number
        var all: [[ProjectProblem.Mode]] = []
        for (index, count) in modes.enumerated() {
            var list: [ProjectProblem.Mode] = []
            for number in 1...count {
                let isFirst = index == 0 && number == 1
                let words = try row("mode \(number) of job \(index + 1)", isFirst: isFirst)
                list.append(
                    try mode(words, job: index + 1, number: number, renewable: renewable, nonrenewable: nonrenewable))
            }
            all.append(list)
        }
        try expectEnd("\(modes.count) jobs with the modes that their successors' lines state")
        return all
    }

    /// `[job] mode duration requests…`; only the first mode of a job must name it.
    private func mode(
        _ words: [LineScanner.Word], job: Int, number index: Int, renewable: Int, nonrenewable: Int
    ) throws(TextFailure) -> ProjectProblem.Mode {
        let width = 2 + renewable + nonrenewable
        var words = words
        if index == 1 || words.count == width + 1 {
            try expect(words[0], equal: job, "job")
            words.removeFirst()
        }
        guard let first = words.first else { throw scanner.failure("expected a mode of job \(job)") }
        try expect(first, equal: index, "mode")
        guard words.count == width else {
            throw scanner.failure(
                "expected a duration and \(width - 2) requests behind the mode, found \(words.count - 1) numbers",
                at: first)
        }
        let duration = try number(words[1], "a duration", atMost: ProjectProblem.longestHorizon)
        var amounts: [Int] = []
        for word in words[2...] { amounts.append(try number(word, "a request", atMost: ProjectProblem.largestAmount)) }
        return .init(
            duration: duration, renewable: Array(amounts[..<renewable]), nonrenewable: Array(amounts[renewable...]))
    }

    private mutating func availabilities(count: Int) throws(TextFailure) -> [Int] {
        let title = "RESOURCE AVAILABILITIES"
        if !isTitle(title) { try seek(title) }
        guard count > 0 else { return [] }
        let words = try row("the resources' availabilities", isFirst: true)
        guard words.count == count else {
            throw scanner.failure("expected \(count) availabilities, found \(words.count)")
        }
        var amounts: [Int] = []
        for word in words {
            amounts.append(try number(word, "an availability", atMost: ProjectProblem.largestAmount))
        }
        return amounts
    }

    // MARK: Lines

    private mutating func seek(_ title: String) throws(TextFailure) {
        let from = scanner.number + 1
        while scanner.advance() { if isTitle(title) { return } }
        throw TextFailure(line: from, column: 1, message: "expected a line '\(title)' from here on")
    }

    /// Whether the line begins with the title's letters, as far as letters go.
    private func isTitle(_ title: String) -> Bool {
        let letters = scanner.words(atMost: 4).flatMap { $0.text.lowercased().utf8 }.filter(Self.isLetter)
        return letters.starts(with: title.lowercased().utf8.filter(Self.isLetter))
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }

    /// The words of the next line that is not blank. Before the first row of a section stand the titles of its columns
    /// and maybe a ruler.
    private mutating func row(_ what: String, isFirst: Bool) throws(TextFailure) -> [LineScanner.Word] {
        var titles = isFirst ? 1 : 0
        while scanner.advance() {
            guard !scanner.isBlank() else { continue }
            if isFirst, isRuler() { continue }
            let words = scanner.words()
            guard titles > 0, Int(words[0].text) == nil else { return words }
            titles -= 1
        }
        throw scanner.failure("expected \(what), found the end of the file")
    }

    private func isRuler() -> Bool {
        scanner.words(atMost: 2).allSatisfy { $0.text.utf8.allSatisfy { $0 == 0x2D || $0 == 0x2A || $0 == 0x3D } }
    }

    /// A section ends with a title or a ruler: a further row of numbers would be lost.
    private mutating func expectEnd(_ what: String) throws(TextFailure) {
        while scanner.advance() {
            if scanner.isBlank() { continue }
            if let word = scanner.words(atMost: 1).first, Int(word.text) != nil {
                throw scanner.failure("expected the end of the section behind \(what), found another row", at: word)
            }
            return
        }
    }

    // MARK: Numbers

    private func number(_ word: LineScanner.Word, _ what: String, atMost most: Int) throws(TextFailure) -> Int {
        let isNumber =
            !word.text.isEmpty && word.text.utf8.drop(while: { $0 == 0x2D }).allSatisfy { (0x30...0x39).contains($0) }
        guard isNumber, word.text != "-" else {
            throw scanner.failure(
                "expected \(what) as a whole number, found '\(LineScanner.shown(word.text))'", at: word)
        }
        guard !word.text.hasPrefix("-") else {
            throw scanner.failure("\(what) is negative: \(LineScanner.shown(word.text))", at: word)
        }
        guard let value = Int(word.text), value <= most else {
            throw scanner.failure("\(what) is too large: \(LineScanner.shown(word.text)), at most \(most)", at: word)
        }
        return value
    }

    private func expect(_ word: LineScanner.Word, equal value: Int, _ what: String) throws(TextFailure) {
        let found = try number(word, "a \(what)", atMost: Int(Int32.max))
        guard found == value else {
            throw scanner.failure("expected \(what) \(value), found \(found)", at: word)
        }
    }
}
