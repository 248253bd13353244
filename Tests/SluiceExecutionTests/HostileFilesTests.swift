import Foundation
import SluiceModel
import Testing

@testable import SluiceExecution

/// Programs that go for what is not theirs. Each has its outcome within its grace, and leaves nothing behind.
@Suite("Hostile programs around their sandbox")
struct HostileFilesTests {
    @Test("no descriptor is left open by attempts that end in every way")
    func descriptors() async throws {
        let attempts = try Attempts()
        _ = await attempts.run(attempts.script("true"))
        let bodies = [
            "exit 0", "exit 1", "kill -9 $$", "exec <&- >&- 2>&-; sleep 0.1", "sleep 600 & exit 0",
            "kill -9 $PPID; sleep 600", "printf 'half a line'",
        ]
        for body in bodies {
            _ = await attempts.run(attempts.script(body))
            #expect(Self.openFiles(below: attempts.root) == [], "\(body)")
        }
    }

    @Test("a character that is split over writes is whole in the log and in messages")
    func splitCharacter() async throws {
        let attempts = try Attempts()
        let body = #"""
            text = "größe 🎉\n".encode()
            for byte in text: os.write(2, bytes([byte])); time.sleep(0.001)
            line = json.dumps({"type": "output", "token": token, "name": "t", "value": "größe 🎉"}, ensure_ascii=False)
            for byte in (line + "\n").encode(): os.write(1, bytes([byte]))
            say("result", status="ok")
            """#
        let result = await attempts.run(try attempts.plugin(python: body))
        #expect(result.outputValues["t"] == .string("größe 🎉") && attempts.shown == ["größe 🎉"], "\(result)")
    }

    @Test("NUL bytes in text and in names come through as text, escaped where they are shown")
    func nulBytes() async throws {
        let attempts = try Attempts()
        let body = #"""
            os.write(2, b"a\0b\n")
            say("metric", name="a\0b", value=1)
            say("result", status="failed", reason="c\0d"); sys.exit(10)
            """#
        let result = await attempts.run(try attempts.plugin(python: body))
        #expect(attempts.shown.contains("a\\u{0}b") && result.reason == "c\\u{0}d", "\(result)")
        #expect(result.metrics == [:] && !result.warnings.isEmpty)
    }

    @Test("a plugin that prints gigabytes is drained in constant memory")
    func gigabytes() async throws {
        let attempts = try Attempts()
        let before = Self.residentBytes()
        let script = "head -c 2147483648 /dev/zero | tr '\\0' 'x'; echo; echo end"
        let result = await attempts.run(attempts.script(script).with { $0.limits.log = 1 << 20 })
        #expect(result.outcome == .succeeded, "\(result)")
        #expect(Self.residentBytes() - before < 256 << 20)
        #expect((attempts.read("log.jsonl") ?? "").utf8.count < 3 << 20)
    }

    @Test(
        "walled in, a plugin changes neither its own folder, nor its inputs, nor a neighbour's workspace, nor its parent",
        .enabled(if: SandboxSettings.obstacle(searchPath: "") == nil, "bubblewrap does not work here"))
    func elsewhere() async throws {
        let attempts = try Attempts()
        let neighbour = try Attempts()
        try neighbour.write("workspace/theirs", "theirs")
        let body = """
            tried = []
            def attempt(name, action):
                try: action()
                except (OSError, subprocess.CalledProcessError): return
                tried.append(name)
            here = os.path.dirname(os.path.abspath(sys.argv[0]))
            attempt("append", lambda: open(here + "/plugin.py", "a").write("pass"))
            attempt("replace", lambda: os.rename(start["workspace"], here + "/x"))
            attempt("chmod", lambda: os.chmod(here + "/plugin.py", 0o777))
            attempt("neighbour", lambda: open("\(neighbour.root)/workspace/theirs", "w"))
            attempt("runner", lambda: open("/proc/\(getpid())/environ").read())
            attempt("kill", lambda: os.kill(\(getpid()), 0))
            attempt("mount", lambda: subprocess.run(["umount", "/tmp"], check=True, stderr=subprocess.DEVNULL))
            say("output", name="tried", value=tried)
            say("result", status="ok")
            """
        let request = try attempts.plugin(python: body)
        let executor = LocalExecutor(devices: [], sandbox: SandboxSettings(.auto))
        let result = await attempts.run(request, by: executor)
        #expect(result.outcome == .succeeded && result.outputValues["tried"] == .array([]), "\(result)")
        #expect(neighbour.read("workspace/theirs") == "theirs")
    }

    @Test(
        "walled in, killing everything that it can see ends the attempt as a crash and nothing else",
        .enabled(if: SandboxSettings.obstacle(searchPath: "") == nil, "bubblewrap does not work here"))
    func killsAll() async throws {
        let attempts = try Attempts()
        let executor = LocalExecutor(devices: [], sandbox: SandboxSettings(.auto))
        let result = await attempts.run(
            attempts.script("kill -9 -1 || true; kill -9 1 || true; kill -9 $$"), by: executor)
        #expect(result.isCrash && result.signal == "SIGKILL", "\(result)")
    }

    /// What this process has open below a folder.
    private static func openFiles(below folder: String) -> [String] {
        (folderNames("/proc/self/fd") ?? []).compactMap { number in
            try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(number)")
        }.filter { $0.hasPrefix(folder) }
    }

    private static func residentBytes() -> Int {
        let fields = (smallFile("/proc/self/statm", limit: 200) ?? []).split(separator: 0x20)
        return fields.count > 1
            ? (Int(String(decoding: fields[1], as: UTF8.self)) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
    }
}
