import Foundation
import Testing

@testable import BudgetOptimizer

@Suite("model files")
struct ModelReaderTests {
    private func library() throws -> String {
        try #require(getenv("SLUICE_HIGHS").map { String(cString: $0) }, "set SLUICE_HIGHS to the path of libhighs")
    }

    @Test(
        "published and own files are read as HiGHS reads them",
        arguments: [
            "afiro.mps", "blending.mps", "chip.mps", "flugpl.mps", "klein1.mps", "lseu.mps", "sections.mps",
            "blanks.mps", "diet.lp",
        ])
    func equalsHighs(name: String) throws {
        let url = ModelFiles.fixture(name)
        var theirs = ModelFiles.ordered(try LinearSolver.read(file: url.path, library: library()))
        let ours = ModelFiles.ordered(try ModelFiles.read(url))
        // HiGHS names rows without a name in its own way.
        for row in theirs.rows.indices where theirs.rows[row].name.hasPrefix("HiGHS") {
            theirs.rows[row].name = ours.rows[row].name
        }
        #expect(ours == theirs)
    }

    @Test("random programs come back from both formats, and HiGHS reads the same from them", arguments: 0..<4)
    func roundTrip(block: Int) throws {
        let library = try library()
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for number in 0..<25 {
            let seed = UInt64(700_000 + block * 1_000 + number)
            let problem = ModelFiles.random(seed: seed)
            #expect(try MPSReader.read(Array(ModelFiles.mps(problem).utf8)) == problem, "seed \(seed)")
            for (name, text) in [("p.mps", ModelFiles.mps(problem)), ("p.lp", ModelFiles.lp(problem))] {
                let url = folder.appending(path: name)
                try text.write(to: url, atomically: true, encoding: .utf8)
                let theirs = ModelFiles.ordered(try LinearSolver.read(file: url.path, library: library))
                #expect(try ModelFiles.ordered(ModelFiles.read(url)) == theirs, "seed \(seed)\n\(text)")
            }
        }
    }

    @Test("ranges, constants, free and binary variables of a CPLEX-LP file mean what they say")
    func lpMeaning() throws {
        let problem = try ModelFiles.read(ModelFiles.fixture("ranges.lp"))
        #expect(problem.sense == .maximise && problem.offset == 4)
        #expect(problem.columns.map(\.name) == ["x1", "x2", "x3", "y1", "b2", "b1"])
        #expect(problem.columns.map(\.lower) == [0, -2, -.infinity, -.infinity, 0, 0])
        #expect(problem.columns.map(\.upper) == [4, 6.5, .infinity, 20, 1, 1])
        #expect(problem.columns.map(\.isInteger) == [false, false, false, true, true, true])
        #expect(problem.rows.map(\.name) == ["c1", "low", "r3", "eq", "c5"])
        #expect(problem.rows[1].lower == -5 && problem.rows[1].upper == 8)
        let moved = try LPReader.read(Array("min\n x\nst\n c: 2 x + 3 >= 7\n 4 >= x\nend\n".utf8))
        #expect(moved.rows.map(\.lower) == [4, -.infinity] && moved.rows.map(\.upper) == [.infinity, 4])
    }

    @Test("names with blanks are told apart by their columns")
    func fixedForm() throws {
        let problem = try ModelFiles.read(ModelFiles.fixture("blanks.mps"))
        #expect(problem.columns.map(\.name) == ["COL ONE", "COL TWO"])
        #expect(problem.rows.map(\.name) == ["ROW ONE", "ROW TWO"])
    }

    private static let mps = """
        NAME small
        ROWS
         N cost
         L r1
         G r2
        COLUMNS
            x cost 1 r1 2
            y cost 3 r2 4
        RHS
            RHS r1 5 r2 1
        RANGES
            R r1 2
        BOUNDS
         UP B x 4
        ENDATA

        """

    @Test(
        "a broken MPS file is refused with the place and what was expected",
        arguments: [
            (" L r1", " Q r1", 4, 2, "expected a row type N, L, G or E"), (" G r2", " G r1", 5, 4, "a second row 'r1'"),
            ("r1 2", "r9 2", 7, 14, "there is no row 'r9'"), ("r1 2", "r1 2x", 7, 17, "expected a number"),
            ("r1 2", "r1 nan", 7, 17, "expected a number"), ("r1 2", "r1 1e999", 7, 17, "out of range"),
            ("r1 2", "cost 2", 7, 14, "a second value"), ("    y cost", "    x cost", 8, 7, "a second value"),
            ("r2 4", "r2", 8, 14, "one or two pairs"), ("r1 5", "r1 inf", 10, 12, ""),
            ("r2 1", "r1 1", 10, 14, "a second right-hand side"), ("R r1 2", "R cost 2", 12, 7, "no range"),
            (" UP B x 4", " UX B x 4", 14, 2, "expected a bound type"), ("B x 4", "B z 4", 14, 7, "no column 'z'"),
            (" UP B x 4", " SC B x 4", 14, 2, "semi-continuous"), (" UP B x 4", " UP B x -4", 14, 7, "add a bound"),
            (" UP B x 4", " UP B x 4\n UP B x 5", 15, 7, "a second bound"),
            (" UP B x 4", " LO B x inf", 14, 9, "finite lower"), ("ENDATA\n", "", 14, 1, "expected ENDATA"),
            ("BOUNDS", "BOUND", 13, 1, "expected a section"), ("RANGES", "QUADOBJ", 11, 1, "not supported"),
            ("ROWS", "COLUMNS", 2, 1, "expected the section ROWS before"), ("NAME small", "", 1, 1, "-"),
            ("RHS\n", "RHS\n    OTHER r2 1\n", 11, 5, "a second set"), ("x cost 1", "x\u{1}c cost 1", 7, 5, "ASCII"),
        ])
    func brokenMPS(old: String, new: String, line: Int, column: Int, words: String) throws {
        let text = Self.mps.replacing(old, with: new, maxReplacements: 1)
        if words == "-" {
            _ = try MPSReader.read(Array(text.utf8))
            return
        }
        guard words != "" else {
            #expect(try MPSReader.read(Array(text.utf8)).rows[0].upper == .infinity)
            return
        }
        let failure = #expect(throws: TextFailure.self) { try MPSReader.read(Array(text.utf8)) }
        let found = failure?.description ?? "none"
        #expect(failure?.line == line && failure?.column == column && found.contains(words), "\(found)")
    }

    private static let lp = """
        Minimize
         cost: x + 3 y
        Subject To
         r1: 2 x + y <= 5
         r2: y >= 1
        Bounds
         x <= 4
        General
         y
        End

        """

    @Test(
        "a broken CPLEX-LP file is refused with the place and what was expected",
        arguments: [
            ("Minimize", "Minimise it", 2, 2, "expected '+', '-'"), ("Minimize\n", "", 1, 2, "expected 'Minimize'"),
            ("2 x + y", "2 x y", 4, 10, "expected '+', '-'"), ("<= 5", "<= z", 4, 17, "belongs to the left"),
            ("<= 5", "<= 5 z", 4, 19, "expected the end of the row"),
            ("2 x + y", "2 + 3", 4, 15, "expected a variable"),
            ("r2:", "r1:", 5, 2, "a second row 'r1'"), ("x <= 4", "z <= 4", 7, 2, "there is no variable 'z'"),
            ("x <= 4", "x", 8, 1, "behind 'x'"), ("x <= 4", "x <= nan", 7, 7, "expected a number"),
            ("x <= 4", "x <= 4\n x <= 5", 8, 2, "a second bound"), ("x <= 4", "x <= 1e999", 7, 7, "out of range"),
            (" y\nEnd", " q\nEnd", 9, 2, "there is no variable 'q'"), ("End\n", "", 10, 1, "expected 'End'"),
            ("General", "Semi-continuous", 8, 1, "not supported"), ("3 y", "3 y ^ 2", 2, 16, "quadratic"),
            ("3 y", "[ y * y ] / 2", 2, 12, "quadratic"), ("2 x", "1e16 x", 4, 11, "at most 1e15"),
            ("r2: y", "r2: x = 1 -> y", 5, 12, "indicator"), ("End\n", "End\nmore", 11, 1, "nothing behind"),
            ("x + 3", "\u{e9} + 3", 2, 8, "begins no name"),
        ])
    func brokenLP(old: String, new: String, line: Int, column: Int, words: String) {
        let text = Self.lp.replacing(old, with: new, maxReplacements: 1)
        let failure = #expect(throws: TextFailure.self) { try LPReader.read(Array(text.utf8)) }
        let found = failure?.description ?? "none"
        #expect(failure?.line == line && failure?.column == column && found.contains(words), "\(found)")
    }
}
