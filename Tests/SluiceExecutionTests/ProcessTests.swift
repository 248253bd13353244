import Glibc
import SluiceModel
import Testing

@testable import SluiceExecution

@Suite("The process that a plugin gets")
struct ProcessTests {
    @Test("its environment is what the contract says and nothing else")
    func environment() async throws {
        let attempts = try Attempts()
        let request = attempts.script("env > all").with {
            $0.environment = ["DATA": "a b\n$x", "LD_PRELOAD": "x.so", "PATH": "/evil", "GIT_DIR": ".", "a=b": "c"]
            $0.grant.request.cpus = Amount(decimal: "1.5") ?? .zero
        }
        let result = await attempts.run(request)
        let names = Set((attempts.read("workspace/all") ?? "").split(separator: "\n").map { $0.prefix { $0 != "=" } })
        let expected: Set<Substring> = [
            "PATH", "HOME", "TMPDIR", "LANG", "SLUICE", "CUDA_VISIBLE_DEVICES", "DATA", "$x", "PWD", "OMP_NUM_THREADS",
            "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS",
        ]
        #expect(expected.subtracting(names) == [])
        #expect(
            names.subtracting(expected).allSatisfy {
                $0.hasSuffix("THREADS") || $0 == "GOMAXPROCS" || $0 == "LOKY_MAX_CPU_COUNT" || $0 == "_"
            })
        #expect(attempts.read("workspace/all")?.contains("OMP_NUM_THREADS=2\n") == true)
        #expect(attempts.read("workspace/all")?.contains("PATH=/usr/local/bin:/usr/bin:/bin\n") == true)
        #expect(result.warnings.count == 4 && result.warnings.allSatisfy { $0.hasPrefix("env: ") })
    }

    @Test("what decides which code is loaded first is not for a stage's `env` to say, but for a Python environment")
    func reserved() async throws {
        let attempts = try Attempts()
        let names = [
            "PYTHONHOME", "PYTHONSTARTUP", "BASH_ENV", "ENV", "NODE_OPTIONS", "PERL5OPT", "RUBYOPT",
            "JAVA_TOOL_OPTIONS", "LD_LIBRARY_PATH", "GIT_SSH_COMMAND", "GCONV_PATH", "SLUICE", "VIRTUAL_ENV", "HOME",
        ]
        try attempts.write("plugin/p.sh", "env > all")
        let program = AttemptRequest.Program.plugin(
            command: ["sh", "./p.sh"], folder: "\(attempts.root)/plugin", python: "\(attempts.root)/environment")
        let result = await attempts.run(
            attempts.request(program, .command).with {
                $0.environment = Dictionary(uniqueKeysWithValues: (names + ["FINE"]).map { ($0, "evil") })
            })
        let all = attempts.read("workspace/all") ?? ""
        #expect(result.outcome == .succeeded && all.contains("FINE=evil\n"))
        #expect(all.split(separator: "\n").count { $0.hasSuffix("=evil") } == 1, "\(all)")
        #expect(result.warnings.count == names.count, "\(result.warnings)")
        for line in [
            "VIRTUAL_ENV=\(attempts.root)/environment\n", "PYTHONNOUSERSITE=1\n", "PYTHONDONTWRITEBYTECODE=1\n",
            "PATH=\(attempts.root)/environment/bin:/usr/local/bin:/usr/bin:/bin\n", "HOME=\(attempts.root)/home\n",
        ] { #expect(all.contains(line), "\(line) in \(all)") }
    }

    @Test("it leaves no core file, and cannot allow itself one")
    func core() async throws {
        let attempts = try Attempts()
        let request = attempts.script("ulimit -Sc > soft; ulimit -Hc > hard; kill -SEGV $$")
        #expect(await attempts.run(request).signal == "SIGSEGV")
        #expect(attempts.read("workspace/soft") == "0\n" && attempts.read("workspace/hard") == "0\n")
    }

    @Test("descriptors 0, 1 and 2 are open and nothing else, whatever runs beside it")
    func descriptors() async throws {
        let attempts = try Attempts()
        let others = try Attempts()
        async let beside = others.run(others.script("sleep 0.3"))
        let result = await attempts.run(
            try attempts.plugin(
                python: """
                    fds = sorted(int(x) for x in os.listdir("/proc/self/fd"))
                    open("fds", "w").write(" ".join(map(str, fds)))
                    masks = [l for l in open("/proc/self/status") if l[:6] in ("SigBlk", "SigIgn")]
                    open("session", "w").write(f"{os.getsid(0) == os.getpid()} {os.getpgid(0) == os.getpid()} {masks}")
                    say("result", status="ok")
                    """))
        _ = await beside
        #expect(result.outcome == .succeeded)
        // 3 is the folder that is being listed.
        #expect(attempts.read("workspace/fds") == "0 1 2 3")
        let session = attempts.read("workspace/session") ?? ""
        #expect(session.hasPrefix("True True") && session.contains(#"SigBlk:\t0000000000000000"#))
    }

    @Test("a plugin of the tier command reads its start line and then the end")
    func commandInput() async throws {
        let attempts = try Attempts()
        let result = await attempts.run(attempts.script("cat > start; pwd > place; exit 0"))
        #expect(result.outcome == .succeeded)
        let start = attempts.read("workspace/start") ?? ""
        #expect(start.hasSuffix("}\n") && start.contains(#""params":{"lr":0.1}"#) && start.contains(#""run":"7""#))
        #expect(attempts.read("workspace/place") == "\(attempts.root)/workspace\n")
    }

    @Test(
        "a command's exit status decides",
        arguments: [
            (0, Outcome.succeeded, nil), (3, .failed, ErrorClass.user), (20, .failed, .transient),
            (21, .failed, .resource), (22, .failed, .dependency), (10, .failed, nil), (127, .failed, .user),
        ] as [(Int32, Outcome, ErrorClass?)])
    func commandExits(exit: Int32, outcome: Outcome, errorClass: ErrorClass?) async throws {
        let attempts = try Attempts()
        let result = await attempts.run(attempts.script("echo because >&2; exit \(exit)"))
        #expect(result.outcome == outcome && result.exit == exit && result.error?.errorClass == errorClass)
        if errorClass != nil { #expect(result.error?.stderr == ["because"]) }
        #expect(!result.isCrash)
    }

    @Test("a command that a signal ends has crashed, exit 30 unasked is a mismatch, and `-eu` holds")
    func commandCrash() async throws {
        let attempts = try Attempts()
        #expect(await attempts.run(attempts.script("kill -SEGV $$")).isCrash)
        #expect(await attempts.run(attempts.script("exit 30")).error?.code == "protocol.exit_mismatch")
        #expect(await attempts.run(attempts.script("false; exit 0")).exit == 1)
        #expect(await attempts.run(attempts.script("echo $UNSET; exit 0")).outcome == .failed)
    }

    @Test("the metrics file of a command is flattened; links, FIFOs and other texts are not read")
    func metricsFile() async throws {
        let attempts = try Attempts()
        func metrics(_ script: String, _ path: String = "m/x.json") async -> AttemptResult {
            await attempts.run(attempts.script("rm -rf m; mkdir m; " + script).with { $0.metricsPath = path })
        }
        let good = await metrics(#"echo '{"auc":0.9,"per":{"a":1,"b":{"c":2}},"note":"x"}' > m/x.json"#)
        #expect(good.metrics == ["auc": 0.9, "per.a": 1, "per.b.c": 2] && good.warnings == [])
        for script in [
            "true", "ln -s /etc/hostname m/x.json", "mkfifo m/x.json", "mkdir m/x.json", "echo '{' > m/x.json",
            "echo '[1]' > m/x.json", "rm -r m; ln -s /etc m", "head -c 2000000 /dev/zero > m/x.json",
            "echo '{\"a\":NaN}' > m/x.json",
        ] {
            let bad = await metrics(script)
            #expect(bad.outcome == .succeeded && bad.metrics == [:] && bad.warnings.count == 1, "\(script)")
        }
        #expect(await metrics("true", "../log.jsonl").warnings.count == 1)
        #expect(await metrics("true", "/etc/hostname").warnings.count == 1)
    }

    @Test("when the runner dies, its plugin gets SIGTERM and then SIGKILL, with all that it started")
    func runnerDies() async throws {
        let attempts = try Attempts()
        let script = """
            exec 2>/dev/null
            trap 'touch terminated' TERM
            setsid sleep 600 & echo $! > child; echo $$ > main; touch ready
            while :; do sleep 0.05; done
            """
        var launch = Self.launch("/bin/sh", ["-c", script])
        launch.folder = "\(attempts.root)/workspace"
        launch.orphanTerminate = 100
        launch.orphanKill = 400
        let process = try #require(SupervisedProcess(launch))
        try await attempts.appearance(of: "workspace/ready")
        process.letGo()
        process.reap()
        #expect(attempts.read("workspace/terminated") != nil)
        #expect(try !isAlive(attempts.pid("workspace/main")) && !isAlive(attempts.pid("workspace/child")))
    }

    private static func launch(_ path: String, _ arguments: [String]) -> ProcessLaunch {
        ProcessLaunch(path: path, arguments: [path] + arguments, environment: ["PATH": "/usr/bin:/bin"], folder: "/")
    }
}
