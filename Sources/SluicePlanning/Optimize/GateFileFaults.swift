/// All that is wrong with a file; at most as much as of a pipeline.
package struct GateFileErrors: Error, Sendable, Equatable {
    package let all: [GateFileError]
}

/// Goes on behind an error, so that a person gets all of them at once. What stands in for a value that cannot be read
/// matters to nobody: the file does not count then.
struct GateFileFaults {
    private(set) var all: [GateFileError] = []

    /// Reads a whole file.
    static func reading<File>(
        _ bytes: [UInt8], _ read: (GateFileValue, inout GateFileFaults) -> File?
    ) throws(GateFileErrors) -> File {
        var faults = GateFileFaults()
        let json = faults.keep(try GateFileJSON.read(bytes))
        let file = json.flatMap { read(GateFileValue(path: "", json: $0), &faults) }
        guard let file, faults.all.isEmpty else { throw GateFileErrors(all: faults.all) }
        return file
    }

    mutating func note(_ error: GateFileError) {
        if all.count < Findings.limit { all.append(error) }
    }

    /// nil where it cannot be read; why is noted.
    @discardableResult
    mutating func keep<Value>(_ read: @autoclosure () throws(GateFileError) -> Value) -> Value? {
        do throws(GateFileError) { return try read() } catch {
            note(error)
            return nil
        }
    }

    /// Each item by itself. A list that is left out is empty; nil where there is something else.
    mutating func items<Value>(
        _ list: GateFileValue?, _ read: (GateFileValue, inout GateFileFaults) -> Value
    ) -> [Value]? {
        guard let list else { return [] }
        return keep(try list.items())?.map { read($0, &self) }
    }

    /// The same with `standIn` for an item that cannot be read.
    mutating func items<Value>(
        _ list: GateFileValue?, else standIn: Value, _ read: (GateFileValue) throws(GateFileError) -> Value
    ) -> [Value]? {
        items(list) { item, faults in
            do throws(GateFileError) { return try read(item) } catch {
                faults.note(error)
                return standIn
            }
        }
    }

    /// Whether it is an object. Every key that nobody reads is noted: a misspelt one would change the answer silently.
    @discardableResult
    mutating func expectObject(_ value: GateFileValue, of known: [String]) -> Bool {
        guard let members = keep(try value.members()) else { return false }
        for member in members where !known.contains(member.key) {
            note(member.value.failure("unknown key; known are \(known.joined(separator: ", "))"))
        }
        return true
    }

    /// Notes another count than the expected one; nil where one of them is not known.
    mutating func expect(_ expected: Int?, _ what: String, found: Int?, in value: GateFileValue) {
        guard let expected, let found, expected != found else { return }
        note(value.failure("expected \(expected) \(what), found \(found)"))
    }
}
