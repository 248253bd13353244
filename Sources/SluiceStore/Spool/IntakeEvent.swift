import FoundationEssentials
import SluiceModel

/// What a hook saw: a push with its updates. Its id makes sure that it never makes runs twice.
package struct IntakeEvent: Sendable, Equatable {
    /// 128 random bits, 32 lower-case hexadecimal digits.
    package var id: String
    package var time: Timestamp
    package var repository: Repository
    package var updates: [Update]
    /// As given with `git push -o`.
    package var options: [String]
    package var trigger: Trigger

    package init(
        id: String, time: Timestamp, repository: Repository, updates: [Update], options: [String] = [],
        trigger: Trigger
    ) {
        self.id = id
        self.time = time
        self.repository = repository
        self.updates = updates
        self.options = options
        self.trigger = trigger
    }

    /// One line of a hook's input; an all-zero side is a creation or a deletion.
    package struct Update: Sendable, Equatable {
        package var old: ObjectID
        package var new: ObjectID
        package var reference: Reference

        package init(old: ObjectID, new: ObjectID, reference: Reference) {
            self.old = old
            self.new = new
            self.reference = reference
        }
    }

    static func isValid(id: String) -> Bool {
        id.utf8.count == 32
            && id.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }
}

extension IntakeEvent: Codable {
    package static let schema = "sluice.intake/v1"

    private enum CodingKeys: String, CodingKey {
        case schema, id, time, repository, updates, options, trigger
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        let schema = try fields.decode(String.self, forKey: .schema)
        let id = try fields.decode(String.self, forKey: .id)
        guard schema == Self.schema, Self.isValid(id: id) else {
            throw DecodingError.dataCorruptedError(
                forKey: .schema, in: fields, debugDescription: "not \(Self.schema) with an id of 32 digits")
        }
        self.init(
            id: id, time: try fields.decode(Timestamp.self, forKey: .time),
            repository: try fields.decode(Repository.self, forKey: .repository),
            updates: try fields.decode([Update].self, forKey: .updates),
            options: try fields.decode([String].self, forKey: .options),
            trigger: try fields.decode(Trigger.self, forKey: .trigger))
    }

    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(Self.schema, forKey: .schema)
        try fields.encode(id, forKey: .id)
        try fields.encode(time, forKey: .time)
        try fields.encode(repository, forKey: .repository)
        try fields.encode(updates, forKey: .updates)
        try fields.encode(options, forKey: .options)
        try fields.encode(trigger, forKey: .trigger)
    }
}

extension IntakeEvent.Update: Codable {
    private enum CodingKeys: String, CodingKey {
        case old, new, reference
        case bytes = "reference_bytes"
    }

    /// A reference that is not UTF-8 has its bytes in base64 besides.
    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        let name = try fields.decode(String.self, forKey: .reference)
        let bytes = try fields.decodeIfPresent(Data.self, forKey: .bytes)
        self.init(
            old: try fields.decode(ObjectID.self, forKey: .old), new: try fields.decode(ObjectID.self, forKey: .new),
            reference: bytes.map { Reference(bytes: Array($0)) } ?? Reference(name))
    }

    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(old, forKey: .old)
        try fields.encode(new, forKey: .new)
        try fields.encode(reference.name, forKey: .reference)
        if !reference.isUTF8 { try fields.encode(Data(reference.bytes), forKey: .bytes) }
    }
}
