import Foundation
import Glibc
import SluiceTesting
import Testing

/// What a pusher is told before his push is taken, and when it is not taken. Real pushes, the built binary.
@Suite struct PreReceiveTests {
    private func pushing(_ scene: Scene, _ arguments: [String] = ["origin", "main"]) throws -> ProgramRun {
        try ProgramRun.run(["git", "push"] + arguments, environment: scene.environment, folder: scene.clone)
    }

    /// Whether the bare repository has a branch.
    private func has(_ branch: String, _ scene: Scene) throws -> Bool {
        try !scene.git(["for-each-ref", "refs/heads/\(branch)"], in: scene.bare).output.isEmpty
    }

    private func toy(_ trigger: String, cost: String = "1.00") -> [String: String] {
        var files = Toy.files
        files["pipelines/toy.yaml"] = Toy.pipeline
            .replacingOccurrences(of: "  pre_push: {}", with: "  pre_push: {}\n  pre_receive: \(trigger)")
            .replacingOccurrences(of: "cost: 1.00", with: "cost: \(cost)")
        return files
    }

    @Test(
        "a pipeline that enforces it rejects a push that does not fit, with the reason on the screen; nothing is there")
    func refused() throws {
        let scene = try Scene(toy("{ branches: [main], enforce: true }", cost: "0.001"))
        let pushed = try pushing(scene)
        #expect(pushed.status != 0, "\(pushed.transcript)")
        #expect(pushed.errors.contains("refused") && pushed.errors.contains("cost"), "\(pushed.transcript)")
        #expect(pushed.errors.contains("push rejected: toy enforces it on main"), "\(pushed.transcript)")
        #expect(try !has("main", scene) && scene.runCount() == 0)
        #expect(pushed.errors.split(separator: "\n").filter { $0.contains("sluice:") }.count <= 8, "\(pushed.errors)")
    }

    @Test("without enforce the verdict is told and the push goes on; one that fits passes with a line")
    func warned() throws {
        let scene = try Scene(toy("{ branches: [main] }", cost: "0.001"))
        let warned = try scene.push()
        #expect(warned.status == 0 && warned.errors.contains("nobody enforces this on main"), "\(warned.transcript)")
        #expect(try has("main", scene))
        try scene.commit(toy("{ branches: [main], enforce: true }"))
        let fits = try scene.push()
        #expect(fits.status == 0 && fits.errors.contains("checked: toy fits on main"), "\(fits.transcript)")
    }

    @Test("on branches that the operator enforces his pipelines must be there, valid and fit, whatever the push says")
    func enforcedByOperator() throws {
        let scene = try Scene()
        try scene.configure("pre_receive: { enforce: [main], pipelines: [toy] }\n", in: scene.bare)
        try scene.commit(["notes.txt": "x"])
        let missing = try pushing(scene, ["-o", "sluice.skip", "origin", "main"])
        #expect(missing.status != 0 && missing.errors.contains("toy has to be on main"), "\(missing.transcript)")
        #expect(missing.errors.contains("main is enforced here"))
        #expect(try pushing(scene, ["origin", "main:other"]).status == 0, "another branch is free")

        var broken = toy("{}")
        broken["pipelines/toy.yaml"]? += "\n  more: { uses: nothing }\nbudget: {}\n"
        try scene.commit(broken)
        let invalid = try pushing(scene)
        #expect(invalid.status != 0 && invalid.errors.contains("pipelines/toy.yaml:"), "\(invalid.transcript)")

        var silent = toy("{ branches: [nowhere], enforce: false }", cost: "0.001")
        try scene.commit(silent)
        #expect(try pushing(scene).status != 0, "the pushed tree cannot loosen it")
        silent = toy("{}")
        try scene.commit(silent)
        #expect(try scene.push().status == 0)
        _ = try Scene.shell("git config receive.denyDeleteCurrent ignore", in: scene.bare)
        let deletion = try pushing(scene, ["origin", ":main"])
        #expect(deletion.status == 0, "a deletion is git's own matter: \(deletion.transcript)")
    }

    @Test("nothing of a push is executed to judge it, and nothing of it is left where it was rejected")
    func runsNothing() throws {
        let scene = try Scene()
        try scene.configure("pre_receive: { enforce: [main] }\n", in: scene.bare)
        let marker = scene.root + "/ran"
        var files = Toy.plugin("touch \(marker)")
        files["pipelines/one.yaml"]? += "\nbudget: { limits: { wall: 1s } }\n"
        files[".gitattributes"] = "* filter=evil\n"
        files["hooks/post-checkout*"] = "#!/bin/sh\ntouch \(marker)\n"
        try scene.commit(files)
        let oid = try scene.head()
        #expect(try pushing(scene).status != 0)
        #expect(!FileManager.default.fileExists(atPath: marker))
        let left = try ProgramRun.run(
            ["git", "cat-file", "-e", oid], environment: scene.environment, folder: scene.bare)
        #expect(left.status != 0, "the objects went with the quarantine")
    }

    @Test(
        "hostile definitions get a verdict or none in time: enforced they are rejected, elsewhere they pass",
        arguments: Hostile.allCases)
    func hostile(_ kind: Hostile) throws {
        let scene = try Scene()
        try scene.configure("pre_receive: { enforce: [main] }\n", in: scene.bare)
        try scene.commit(kind.files)
        let start = ContinuousClock.now
        let rejected = try pushing(scene)
        let took = ContinuousClock.now - start
        print("\(kind): \(took)")
        #expect(
            rejected.status != 0 && rejected.errors.contains("main is enforced here"), "\(rejected.errors.suffix(2000))"
        )
        let passed = try pushing(scene, ["-o", "sluice.skip", "origin", "main:free"])
        #expect(passed.status == 0, "\(passed.errors.suffix(2000))")
    }

    enum Hostile: String, CaseIterable, CustomTestStringConvertible {
        case aliases, matrix, deep, many, large, expression

        var testDescription: String { rawValue }

        private static let head =
            "schema: sluice/v1\nname: one\ntriggers: { push: { branches: [main] }, pre_receive: {} }\n"

        var files: [String: String] {
            switch self {
            case .aliases:
                let levels = (1...12).map {
                    "  a\($0): &a\($0) [\(Array(repeating: "*a\($0 - 1)", count: 9).joined(separator: ","))]"
                }
                let params = "params:\n  a0: &a0 [x]\n" + levels.joined(separator: "\n") + "\n"
                return ["pipelines/one.yaml": Self.head + params + "stages: { a: { run: 'true' } }\n"]
            case .matrix:
                let axes = (1...9).map { "x\($0): [\((1...40).map(String.init).joined(separator: ","))]" }
                return [
                    "pipelines/one.yaml": Self.head
                        + "stages: { a: { run: 'true', matrix: { \(axes.joined(separator: ", ")) } } }\n"
                ]
            case .deep:
                let nested = String(repeating: "[", count: 20_000) + String(repeating: "]", count: 20_000)
                return ["pipelines/one.yaml": Self.head + "params: { a: \(nested) }\nstages: { a: { run: 'true' } }\n"]
            case .many:
                return Dictionary(
                    uniqueKeysWithValues: (0..<2000).map {
                        ("pipelines/p\($0).yaml", "schema: sluice/v1\nname: p\($0)\n")
                    })
            case .large:
                let comment = String(
                    repeating: "# nothing at all, sixty bytes a line, again and again.....\n", count: 17_000)
                return Dictionary(
                    uniqueKeysWithValues: (0..<30).map { number in
                        let text = Self.head.replacingOccurrences(of: "one", with: "p\(number)")
                        return (
                            "pipelines/p\(number).yaml",
                            text + "# \(number)\n" + comment + "stages: { a: { run: 'true' } }\n"
                        )
                    })
            case .expression:
                let condition = String(repeating: "(", count: 30_000) + "true" + String(repeating: ")", count: 30_000)
                return ["pipelines/one.yaml": Self.head + "stages: { a: { run: 'true', if: \"\(condition)\" } }\n"]
            }
        }
    }

    @Test("after 5 seconds there is no verdict: where the operator enforces a push is rejected, elsewhere it goes on")
    func neverEnds() throws {
        let scene = try Scene(toy("{}"))
        try scene.configure("pre_receive: { enforce: [main] }\n", in: scene.bare)
        // Whoever makes the database waits for this for ever.
        try FileManager.default.createDirectory(atPath: scene.home + "/locks", withIntermediateDirectories: true)
        for path in [scene.home, scene.home + "/locks"] { chmod(path, 0o700) }
        try? FileManager.default.removeItem(atPath: scene.home + "/sluice.db")
        let lock = open(scene.home + "/locks/schema.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(lock) }
        var whole = flock()
        whole.l_type = Int16(F_WRLCK)
        #expect(fcntl(lock, 37, &whole) == 0)  // F_OFD_SETLK
        let rejected = try pushing(scene)
        #expect(
            rejected.status != 0 && rejected.errors.contains("no verdict on main: it took longer than 5 s"),
            "\(rejected.transcript)")
        #expect(try !has("main", scene))
        let free = try pushing(scene, ["-o", "sluice.skip", "origin", "main:free"])
        #expect(
            free.status == 0 && free.errors.contains("it took longer than 5 s; the push goes on"), "\(free.transcript)")
    }

    @Test("what is no push of ours to judge passes: tags of blobs, deletions, notes, 3,000 references of one commit")
    func oddPushes() throws {
        let scene = try Scene(toy("{ enforce: true }"))
        try scene.push()
        let blob = try scene.git(["hash-object", "-w", "params.yaml"]).output.trimmingCharacters(in: .newlines)
        try scene.git(["tag", "odd", blob])
        let notes = ["origin", "odd", "HEAD:refs/notes/commits", "HEAD:refs/heads/gone"]
        #expect(try pushing(scene, notes).status == 0)
        #expect(try pushing(scene, ["origin", ":gone"]).status == 0)
    }

    @Test("the hook of another hand runs first, and its no is a no")
    func chained() throws {
        let scene = try Scene(toy("{}"), withHook: false)
        let hook = scene.bare + "/hooks/pre-receive"
        try Data("#!/bin/sh\ncat >/dev/null\necho not today\nexit 3\n".utf8).write(to: URL(filePath: hook))
        chmod(hook, 0o755)
        #expect(try scene.sluice(["hook", "install"], in: scene.bare).status == 0)
        let pushed = try pushing(scene)
        #expect(pushed.status != 0 && pushed.errors.contains("not today"), "\(pushed.transcript)")
    }

    @Test("a configuration or a state that cannot be read lets nothing through that could be enforced")
    func unreadable() throws {
        let scene = try Scene(toy("{}"))
        try scene.configure("pre_receive: { enforce: [main], pipline: [toy] }\n", in: scene.bare)
        #expect(try pushing(scene).status != 0)
        try scene.configure("pre_receive: { enforce: [main] }\n", in: scene.bare)
        chmod(scene.home, 0o777)
        let pushed = try pushing(scene)
        #expect(pushed.status != 0 && pushed.errors.contains("no verdict on main"), "\(pushed.transcript)")
        let other = try pushing(scene, ["-o", "sluice.skip", "origin", "main:free"])
        #expect(other.status == 0 && other.errors.contains("the push goes on"), "\(other.transcript)")
        chmod(scene.home, 0o700)
    }
}
