/// `sluice init --json`.
package struct InitJSON: Encodable {
    private let schema = "sluice.init/v1"
    private let written, kept: [String]

    package init(written: [String], kept: [String]) {
        self.written = written
        self.kept = kept
    }
}
