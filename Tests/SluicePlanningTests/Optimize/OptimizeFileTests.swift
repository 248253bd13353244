import BudgetOptimizer
import SluicePlanning
import Testing

/// What the JSON files of `sluice optimize` get wrong.
@Suite struct OptimizeFileTests {
    private func faults<File>(_ text: String, _ read: ([UInt8]) throws(GateFileErrors) -> File) -> [String] {
        do throws(GateFileErrors) {
            _ = try read(Array(text.utf8))
            return []
        } catch {
            return error.all.map(\.description)
        }
    }

    @Test("all that is wrong with a linear program is told at once")
    func linear() {
        let text = """
            {"sense": "most", "c": [1, "x", 1e16], "A": [[1, 2], [1, 2, {}], 3], "b": [1], "bounds": [[0], null],
             "integer": [true, 1, false], "kind": 1, "sort": 2}
            """
        #expect(
            faults(text, LinearFile.read) == [
                "kind: unknown key; known are schema, sense, c, A, b, bounds, integer",
                "sort: unknown key; known are schema, sense, c, A, b, bounds, integer",
                "c[1]: expected a number, found the string 'x'", "c[2]: 1e+16 is out of range: at most 1e15",
                "A[0]: expected 3 coefficients, one for each column, found 2",
                "A[1][2]: expected a number, found an object",
                "A[2]: expected a list, found the number 3", "b: expected 3 numbers, one for each row of A, found 1",
                "bounds[0]: expected [lowest, highest], null for none",
                "bounds: expected 3 pairs, one for each column, found 2",
                "integer[1]: expected true or false, found the number 1", "sense: expected min or max",
            ])
    }

    @Test("what follows from a fault alone is not told as another one")
    func noEchoes() {
        #expect(faults("[]", LinearFile.read) == ["expected an object, found a list"])
        #expect(faults("[]", ProjectFile.read) == ["expected an object, found a list"])
        #expect(faults(#"{"A": [[1]], "b": [1], "bounds": [[0, 1]]}"#, LinearFile.read) == ["c: is missing"])
        let pools =
            #"{"activities": [{"modes": [{"duration": 1, "pools": ["a"]}]}], "pools": [{"name": 1, "renewable": []}]}"#
        #expect(faults(pools, ProjectFile.read) == ["pools[0].name: expected a string, found the number 1"])
        let amounts = #"{"activities": [{"modes": [{"duration": 1, "renewable": [1]}]}], "renewable": {}}"#
        #expect(faults(amounts, ProjectFile.read) == ["renewable: expected a list, found an object"])
    }

    @Test("all that is wrong with a point is told at once")
    func point() throws {
        let problem = try LinearFile.read(Array(#"{"c": [1, 1]}"#.utf8))
        func told(_ text: String) -> [String] {
            faults(text) { (bytes) throws(GateFileErrors) in try LinearFile.point(bytes, of: problem) }
        }
        #expect(told(#"["a", 1, null]"#).count == 3)
        #expect(
            told(#"{"x": {"x1": true, "y": 1, "x2": 2}}"#) == [
                "x.x1: expected a number, found a boolean", "x.y: there is no such column",
            ])
        #expect(told("[0, 1]").isEmpty && told(#"{"x2": 1}"#).isEmpty)
    }

    @Test("all that is wrong with a project is told at once")
    func project() {
        let text = """
            {"activities": [
               {"modes": [{"duration": -1, "renewable": [1, 2]}, {"duration": 1, "renewable": [1], "pools": ["q", "p"]}],
                "successors": [3, 0], "release": "soon", "deadline": -1},
               {"modes": [], "modus": 1}, 7],
             "renewable": [4], "nonrenewable": [-1], "pools": [{"name": "p", "renewable": [1]}]}
            """
        #expect(
            faults(text, ProjectFile.read) == [
                "nonrenewable[0]: expected 0 to 1073741824, found -1",
                "activities[0].successors[1]: expected 1 to 3, found 0",
                "activities[0].release: expected a whole number, found the string 'soon'",
                "activities[0].deadline: expected 0 to 2147483647, found -1",
                "activities[0].modes[0].duration: expected 0 to 16777216, found -1",
                "activities[0].modes[0].renewable: expected 1 requests, one for each resource, found 2",
                "activities[0].modes[0]: expected 1 requests, one for each resource, found 0",
                "activities[0].modes[1]: expected 1 requests, one for each resource, found 0",
                "activities[0].modes[1].pools[0]: there is no pool of this name",
                "activities[1].modus: unknown key; known are modes, successors, release, deadline",
                "activities[1].modes: expected at least one mode",
                "activities[2]: expected an object, found the number 7",
            ])
        let pools =
            #"{"activities": [], "pools": [{"name": "p", "renewable": [1]}, {"name": "p", "renewable": [1, 2]}, {}]}"#
        #expect(
            faults(pools, ProjectFile.read) == [
                "pools[1].name: there is another pool p",
                "pools[1].renewable: expected 1 amounts, as in the first pool",
                "pools[2].name: is missing", "pools[2].renewable: is missing",
            ])
    }

    @Test("all that is wrong with one profile of a gate file is told at once")
    func profile() {
        let text = #"{"stages": [{"name": "a", "profiles": [{"duration_s": -1, "penalty": "x", "one": 1, "two": 2}]}]}"#
        #expect(faults(text, GateFile.read).count == 5)
    }

    @Test("of a file that is wrong everywhere at most 200 faults are told")
    func limit() {
        let list = [String](repeating: "true", count: 1_000).joined(separator: ",")
        #expect(faults("{\"c\": [\(list)]}", LinearFile.read).count == 200)
        #expect(faults("{\"activities\": [\(list)]}", ProjectFile.read).count == 200)
    }

    @Test("places are those of the keys, or of what is nearest around them, in one reading")
    func places() {
        let text = "{\"a\": [1,\n {\"b.c\": 2, \"d\": [true]}],\n \"e\": 3}"
        let paths = ["a", "a[1].d[0]", "a[1].b.c", "a[1].f", "e", "g", ""]
        let places = GateFileJSON.places(of: paths, in: Array(text.utf8))
        #expect(
            paths.map { places[$0].map { "\($0.line):\($0.column)" } } == [
                "1:7", "2:19", "2:10", "2:2", "3:7", "1:1", "1:1",
            ])
        #expect(GateFileJSON.places(of: ["a"], in: Array("{".utf8)).isEmpty)
    }
}
