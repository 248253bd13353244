import SluiceModel

/// Reads the lines that git writes to its hooks. Pure; whatever the bytes are, every line is either an update or
/// malformed, and never more than a line is lost.
package enum HookInput {
    /// A line that is none of git's, counted from 1.
    package struct MalformedLine: Sendable, Hashable {
        package var number: Int
        package var reason: String
    }

    /// More bytes than any reference's name can have on Linux, with both oids.
    private static let longestLine = 8192

    /// `old SP new SP reference LF`, of `pre-receive` and `post-receive`.
    package static func parseReceive(_ input: [UInt8]) -> (updates: [ReferenceUpdate], malformed: [MalformedLine]) {
        parse(input) { line in
            let fields = line.split(separator: space, maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { return nil }
            guard let (old, new) = oids(fields[0], fields[1]), let name = reference(fields[2]) else { return nil }
            return ReferenceUpdate(old: old, new: new, reference: name)
        }
    }

    /// `local SP local-oid SP remote SP remote-oid LF`, of `pre-push`. The first field may hold spaces
    /// (`HEAD@{1 day ago}`), so the others are counted from the end.
    package static func parsePrePush(_ input: [UInt8]) -> (updates: [PrePushUpdate], malformed: [MalformedLine]) {
        parse(input) { line in
            let fields = line.split(separator: space, omittingEmptySubsequences: false)
            guard fields.count >= 4 else { return nil }
            let last = fields.count - 1
            let (localOID, remote, remoteOID) = (fields[last - 2], fields[last - 1], fields[last])
            let local = line[..<(localOID.startIndex - 1)]
            guard let (new, old) = oids(localOID, remoteOID), let remoteName = reference(remote),
                let localName = reference(local)
            else { return nil }
            return PrePushUpdate(local: localName, localOID: new, remote: remoteName, remoteOID: old)
        }
    }

    private static let space = UInt8(ascii: " ")

    private static func parse<Update>(
        _ input: [UInt8], _ read: (ArraySlice<UInt8>) -> Update?
    ) -> (updates: [Update], malformed: [MalformedLine]) {
        var lines = input.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        var updates: [Update] = []
        var malformed: [MalformedLine] = []
        for (index, line) in lines.enumerated() {
            if line.count > longestLine {
                malformed.append(MalformedLine(number: index + 1, reason: "longer than \(longestLine) bytes"))
            } else if let update = read(line) {
                updates.append(update)
            } else {
                malformed.append(MalformedLine(number: index + 1, reason: "not two oids and a reference"))
            }
        }
        return (updates, malformed)
    }

    /// Two names of the same kind of repository, of 40 or 64 digits both.
    private static func oids(
        _ one: ArraySlice<UInt8>, _ other: ArraySlice<UInt8>
    ) -> (ObjectID, ObjectID)? {
        guard one.count == other.count, let first = oid(one), let second = oid(other) else { return nil }
        return (first, second)
    }

    private static func oid(_ digits: ArraySlice<UInt8>) -> ObjectID? {
        CBytes.text(digits).flatMap { ObjectID(hex: $0) }
    }

    /// Any bytes but control characters, which git allows in no reference.
    private static func reference(_ bytes: ArraySlice<UInt8>) -> Reference? {
        guard !bytes.isEmpty, bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
        return Reference(bytes: Array(bytes))
    }
}
