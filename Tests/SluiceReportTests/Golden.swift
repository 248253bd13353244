import Foundation
import Testing

/// Compares text with a file of `Fixtures/`, byte for byte; `SLUICE_RECORD=1` writes the file instead.
func expectGolden(
    _ name: String, _ lines: [String], location: SourceLocation = #_sourceLocation, file: String = #filePath
) throws {
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent().appendingPathComponent("Fixtures")
    let url = folder.appendingPathComponent(name)
    let text = lines.map { $0 + "\n" }.joined()
    if ProcessInfo.processInfo.environment["SLUICE_RECORD"] == "1" {
        try Data(text.utf8).write(to: url)
        return
    }
    let wanted = try String(decoding: Data(contentsOf: url), as: UTF8.self)
    #expect(text == wanted, "differs from \(name)", sourceLocation: location)
}
