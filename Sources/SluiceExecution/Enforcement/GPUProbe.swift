import Glibc
import PluginContract

/// Asks `nvidia-smi` every now and then how busy an attempt's devices are.
///
/// It runs as a process of its own beside the attempt and is read in the attempt's loop: one that hangs is killed,
/// one that breaks is not asked again, and neither has anything to do with how the attempt ends.
final class GPUProbe {
    private static let interval: Int64 = 2000
    private static let patience: Int64 = 5000
    private static let mostFailures = 3

    private let launch: ProcessLaunch
    private var process: SupervisedProcess?
    private var text: [UInt8] = []
    private var lastSample: Int64
    private var deadline: Int64
    private var failures = 0
    /// Device-seconds.
    private(set) var busy: Double?
    /// Bytes.
    private(set) var memoryPeak: Int64?

    /// nil where there are no devices or no such program in the operator's PATH.
    init?(devices: [String], searchPath: String, now: Int64) {
        guard !devices.isEmpty, let program = ProgramResolver.lookUp("nvidia-smi", in: searchPath) else { return nil }
        launch = ProcessLaunch(
            path: program,
            arguments: [
                "nvidia-smi", "--query-gpu=utilization.gpu,memory.used", "--format=csv,noheader,nounits", "-i",
                devices.joined(separator: ","),
            ], environment: ["PATH": searchPath, "LANG": "C", "HOME": "/"], folder: "/", orphanKill: 0,
            mayGainPrivileges: true)
        lastSample = now
        deadline = now
    }

    deinit { stop() }

    /// What to poll for reading.
    var files: [Descriptor] { process.map { [$0.output, $0.errors, $0.status] } ?? [] }
    /// When `tick` has something to do; nil: never again.
    var nextDeadline: Int64? { failures < Self.mostFailures ? deadline : nil }
    var hasGivenUp: Bool { failures >= Self.mostFailures && busy == nil }

    func tick(now: Int64) {
        guard failures < Self.mostFailures, now >= deadline else { return }
        if process != nil {
            stop()
            failed(now)
        } else if let started = SupervisedProcess(launch) {
            started.input.close()
            process = started
            text = []
            deadline = now + Self.patience
        } else {
            failed(now)
        }
    }

    /// Reads what has come.
    func read(into buffer: UnsafeMutableRawBufferPointer, now: Int64) {
        guard let process else { return }
        for pipe in [process.output, process.errors] where pipe.isOpen {
            switch pipe.read(into: buffer) {
            case .count(let count):
                if pipe === process.output, text.count < 1 << 16 { text += buffer[..<count] }
            case .ended: pipe.close()
            case .wouldBlock: break
            }
        }
        while process.status.isOpen {
            switch process.status.read(into: buffer) {
            case .count: continue
            case .wouldBlock: return
            case .ended:
                process.status.close()
                finish(now)
            }
        }
    }

    /// Kills it if it is at work.
    func stop() {
        guard let running = process else { return }
        process = nil
        running.kill()
        running.letGo()
        running.reap()
    }

    private func finish(_ now: Int64) {
        guard let ended = process else { return }
        process = nil
        ended.letGo()
        ended.reap()
        guard let sample = Self.sample(text) else { return failed(now) }
        failures = 0
        busy = (busy ?? 0) + sample.load * Double(now - lastSample) / 1000
        memoryPeak = max(memoryPeak ?? 0, sample.memory)
        lastSample = now
        deadline = now + Self.interval
    }

    private func failed(_ now: Int64) {
        failures += 1
        lastSample = now
        deadline = now + Self.interval
    }

    /// `87, 10240` a line: percent and MiB. nil unless every line says both.
    static func sample(_ text: [UInt8]) -> (load: Double, memory: Int64)? {
        let lines = text.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
        var sum = (load: 0.0, memory: Int64(0))
        for line in lines {
            let fields = line.split(separator: ",").map { $0.split(whereSeparator: \.isWhitespace).joined() }
            guard fields.count == 2, let percent = Double(fields[0]), (0...100).contains(percent),
                let mebibytes = Int64(fields[1]), (0...(1 << 30)).contains(mebibytes)
            else { return nil }
            sum.load += percent / 100
            sum.memory += mebibytes << 20
        }
        return lines.isEmpty ? nil : sum
    }
}
