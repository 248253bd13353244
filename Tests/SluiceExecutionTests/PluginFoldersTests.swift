import Glibc
import SluiceExecution
import SluiceModel
import Testing

@Suite("Plugin folders")
struct PluginFoldersTests {
    @Test("all folders with the name are found, the best first, and nothing else")
    func find() throws {
        let attempts = try Attempts()
        let finder = try Self.finder(attempts)
        let found = try finder.folders(named: "train")
        #expect(found.map(\.origin) == [.operator, .bundled])
        #expect(found.first?.path == "\(attempts.root)/a/train")
        #expect(found.first.map { String(decoding: $0.manifest, as: UTF8.self) } == "name: train\n")
        #expect(try finder.folders(named: "missing") == [])
        #expect(finder.names() == ["other", "train"])
        for name in ["../a/train", "", ".", "Train", "train/..", "a train", "-x"] {
            #expect(try finder.folders(named: name) == [])
        }
    }

    @Test("the digest changes with content, name, executable bit and new files, and with nothing else")
    func digest() throws {
        let attempts = try Attempts()
        let finder = try Self.finder(attempts)
        func digest() throws -> String? { try finder.folders(named: "other").first?.digest }
        let first = try digest()
        #expect(first?.hasPrefix("sha256:") == true)
        mkdir("\(attempts.root)/b/other/__pycache__", 0o755)
        try attempts.write("b/other/__pycache__/x.cpython-311.pyc", "x")
        try attempts.write("b/other/x.pyc", "x")
        utimensat(AT_FDCWD, "\(attempts.root)/b/other/run.py", nil, 0)
        #expect(try digest() == first)
        chmod("\(attempts.root)/b/other/run.py", 0o755)
        let executable = try digest()
        #expect(executable != first)
        try attempts.write("b/other/run.py", "print(2)\n")
        let changed = try digest()
        #expect(changed != executable)
        try attempts.write("b/other/new", "")
        #expect(try digest() != changed)
        unlink("\(attempts.root)/b/other/new")
        #expect(try digest() == changed)
    }

    @Test("a link within the folder is part of the digest, one that leads out is refused by name")
    func links() throws {
        let attempts = try Attempts()
        let finder = try Self.finder(attempts)
        let plain = try finder.folders(named: "other").first?.digest
        symlink("run.py", "\(attempts.root)/b/other/alias")
        #expect(try finder.folders(named: "other").first?.digest != plain)
        for target in ["/etc/passwd", "../../a", "nowhere", ".."] {
            symlink(target, "\(attempts.root)/b/other/bad")
            let error = #expect(throws: PluginError.self) { try finder.folders(named: "other") }
            #expect(error?.code == .linkOutside && error?.message.contains("other/bad") == true)
            unlink("\(attempts.root)/b/other/bad")
        }
    }

    @Test("a copy is what the digest says, or it is refused")
    func copy() throws {
        let attempts = try Attempts()
        let finder = try Self.finder(attempts)
        chmod("\(attempts.root)/b/other/run.py", 0o755)
        symlink("run.py", "\(attempts.root)/b/other/alias")
        let plugin = try #require(try finder.folders(named: "other").first)
        try attempts.write("b/other/x.pyc", "x")
        try finder.copy(plugin, to: "\(attempts.root)/copy")
        #expect(access("\(attempts.root)/copy/alias", X_OK) == 0 && attempts.read("copy/x.pyc") == nil)
        try attempts.write("b/other/run.py", "print(2)\n")
        let error = #expect(throws: PluginError.self) { try finder.copy(plugin, to: "\(attempts.root)/second") }
        #expect(error?.message.contains("has changed") == true)
    }

    @Test("a FIFO in a plugin's folder hangs nobody")
    func fifo() throws {
        let attempts = try Attempts()
        let finder = try Self.finder(attempts)
        mkfifo("\(attempts.root)/b/other/pipe", 0o600)
        #expect(throws: PluginError.self) { try finder.folders(named: "other") }
    }

    private static func finder(_ attempts: Attempts) throws -> PluginFolders {
        for folder in ["a", "a/train", "a/no-manifest", "b", "b/train", "b/other"] {
            mkdir("\(attempts.root)/\(folder)", 0o755)
        }
        try attempts.write("a/train/plugin.yaml", "name: train\n")
        try attempts.write("b/train/plugin.yaml", "name: train2\n")
        try attempts.write("b/other/plugin.yaml", "name: other\n")
        try attempts.write("b/other/run.py", "print(1)\n")
        return PluginFolders([
            .init(origin: .operator, path: "\(attempts.root)/a"), .init(origin: .operator, path: "/no/such/folder"),
            .init(origin: .bundled, path: "\(attempts.root)/b"),
        ])
    }
}
