import Foundation
import Testing

/// Holds the import table of docs/ARCHITECTURE.md against the sources.
@Suite struct ImportTableTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    /// Of the Swift toolchain; Musl and Darwin are what Glibc is called elsewhere.
    private static let toolchain: Set<String> = [
        "Glibc", "Musl", "Darwin", "Synchronization", "Foundation", "FoundationEssentials",
    ]
    private static let pure = [
        "SluiceModel", "BudgetOptimizer", "PluginContract", "SluicePlanning", "SluiceReport", "SluiceExport",
    ]

    /// `target → allowed modules`, from the rows that start with a back-quoted name.
    private static func table() throws -> [String: Set<String>] {
        let page = try String(contentsOf: root.appending(path: "docs/ARCHITECTURE.md"), encoding: .utf8)
        var table: [String: Set<String>] = [:]
        for line in page.split(separator: "\n") {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 4, cells[0].hasPrefix("`"), cells[0].hasSuffix("`") else { continue }
            let allowed = cells[3].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            table[String(cells[0].dropFirst().dropLast())] = Set(allowed.filter { $0 != "–" })
        }
        return table
    }

    private static func sources(of target: String) throws -> [URL] {
        let folder = root.appending(path: "Sources/\(target)")
        let walk = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        return walk?.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" } ?? []
    }

    private static func imports(of file: URL) throws -> [String] {
        try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ").map(String.init)
            // An import stands at the margin; texts of other languages within a literal are indented.
            guard let place = words.firstIndex(of: "import"), place < 3,
                line.first?.isLetter == true || line.first == "@",
                words[..<place].allSatisfy({ ["package", "public", "internal", "@testable", "private"].contains($0) }),
                words.count > place + 1
            else { return nil }
            let kinds = ["struct", "class", "enum", "func", "protocol", "typealias", "var", "let"]
            let name = kinds.contains(words[place + 1]) ? words[place + 2] : words[place + 1]
            return String(name.prefix { $0 != "." })
        }
    }

    @Test("every target's folder has a row, and every row a folder")
    func tableIsComplete() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.root.appending(path: "Sources").path)
        let rows = Set(try Self.table().keys)
        #expect(rows == Set(folders).subtracting(["Clibgit2"]))
    }

    @Test("no source imports what the table does not allow")
    func importsAreAllowed() throws {
        for (target, allowed) in try Self.table() {
            for file in try Self.sources(of: target) {
                let forbidden = Set(try Self.imports(of: file)).subtracting(allowed).subtracting(Self.toolchain)
                #expect(forbidden.isEmpty, "\(target)/\(file.lastPathComponent) imports \(forbidden.sorted())")
            }
        }
    }

    @Test("the pure targets read no clock, environment or file, and print nothing")
    func pureTargetsArePure() throws {
        let forbidden = ["print(", "Date()", "getenv(", "ProcessInfo", "FileManager", "fopen(", " async ", "await "]
        for target in Self.pure {
            for file in try Self.sources(of: target) {
                let code = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
                    .filter { !$0.trimmingCharacters(in: .whitespaces).hasPrefix("//") }.joined(separator: "\n")
                for word in forbidden where code.contains(word) {
                    Issue.record("\(target)/\(file.lastPathComponent) uses \(word)")
                }
            }
        }
    }

    @Test("no source takes a shortcut around the compiler's checks")
    func noEscapeHatches() throws {
        let hatches = ["@unchecked " + "Sendable", "nonisolated(" + "unsafe)", "Task." + "detached", "try" + "!"]
        for target in try Self.table().keys {
            for file in try Self.sources(of: target) {
                let code = try String(contentsOf: file, encoding: .utf8)
                for hatch in hatches where code.contains(hatch) {
                    Issue.record("\(target)/\(file.lastPathComponent) uses \(hatch)")
                }
            }
        }
    }
}
