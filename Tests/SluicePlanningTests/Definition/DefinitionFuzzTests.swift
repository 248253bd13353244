import SluiceModel
import SluicePlanning
import SluiceTesting
import Testing

@Suite struct DefinitionFuzzTests {
    private static let fragments = [
        "*a", "&a ", "<<: ", "${params.x}", "${", "}", "{", "[", "]", "- ", "? ", ": ", "\t", "\n", "\r", "|\n", ">-\n",
        "'", "\"", "!!int ", "#", "---\n", "...", "%YAML 1.1\n", "@", "\u{0}", "\u{FEFF}", "\u{85}", "\u{2028}",
        "\u{E000}",
        "e\u{301}", "😀", "on", "1e999", "-0", "0x", "99999999999999999999", "~", "a.b", "../", "**", "&& ||", "stages:",
    ]

    @Test("a mutated definition is answered with a pipeline or with errors, never with a crash", arguments: 0..<8)
    func mutations(part: UInt64) throws {
        let seed = UInt64.random(in: 0..<1 << 40) &* 8 &+ part
        print("seed \(seed)")
        var random = SplitMix(seed: seed)
        let cases =
            Fixtures.names(in: "Valid").map { "Valid/" + $0 } + InvalidDefinitionTests.cases.map { "Definitions/" + $0 }
        for _ in 0..<60 {
            let folder = cases[Int(random.next() % UInt64(cases.count))]
            let original = try DefinitionCase(folder: folder)
            var bytes = original.source.bytes
            for _ in 0..<(1 + random.next() % 4) { Self.mutate(&bytes, &random) }
            let source = SourceText(path: original.source.path, bytes: bytes)
            let (linked, diagnostics) = try PipelineLinker.lint(
                source, tree: original.tree, plugins: try Fixtures.bundled, configuration: OperatorConfiguration(),
                overrides: [:], isTrusted: true)
            let hasErrors = diagnostics.contains { $0.severity == .error }
            #expect((linked == nil) == hasErrors, "seed \(seed) \(folder)")
            for diagnostic in diagnostics where diagnostic.location.file == source.path {
                let (line, column) = (diagnostic.location.line, diagnostic.location.column)
                #expect(line >= 1 && line <= source.lineCount, "seed \(seed) \(diagnostic)")
                #expect(column >= 1 && column <= source.line(line).count + 1, "seed \(seed) \(diagnostic)")
            }
            _ = ManifestFile.parse(source)
            _ = OperatorFile.parse(source)
        }
    }

    private static func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix) {
        let place = Int(random.next() % UInt64(bytes.count + 1))
        let end = min(bytes.count, place + Int(random.next() % 12))
        switch random.next() % 5 {
        case 0: bytes.removeSubrange(place..<end)
        case 1: bytes.insert(contentsOf: bytes[place..<end], at: Int(random.next() % UInt64(bytes.count + 1)))
        case 2: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
        default:
            let fragment = fragments[Int(random.next() % UInt64(fragments.count))]
            bytes.replaceSubrange(place..<(random.next() % 2 == 0 ? place : end), with: Array(fragment.utf8))
        }
    }
}
