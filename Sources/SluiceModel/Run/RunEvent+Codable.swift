extension RunEvent: Codable {
    /// The version of the flat object that `--events` prints and the journal keeps.
    package static let schema = "sluice.event/v1"

    /// The word under which a kind is written.
    package enum TypeName: String, Sendable, Codable, CaseIterable {
        case planned, rejected, waiting, futile, replanned
        case attemptStarted = "attempt_started"
        case attemptQueued = "attempt_queued"
        case attemptBegan = "attempt_began"
        case attemptEnded = "attempt_ended"
        case retryScheduled = "retry_scheduled"
        case checkJudged = "check_judged"
        case stageEnded = "stage_ended"
        case warning
        case runEnded = "run_ended"
    }

    private enum CodingKeys: String, CodingKey {
        case schema, time, type, run
        case sequence = "seq"
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        let schema = try fields.decode(String.self, forKey: .schema)
        guard schema == Self.schema else {
            throw DecodingError.dataCorruptedError(
                forKey: .schema, in: fields, debugDescription: "not \(Self.schema): \(schema)")
        }
        self.init(
            sequence: try fields.decode(Int64.self, forKey: .sequence),
            time: try fields.decode(Timestamp.self, forKey: .time), run: try fields.decode(RunID.self, forKey: .run),
            kind: try Kind(from: decoder, type: try fields.decode(TypeName.self, forKey: .type)))
    }

    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(Self.schema, forKey: .schema)
        try fields.encode(sequence, forKey: .sequence)
        try fields.encode(time, forKey: .time)
        try fields.encode(kind.typeName, forKey: .type)
        try fields.encode(run, forKey: .run)
        try kind.encode(to: encoder)
    }
}

extension RunEvent.Kind {
    package var typeName: RunEvent.TypeName {
        switch self {
        case .planned: .planned
        case .rejected: .rejected
        case .waiting: .waiting
        case .attemptStarted: .attemptStarted
        case .attemptQueued: .attemptQueued
        case .attemptBegan: .attemptBegan
        case .attemptEnded: .attemptEnded
        case .retryScheduled: .retryScheduled
        case .futile: .futile
        case .replanned: .replanned
        case .checkJudged: .checkJudged
        case .stageEnded: .stageEnded
        case .warning: .warning
        case .runEnded: .runEnded
        }
    }

    /// The instance that it is about; nil where it is about the run.
    package var stage: String? {
        switch self {
        case .attemptStarted(let stage, _), .attemptQueued(let stage, _, _), .attemptBegan(let stage, _),
            .attemptEnded(let stage, _), .retryScheduled(let stage, _, _, _), .futile(let stage, _),
            .checkJudged(let stage, _), .stageEnded(let stage, _):
            stage
        case .warning(let stage, _): stage
        case .planned, .rejected, .waiting, .replanned, .runEnded: nil
        }
    }

    /// The attempt's number; of a scheduled retry the number that it will have.
    package var attempt: Int? {
        switch self {
        case .attemptStarted(_, let started): started.number
        case .attemptQueued(_, let number, _), .attemptBegan(_, let number): number
        case .attemptEnded(_, let ended): ended.number
        case .retryScheduled(_, let number, _, _): number
        default: nil
        }
    }
}
