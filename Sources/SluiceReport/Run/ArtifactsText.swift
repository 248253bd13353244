import SluiceModel

/// `sluice artifact list`: what a run made, under the names by which `artifact get` takes it.
package enum ArtifactsText {
    package static func lines(_ record: RunRecord, width: Int, style: Style) -> [String] {
        var table = TextTable([.init("artifact", minimum: 12), .init("type"), .init("size", .right), .init("digest")])
        for stage in record.stages {
            for artifact in stage.end?.artifacts ?? [] {
                table.append([
                    StyledText("\(record.head.id)/\(stage.name)/\(artifact.name)"),
                    StyledText(artifact.type.rawValue), StyledText(HumanUnits.bytes(artifact.size)),
                    StyledText(artifact.digest.description, .quiet),
                ])
            }
        }
        return table.rows.isEmpty
            ? ["run \(record.head.id) has no artifacts"] : table.lines(width: width, style: style, indent: 0)
    }
}
