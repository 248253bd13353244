import SluiceModel

/// `sluice runs list --json`: newest first.
package struct RunsJSON: Encodable {
    private let schema = "sluice.runs/v1"
    private let runs: [RunHeadJSON]

    package init(_ heads: [RunHead]) { runs = heads.sorted { $0.id > $1.id }.map(RunHeadJSON.init) }
}
