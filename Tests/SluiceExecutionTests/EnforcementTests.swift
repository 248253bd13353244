import Foundation
import SluiceModel
import Testing

@testable import SluiceExecution

/// Grants that hold, by whatever this machine offers and by the sampler, which is there everywhere.
@Suite("Enforcement")
struct EnforcementTests {
    static let all = EnforcementChoice.allCases

    private func execute(
        _ attempts: Attempts, _ choice: EnforcementChoice, python body: String,
        request change: (inout ResourceRequest) -> Void
    ) async throws -> AttemptResult {
        let request = try attempts.plugin(python: body).with { change(&$0.grant.request) }
        return await attempts.run(request, by: LocalExecutor(enforcement: choice, devices: []))
    }

    /// Takes memory a little at a time, as a training loop that leaks does.
    private static let eater = """
        kept = []
        while True:
            kept.append(bytearray(4 << 20)); time.sleep(0.002)
        """

    @Test(
        "what takes more memory than granted is stopped there, and the outcome says what, how much and of how much",
        arguments: all)
    func memory(_ choice: EnforcementChoice) async throws {
        let attempts = try Attempts()
        let result = try await execute(attempts, choice, python: Self.eater) { $0.memory = 96 << 20 }
        #expect(result.outcome == .overLimit && !result.isCrash, "\(result)")
        #expect(result.error?.errorClass == .resource && result.error?.code == "limit.memory")
        let overrun = try #require(result.overrun)
        #expect(overrun.resource == .memory && overrun.limit == 96 << 20 && overrun.peak >= 96 << 20, "\(overrun)")
        #expect(result.error?.message == overrun.description && overrun.description.hasSuffix(" 96 MiB granted"))
        #expect(result.usage.memoryPeak >= 96 << 20)
        #expect(AttemptGroup.left(of: attempts).isEmpty)
    }

    @Test("a grant as large as a number can be is watched like any other", arguments: all)
    func largest(_ choice: EnforcementChoice) async throws {
        let attempts = try Attempts()
        let body = """
            kept = []
            for _ in range(20):
                kept.append(bytearray(1 << 20)); time.sleep(0.02)
            say("result", status="ok")
            """
        let result = try await execute(attempts, choice, python: body) { $0.memory = .max }
        #expect(result.outcome == .succeeded, "\(result)")
    }

    @Test("a file with a hole as large as a number can be counts as what it needs on the disk")
    func largestHole() throws {
        let folder = "/dev/shm/sluice-hole-\(UUID().uuidString)"
        guard mkdir(folder, 0o700) == 0 else { return }
        defer { removeTree(folder) }
        let file = Descriptor(open(folder + "/hole", O_WRONLY | O_CREAT, 0o600))
        guard ftruncate(file.number, off_t.max) == 0 else { return }
        #expect(pwrite(file.number, "x", 1, 0) == 1)
        let total = DiskWalk([folder]).round(atMost: 100)
        #expect(total == DiskWalk.Total(bytes: 4096, largest: .max))
    }

    @Test("a short peak above the grant counts too, when the process has ended well", arguments: all)
    func shortPeak(_ choice: EnforcementChoice) async throws {
        let attempts = try Attempts()
        // The kernel counts what the forking process had as the child's own: the peak is above that of this process.
        let body = "kept = bytearray(1 << 30); say('result', status='ok'); os._exit(0)"
        let result = try await execute(attempts, choice, python: body) { $0.memory = 96 << 20 }
        #expect(result.outcome == .overLimit && result.overrun?.resource == .memory, "\(result)")
    }

    @Test("memory that a child takes counts for the attempt, also when the parent lives on", arguments: all)
    func memoryOfChildren(_ choice: EnforcementChoice) async throws {
        let attempts = try Attempts()
        let body =
            "if os.fork() == 0:\n" + Self.eater.split(separator: "\n").map { "    \($0)\n" }.joined()
            + "while True: time.sleep(1)"
        let result = try await execute(attempts, choice, python: body) { $0.memory = 96 << 20 }
        #expect(result.outcome == .overLimit && result.overrun?.resource == .memory, "\(result)")
    }

    @Test("memory that many processes share counts once", arguments: all)
    func sharedMemory(_ choice: EnforcementChoice) async throws {
        let attempts = try Attempts()
        let body = """
            kept = bytearray(60 << 20)
            children = []
            for _ in range(4):
                pid = os.fork()
                if pid == 0:
                    time.sleep(1.0); os._exit(0)
                children.append(pid)
            for pid in children: os.waitpid(pid, 0)
            say("result", status="ok")
            """
        let result = try await execute(attempts, choice, python: body) { $0.memory = 160 << 20 }
        #expect(result.outcome == .succeeded, "\(result)")
        #expect(result.usage.memoryPeak > 60 << 20 && result.usage.memoryPeak <= 160 << 20, "\(result.usage)")
    }

    @Test("a child that has not started its program yet lends its parent's memory, which counts once", arguments: all)
    func lentMemory(_ choice: EnforcementChoice) async throws {
        let attempts = try Attempts()
        // posix_spawn makes the child as vfork does; it stays as it is while nobody writes into the pipe.
        let body = """
            kept = bytearray(60 << 20)
            pipe = os.environ["TMPDIR"] + "/pipe"
            os.mkfifo(pipe)
            subprocess.Popen(["sh", "-c", 'sleep 1; : > "$0"', pipe])
            opening = [(os.POSIX_SPAWN_OPEN, 0, pipe, os.O_RDONLY, 0)]
            os.waitpid(os.posix_spawn("/bin/true", ["true"], {}, file_actions=opening), 0)
            say("result", status="ok")
            """
        let result = try await execute(attempts, choice, python: body) { $0.memory = 100 << 20 }
        #expect(result.outcome == .succeeded, "\(result)")
        #expect(result.usage.memoryPeak > 60 << 20 && result.usage.memoryPeak <= 100 << 20, "\(result.usage)")
    }

    @Test("a plain SIGKILL is a crash and no limit", arguments: all)
    func plainKill(_ choice: EnforcementChoice) async throws {
        let attempts = try Attempts()
        let result = try await execute(attempts, choice, python: "os.kill(os.getpid(), signal.SIGKILL)") { _ in }
        #expect(result.outcome == .failed && result.isCrash && result.signal == "SIGKILL" && result.overrun == nil)
    }

    @Test("more threads than granted stop the attempt", arguments: all)
    func threads(_ choice: EnforcementChoice) async throws {
        let attempts = try Attempts()
        let body = """
            import threading
            made = 0
            try:
                while made < 400:
                    threading.Thread(target=time.sleep, args=(600,), daemon=True).start(); made += 1
            except RuntimeError: pass
            time.sleep(600)
            """
        let result = try await execute(attempts, choice, python: body) { $0.processes = 40 }
        #expect(result.outcome == .overLimit && result.error?.code == "limit.processes", "\(result)")
        #expect(result.error?.errorClass == .user && result.overrun?.limit == 40)
    }

    @Test(
        "more processes than granted are found at the end too, when the program that left them is gone", arguments: all)
    func leftProcesses(_ choice: EnforcementChoice) async throws {
        let attempts = try Attempts()
        let body = """
            for _ in range(30):
                try: subprocess.Popen(["sleep", "600"])
                except OSError: pass
            os._exit(0)
            """
        let result = try await execute(attempts, choice, python: body) { $0.processes = 12 }
        #expect(result.outcome == .overLimit && result.overrun?.resource == .processes, "\(result)")
    }

    @Test("a fork bomb stays within its processes and is gone, all of it")
    func forkBomb() async throws {
        let attempts = try Attempts()
        // Without the kernel's limit it would be one: the sampler's is tested with threads that end.
        guard Enforcement.available(.auto).kernel.contains(.processes) else { return }
        let body = """
            os.environ["BOMB"] = "1"
            while True:
                try: os.fork()
                except OSError: pass
            """
        let result = try await execute(attempts, .auto, python: body) { $0.processes = 64 }
        #expect(
            result.outcome == .overLimit && result.error?.message == "processes: more than the 64 granted", "\(result)")
        #expect(!result.warnings.contains { $0.contains("could not be") }, "\(result.warnings)")
        #expect(AttemptGroup.left(of: attempts).isEmpty)
    }

    @Test("many files that need more disk than granted stop the attempt, wherever it puts them", arguments: all)
    func files(_ choice: EnforcementChoice) async throws {
        let attempts = try Attempts()
        let body = """
            folders = [start["scratch"], os.environ["TMPDIR"], os.environ["HOME"], "."]
            number = 0
            while True:
                folder = folders[number % 4] + "/" + str(number // 100)
                os.makedirs(folder, exist_ok=True)
                with open(folder + "/" + str(number), "wb") as file: file.write(bytes(100_000))
                number += 1
                time.sleep(0.001)
            """
        let result = try await execute(attempts, choice, python: body) { $0.disk = 8 << 20 }
        #expect(result.outcome == .overLimit && result.error?.code == "limit.disk", "\(result)")
        #expect(result.overrun?.limit == 8 << 20 && result.usage.diskPeak ?? 0 > 8 << 20, "\(result)")
    }

    @Test("one file cannot grow beyond the granted disk, whatever the program makes of the error")
    func oneFile() async throws {
        let attempts = try Attempts()
        for body in [
            "os.execvp('sh', ['sh', '-c', 'head -c 50000000 /dev/zero > big'])",
            "open('big2', 'wb').write(bytes(50_000_000))",
        ] {
            let result = try await execute(attempts, .auto, python: body) { $0.disk = 8 << 20 }
            #expect(result.outcome == .overLimit && result.overrun?.resource == .disk, "\(result)")
        }
    }

    @Test("what was given to an attempt does not count against its disk")
    func givenFiles() async throws {
        let attempts = try Attempts()
        try attempts.write("workspace/data", String(repeating: "x", count: 3 << 20))
        let result = try await execute(attempts, .auto, python: "say('result', status='ok')") { $0.disk = 1 << 20 }
        #expect(result.outcome == .succeeded && result.usage.diskPeak ?? -1 < 1 << 20, "\(result)")
    }

    @Test("cpu time, memory and written bytes of all descendants are measured", arguments: all)
    func measured(_ choice: EnforcementChoice) async throws {
        let attempts = try Attempts()
        let body = """
            program = '''
            import os, time
            kept = bytearray(50 << 20)
            with open("out", "wb") as file:
                file.write(bytes(3 << 20)); file.flush(); os.fsync(file.fileno())
            while time.process_time() < 0.3: pass
            time.sleep(0.3)
            '''
            subprocess.run([sys.executable, "-c", program])
            say("result", status="ok")
            """
        let result = try await execute(attempts, choice, python: body) { $0.memory = 1 << 30 }
        #expect(result.outcome == .succeeded, "\(result)")
        #expect(result.usage.cpu >= 0.3 && result.usage.wall >= 0.3 && result.usage.memoryPeak > 50 << 20)
        // A file in memory goes to no disk.
        if let written = result.usage.written, attempts.isOnDisk { #expect(written >= 3 << 20, "\(written)") }
    }

    @Test("the record says what was in force")
    func enforcement() async throws {
        let attempts = try Attempts()
        let body = "say('result', status='ok')"
        let sampled = try await execute(attempts, .sampler, python: body) { $0.disk = 1 << 30 }
        #expect(
            sampled.enforcement
                == Enforcement(mechanism: .sampler, kernel: [], sampled: [.memory, .processes, .disk]))
        let best = try await execute(attempts, .auto, python: body) { $0.disk = 1 << 30 }
        #expect(best.enforcement == Enforcement.available(.auto))
    }

    @Test("a grant of a fraction of a core is all that an attempt gets, where the kernel can say so")
    func quota() async throws {
        let attempts = try Attempts()
        guard Enforcement.available(.auto).kernel.contains(.cpus) else { return }
        let body = """
            while time.process_time() < 0.4: pass
            say("result", status="ok")
            """
        let result = try await execute(attempts, .auto, python: body) { $0.cpus = Amount(billionths: 200_000_000) }
        #expect(result.outcome == .succeeded && result.usage.cpu <= result.usage.wall * 0.2 + 0.15, "\(result.usage)")
    }

    @Test("an attempt whose runner and supervisor died is found by its control group, ended and removed")
    func leftGroup() throws {
        guard let groups = ControlGroups.ofThisProcess else { return }
        let key = AttemptGroup.key(home: "/nowhere/\(UUID())")
        let limits = GrantLimits(ResourceRequest())
        let group = try #require(AttemptGroup(in: groups, key: key, limits: limits))
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments =
            ["-c", group.joins.map { "echo $$ > \($0); " }.joined() + "exec env -i sleep 600"]
        try process.run()
        for join in group.joins { while GroupFiles.words(join).isEmpty { usleep(1000) } }
        let left = LeftGroups(key: key)
        #expect(Set(left.folders()).count == group.joins.count)
        left.end()
        process.waitUntilExit()
        #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == 9)
        #expect(left.folders().isEmpty)
    }
}

extension AttemptGroup {
    /// What is left of an attempt's groups.
    static func left(of attempts: Attempts) -> [String] {
        LeftGroups(key: key(home: attempts.root + "/home")).folders()
    }
}

extension Attempts {
    /// Whether its folders lie on a file system that has a disk of its own, which file systems in memory have not.
    var isOnDisk: Bool {
        var information = stat()
        // The device numbers of those without a disk begin with 0 (makedev(3)).
        return stat(root, &information) == 0 && information.st_dev >> 8 != 0
    }
}
