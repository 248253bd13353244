import Foundation
import SluiceExecution
import SluiceModel
import SluiceTesting
import Testing

@Suite("Python environments")
struct PythonEnvironmentsTests {
    private static let searchPath = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"

    @Test("an environment without requirements has the SDK, is built once and serves a plugin")
    func withoutRequirements() async throws {
        let attempts = try Attempts()
        let environments = try Self.environments(attempts)
        let identity = try environments.identity(of: nil, searchPath: Self.searchPath)
        #expect(identity.lock == nil)
        let built = try environments.provide(identity, requirements: nil) { _ in }
        #expect(built.buildSeconds > 0 && built.lock.hasPrefix("sha256:"))
        let again = try environments.provide(identity, requirements: nil) { _ in }
        #expect(again.buildSeconds == 0 && again.folder == built.folder && again.lock == built.lock)
        #expect(try environments.identity(of: nil, searchPath: Self.searchPath).lock == built.lock)
        try attempts.write("plugin/p.py", "import sluice, sys; print(sluice.ANSWER, sys.prefix)")
        let program = AttemptRequest.Program.plugin(
            command: ["python", "./p.py"], folder: "\(attempts.root)/plugin", python: built.folder)
        let result = await attempts.run(attempts.request(program, .command))
        #expect(result.outcome == .succeeded && attempts.shown == ["42 \(built.folder)"])
        for path in ["", "/pyvenv.cfg", "/bin", "/lib"] {
            var information = stat()
            #expect(stat(built.folder + path, &information) == 0 && information.st_mode & 0o222 == 0, "\(path)")
        }
    }

    @Test("the key changes with the requirements and the SDK")
    func keys() throws {
        let attempts = try Attempts()
        let environments = try Self.environments(attempts)
        func key(_ text: String?) throws -> Digest {
            try environments.identity(of: text.map { Array($0.utf8) }, searchPath: Self.searchPath).key
        }
        let keys = [try key(nil), try key(""), try key("numpy"), try key("numpy==1")]
        #expect(Set(keys).count == 4)
        #expect(try key("numpy") == keys[2])
        try attempts.write("sluice.py", "ANSWER = 43")
        #expect(try key("numpy") != keys[2])
    }

    @Test("wheels are installed and locked, and parallel callers wait for one build")
    func wheels() async throws {
        let attempts = try Attempts()
        try Self.makeWheel(attempts)
        let environments = try Self.environments(attempts)
        let requirements = Array("tiny-thing==1.5  # ours\n".utf8)
        let identity = try environments.identity(of: requirements, searchPath: Self.searchPath)
        let provided = try await withThrowingTaskGroup(of: ProvidedEnvironment.self) { group in
            for _ in 0..<2 { group.addTask { try environments.provide(identity, requirements: requirements) { _ in } } }
            var all: [ProvidedEnvironment] = []
            for try await one in group { all.append(one) }
            return all
        }
        #expect(provided.count { $0.buildSeconds > 0 } == 1 && Set(provided.map(\.folder)).count == 1)
        let folder = try #require(provided.first?.folder)
        let lock = try String(contentsOfFile: folder + "/lock.txt", encoding: .utf8)
        #expect(lock.contains("tiny_thing==1.5\n"))
    }

    @Test("a copy at another place has the same packages, names nothing of the old place, and is made once")
    func copied() async throws {
        let attempts = try Attempts()
        try Self.makeWheel(attempts)
        let environments = try Self.environments(attempts)
        let requirements = Array("tiny-thing==1.5\n".utf8)
        let identity = try environments.identity(of: requirements, searchPath: Self.searchPath)
        let built = try environments.provide(identity, requirements: requirements) { _ in }
        let scripts = try FileManager.default.contentsOfDirectory(atPath: built.folder + "/bin")
        let copy = try environments.copy(built.folder, below: "\(attempts.root)/shared/environments")
        #expect(copy == "\(attempts.root)/shared/environments/\(identity.key.hex)")
        for script in scripts.map({ "bin/" + $0 }) + ["pyvenv.cfg"] {
            let text = attempts.read("shared/environments/\(identity.key.hex)/\(script)") ?? ""
            #expect(!text.contains(built.folder), "\(script)")
        }
        try attempts.write("plugin/p.py", "import sluice, tiny_thing, sys; print(tiny_thing.VALUE, sys.prefix)")
        let program = AttemptRequest.Program.plugin(
            command: ["python", "./p.py"], folder: "\(attempts.root)/plugin", python: copy)
        let result = await attempts.run(attempts.request(program, .command))
        #expect(result.outcome == .succeeded && attempts.shown == ["1 \(copy)"], "\(result) \(attempts.shown)")
        #expect(try environments.copy(built.folder, below: "\(attempts.root)/shared/environments") == copy)
        let left = try FileManager.default.contentsOfDirectory(atPath: "\(attempts.root)/shared/environments")
        #expect(left == [identity.key.hex], "drafts and locks lie elsewhere: \(left)")
    }

    @Test("a requirement that cannot be resolved fails with the installer's words and leaves nothing")
    func unresolvable() throws {
        let attempts = try Attempts()
        let environments = try Self.environments(attempts)
        let requirements = Array("no-such-package-at-all\n".utf8)
        let identity = try environments.identity(of: requirements, searchPath: Self.searchPath)
        let error = #expect(throws: PluginError.self) {
            try environments.provide(identity, requirements: requirements) { _ in }
        }
        #expect(error?.code == .environmentFailed && error?.message.contains("no-such-package-at-all") == true)
        let left = try FileManager.default.contentsOfDirectory(atPath: "\(attempts.root)/environments")
        #expect(!left.contains(identity.key.hex))
    }

    @Test("a package that there is as source alone is not built, and no code of it runs, unless the operator allows it")
    func sources() throws {
        for allowsSource in [false, true] {
            let attempts = try Attempts()
            try Self.makeSource(attempts)
            let environments = try Self.environments(attempts, rules: .init(allowsSource: allowsSource))
            let requirements = Array("tiny-source==1.0\n".utf8)
            let identity = try environments.identity(of: requirements, searchPath: Self.searchPath)
            let provided = try? environments.provide(identity, requirements: requirements) { _ in }
            #expect((provided != nil) == allowsSource)
            #expect((attempts.read("ran") != nil) == allowsSource)
        }
    }

    @Test(
        "what is not trusted has environments of its own, built behind a strict wall",
        .enabled(if: SandboxSettings.obstacle(searchPath: "") == nil, "bubblewrap does not work here"))
    func untrusted() throws {
        let attempts = try Attempts()
        let trusted = try Self.environments(attempts)
        let others = try Self.environments(attempts, rules: .init(isTrusted: false))
        let identity = try trusted.identity(of: nil, searchPath: Self.searchPath)
        let ours = try trusted.provide(identity, requirements: nil) { _ in }
        let identityOfOthers = try others.identity(of: nil, searchPath: Self.searchPath)
        #expect(identityOfOthers.key == identity.key && identityOfOthers.lock == nil)
        let theirs = try others.provide(identityOfOthers, requirements: nil) { _ in }
        #expect(ours.folder == "\(attempts.root)/environments/\(identity.key.hex)")
        #expect(theirs.folder == "\(attempts.root)/environments/untrusted/\(identity.key.hex)")
    }

    @Test("an installer has limits for the memory that it takes and the files that it writes")
    func limits() throws {
        let attempts = try Attempts()
        mkdir("\(attempts.root)/bin", 0o755)
        try attempts.write(
            "bin/uv", "#!/bin/sh\necho memory $(ulimit -d) KiB, files $(ulimit -f)\nexit 1\n", mode: 0o755)
        let path = "\(attempts.root)/bin:\(Self.searchPath)"
        let environments = try Self.environments(attempts, searchPath: path)
        let requirements = Array("tiny-thing".utf8)
        let identity = try environments.identity(of: requirements, searchPath: path)
        let error = #expect(throws: PluginError.self) {
            _ = try environments.provide(identity, requirements: requirements) { _ in }
        }
        let text = error?.message ?? ""
        #expect(text.contains("memory 8388608 KiB") && !text.contains("files unlimited"), "\(text)")
    }

    @Test("what a builder that died left behind is built again")
    func leftover() throws {
        let attempts = try Attempts()
        let environments = try Self.environments(attempts)
        let identity = try environments.identity(of: nil, searchPath: Self.searchPath)
        let place = "\(attempts.root)/environments/\(identity.key.hex)"
        mkdir(place, 0o755)
        try attempts.write("environments/\(identity.key.hex)/half", "")
        chmod(place, 0o555)
        let built = try environments.provide(identity, requirements: nil) { _ in }
        #expect(built.folder == place && attempts.read("environments/\(identity.key.hex)/half") == nil)
    }

    @Test(
        "requirements that could run code or read files are refused with their line",
        arguments: [
            "-e .", "--editable=.", "-r other.txt", "--index-url https://x", "-f /tmp", "numpy @ https://x/y.whl",
            "https://x/y.whl", "file:///x", "./local", "/abs", "../up", "x.whl", "a/b", "numpy --global-option=x",
            "git+ssh://x", "n\\\n  --config-settings=x", "${HOME}", "numpy @ file:x", "C:\\x", "--no-binary :all:",
        ])
    func refused(line: String) throws {
        let attempts = try Attempts()
        let environments = try Self.environments(attempts)
        let bytes = Array("# fine\nnumpy>=1\n\(line)\n".utf8)
        let identity = try environments.identity(of: bytes, searchPath: Self.searchPath)
        let error = #expect(throws: PluginError.self) {
            try environments.provide(identity, requirements: bytes) { _ in }
        }
        #expect(error?.message.contains("line 3") == true, "\(error?.message ?? "")")
    }

    @Test("a missing interpreter is said")
    func missing() throws {
        let attempts = try Attempts()
        let environments = try Self.environments(attempts)
        let error = #expect(throws: PluginError.self) { try environments.identity(of: nil, searchPath: "/nowhere") }
        #expect(error?.code == .interpreterMissing)
    }

    private static func environments(
        _ attempts: Attempts, searchPath: String = searchPath,
        rules: PythonEnvironments.BuildRules = PythonEnvironments.BuildRules()
    ) throws -> PythonEnvironments {
        try attempts.write("sluice.py", "ANSWER = 42\n")
        mkdir("\(attempts.root)/wheels", 0o755)
        var environment = ProcessInfo.processInfo.environment
        environment["PATH"] = searchPath
        environment["PIP_NO_INDEX"] = "1"
        environment["PIP_FIND_LINKS"] = "\(attempts.root)/wheels"
        environment["UV_NO_INDEX"] = "1"
        environment["UV_FIND_LINKS"] = "\(attempts.root)/wheels"
        return PythonEnvironments(
            folder: "\(attempts.root)/environments", sdk: "\(attempts.root)/sluice.py",
            operatorEnvironment: environment, rules: rules)
    }

    /// A source package whose build needs nothing but itself, and leaves a file `ran` when its code runs.
    private static func makeSource(_ attempts: Attempts) throws {
        let script = #"""
            import io, sys, tarfile
            backend = '''
            import zipfile
            open(%r, "w").close()
            def build_wheel(folder, config_settings=None, metadata_directory=None):
                name = "tiny_source-1.0-py3-none-any.whl"
                info = "tiny_source-1.0.dist-info/"
                with zipfile.ZipFile(folder + "/" + name, "w") as wheel:
                    wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: tiny-source\\nVersion: 1.0\\n")
                    wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
                    wheel.writestr(info + "RECORD", "")
                return name
            ''' % sys.argv[2]
            project = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
            project += '[project]\nname = "tiny-source"\nversion = "1.0"\n'
            about = "Metadata-Version: 2.1\nName: tiny-source\nVersion: 1.0\n"
            with tarfile.open(sys.argv[1] + "/tiny_source-1.0.tar.gz", "w:gz") as tar:
                for name, text in (("pyproject.toml", project), ("backend.py", backend), ("PKG-INFO", about)):
                    member = tarfile.TarInfo("tiny_source-1.0/" + name)
                    member.size = len(text.encode())
                    tar.addfile(member, io.BytesIO(text.encode()))
            """#
        try python(script, ["wheels", "ran"], in: attempts)
    }

    /// Paths are below the attempts' root, where there is a folder `wheels`.
    private static func python(_ script: String, _ paths: [String], in attempts: Attempts) throws {
        mkdir("\(attempts.root)/wheels", 0o755)
        let words = ["python3", "-c", script] + paths.map { "\(attempts.root)/\($0)" }
        let made = try ProgramRun.run(words, environment: ["PATH": searchPath], folder: "/")
        guard made.status == 0 else { throw TestFailure("no package was made: \(made.transcript)") }
    }

    /// The smallest wheel that an installer takes.
    private static func makeWheel(_ attempts: Attempts) throws {
        let script = """
            import sys, zipfile
            info = "tiny_thing-1.5.dist-info"
            with zipfile.ZipFile(sys.argv[1], "w") as wheel:
                wheel.writestr("tiny_thing.py", "VALUE = 1\\n")
                wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\\nName: tiny-thing\\nVersion: 1.5\\n")
                wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: t\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
                wheel.writestr(f"{info}/RECORD", f"tiny_thing.py,,\\n{info}/METADATA,,\\n{info}/WHEEL,,\\n{info}/RECORD,,\\n")
            """
        try python(script, ["wheels/tiny_thing-1.5-py3-none-any.whl"], in: attempts)
    }
}
