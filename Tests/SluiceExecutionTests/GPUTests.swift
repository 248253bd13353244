import Foundation
import SluiceModel
import Testing

@testable import SluiceExecution

@Suite("GPUs")
struct GPUTests {
    @Test("an attempt sees the devices that it was given and no others; without a grant it sees none")
    func visible() async throws {
        let attempts = try Attempts()
        let script = #"printf '%s|%s' "$CUDA_VISIBLE_DEVICES" "$OMP_NUM_THREADS" > seen"#
        let executor = LocalExecutor(devices: ["3", "GPU-abc", "5"])
        let two = attempts.script(script).with {
            $0.grant.request.gpus = 2
            $0.grant.request.cpus = Amount(billionths: 1_500_000_000)
        }
        let result = await attempts.run(two, by: executor)
        #expect(result.outcome == .succeeded && result.devices == ["3", "GPU-abc"])
        #expect(attempts.read("workspace/seen") == "3,GPU-abc|2")
        let none = await attempts.run(attempts.script(script), by: executor)
        #expect(none.devices.isEmpty && attempts.read("workspace/seen") == "|1")
    }

    @Test("a device belongs to one attempt at a time, over all executors of a state folder")
    func exclusive() throws {
        let attempts = try Attempts()
        mkdir(attempts.root + "/locks", 0o700)
        let here = GPUDevices(names: ["0", "1"], stateFolder: attempts.root)
        let there = GPUDevices(names: ["0", "1"], stateFolder: attempts.root)
        var first = here.hold(1)
        let second = try #require(there.hold(1))
        #expect(first?.names == ["0"] && second.names == ["1"])
        #expect(here.hold(1) == nil && there.hold(2) == nil)
        first = nil
        #expect(there.hold(2) == nil, "one is not two")
        #expect(here.hold(1)?.names == ["0"])
        withExtendedLifetime(second) {}
    }

    @Test("an attempt whose device another process uses waits, and can be cancelled while it does")
    func waiting() async throws {
        let attempts = try Attempts()
        mkdir(attempts.root + "/locks", 0o700)
        let executor = LocalExecutor(stateFolder: attempts.root, devices: ["0"])
        var held = GPUDevices(names: ["0"], stateFolder: attempts.root).hold(1)
        #expect(held != nil)
        let request = attempts.script("echo ran > ran").with { $0.grant.request.gpus = 1 }
        let cancellation = Cancellation()
        async let cancelled = attempts.run(request, cancellation, by: executor)
        try await attempts.word("waits for a GPU")
        cancellation.cancel(.user)
        #expect(await cancelled.outcome == .cancelled && attempts.read("workspace/ran") == nil)
        async let running = attempts.run(request, by: executor)
        held = nil
        #expect(await running.outcome == .succeeded && attempts.read("workspace/ran") != nil)
    }

    @Test("more devices than there are is a mistake of the configuration and waits for nothing")
    func tooMany() async throws {
        let attempts = try Attempts()
        let request = attempts.script("true").with { $0.grant.request.gpus = 2 }
        let result = await attempts.run(request, by: LocalExecutor(devices: ["0"]))
        #expect(
            result.outcome == .failed && result.error?.code == "executor.no_gpu" && result.error?.errorClass == .config)
    }

    @Test("time and memory of the devices are what nvidia-smi says")
    func measured() async throws {
        let attempts = try Attempts()
        let result = try await run(
            attempts,
            nvidia:
                #"echo "$@" > \#(attempts.root)/asked; printf '50, 1024\n100, 512\n'; touch \#(attempts.root)/answered"#,
            script: "while [ ! -e ../answered ]; do sleep 0.02; done; sleep 0.5")
        #expect(result.outcome == .succeeded && result.warnings.isEmpty, "\(result)")
        #expect(result.usage.gpuMemoryPeak == 1536 << 20 && result.usage.gpu ?? 0 > 0, "\(result.usage)")
        #expect(attempts.read("asked")?.hasSuffix("-i 0,1\n") == true)
    }

    @Test(
        "an nvidia-smi that hangs, breaks or lies neither holds up an attempt nor changes its end",
        arguments: [
            "touch ROOT/asked; exec sleep 600", "touch ROOT/asked; exit 9", "echo '[N/A], [N/A]'; touch ROOT/asked",
            "touch ROOT/asked; yes",
        ])
    func broken(_ script: String) async throws {
        let attempts = try Attempts()
        let result = try await run(
            attempts, nvidia: script.replacingOccurrences(of: "ROOT", with: attempts.root),
            script: "while [ ! -e ../asked ]; do sleep 0.02; done; sleep 0.2")
        #expect(result.outcome == .succeeded && result.usage.gpu == nil && result.usage.gpuMemoryPeak == nil)
    }

    private func run(_ attempts: Attempts, nvidia: String, script: String) async throws -> AttemptResult {
        mkdir(attempts.root + "/bin", 0o700)
        try attempts.write("bin/nvidia-smi", "#!/bin/sh\n" + nvidia + "\n", mode: 0o755)
        let request = attempts.script(script).with {
            $0.grant.request.gpus = 2
            $0.searchPath = attempts.root + "/bin:" + $0.searchPath
        }
        return await attempts.run(request, by: LocalExecutor(devices: ["0", "1"]))
    }
}

extension Attempts {
    /// Waits until a shown line has begun so.
    func word(_ beginning: String) async throws {
        for _ in 0..<3000 {
            if shown.contains(where: { $0.hasPrefix(beginning) }) { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw TestFailure("nobody said \(beginning)")
    }
}
