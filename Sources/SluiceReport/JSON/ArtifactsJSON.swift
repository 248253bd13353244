import SluiceModel

/// `sluice artifact list --json`.
package struct ArtifactsJSON: Encodable {
    private let schema = "sluice.artifacts/v1"
    private let run: RunID
    private let artifacts: [Row]

    package init(_ record: RunRecord) {
        run = record.head.id
        artifacts = record.stages.flatMap { stage in
            (stage.end?.artifacts ?? []).map { Row(stage: stage.name, artifact: ArtifactJSON($0)) }
        }
    }

    private struct Row: Encodable {
        let stage: String
        let artifact: ArtifactJSON

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(stage, forKey: .stage)
            try artifact.encode(to: encoder)
        }

        private enum CodingKeys: String, CodingKey { case stage }
    }
}
