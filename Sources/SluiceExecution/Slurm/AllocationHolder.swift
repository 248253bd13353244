import Glibc
import SluiceModel

/// What runs as the batch script of an allocation: starts what is handed to it as steps, each within what it may take,
/// and ends when there is nothing to do.
///
/// What came first starts first. An order that finds no room waits, and those behind it, too: none of them starves.
package final class AllocationHolder {
    private struct Running {
        var name: String
        var step: AllocatedStep
    }

    /// Milliseconds.
    private static let look: Int64 = 100
    /// How long the end of a step is kept to ourselves: it may be the first that Slurm ends of the whole allocation, and
    /// then the allocation's end is what counts.
    private static let secrecy: Int64 = 2000
    /// The end of an allocation in which nothing may run.
    static let margin: Duration = .seconds(30)

    /// The status of what cannot be started, or waited for.
    private static let unknown: Int32 = 127 << 8

    private let folder: AllocationFolder
    private let size: AllocationSize
    private let srun: String
    private let isStopped: () -> Bool
    private let began = MonotonicClock.now()
    private var running: [pid_t: Running] = [:]
    private var ended: [(at: Int64, name: String, status: Int32)] = []
    private var lastBusy = MonotonicClock.now()
    private var isClosed = false

    /// nil: there is no folder of an allocation. `searchPath`: where `srun` is found; `isStopped`: whether Slurm has asked
    /// us to end.
    package init?(folder path: String, searchPath: String, isStopped: @escaping () -> Bool) {
        folder = AllocationFolder(path: path)
        guard let size = folder.size else { return nil }
        self.size = size
        self.isStopped = isStopped
        srun = ProgramResolver.lookUp("srun", in: searchPath) ?? "srun"
    }

    /// Blocks until everything that it started has ended.
    package func run() {
        while true {
            let now = MonotonicClock.now()
            reap(now)
            if isStopped() {
                if running.isEmpty { return }
            } else {
                tellEnds(now)
                if !startWhatFits(now), running.isEmpty, ended.isEmpty, mayEnd(now) { return }
            }
            usleep(UInt32(Self.look) * 1000)
        }
    }

    /// Whether anything is waiting.
    private func startWhatFits(_ now: Int64) -> Bool {
        guard let names = folder.waiting() else {
            // Its run has ended: there is nobody to tell anything.
            isClosed = true
            ended = []
            return false
        }
        for name in names {
            guard let step = folder.step(name), size.holds(step) else { continue }
            guard .seconds(step.seconds) + Self.margin <= .seconds(size.seconds) - .milliseconds(now - began) else {
                close()
                folder.giveBack(name)
                continue
            }
            guard hasRoom(for: step) else { return true }
            if folder.take(name) { start(step, as: name, now) }
        }
        return false
    }

    /// First it takes nothing new; then, if nothing came meanwhile, it may end.
    private func mayEnd(_ now: Int64) -> Bool {
        if isClosed { return true }
        if now - lastBusy >= size.idle * 1000 { close() }
        return false
    }

    private func close() {
        folder.close()
        isClosed = true
    }

    private func hasRoom(for step: AllocatedStep) -> Bool {
        func taken(_ amount: KeyPath<AllocatedStep, Int64>) -> Int64 {
            running.values.reduce(step[keyPath: amount]) { $0 + $1.step[keyPath: amount] }
        }
        return taken(\.cpus) <= size.cpus && taken(\.memory) <= size.memory && taken(\.gpus) <= size.gpus
    }

    private func start(_ step: AllocatedStep, as name: String, _ now: Int64) {
        let nothing = Descriptor(open("/dev/null", O_RDONLY | O_CLOEXEC))
        let errors = Descriptor(open(step.errors, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0o600))
        do throws(PluginError) {
            // What Slurm has set is how `srun` finds its allocation.
            let pid = try SpawnedProgram.start(
                [srun] + step.arguments, environment: nil, folder: nil,
                descriptors: .init(input: nothing.number, output: errors.number, error: errors.number),
                newSession: false)
            running[pid] = Running(name: name, step: step)
        } catch {
            ended.append((now, name, Self.unknown))
        }
    }

    private func reap(_ now: Int64) {
        for (pid, one) in running {
            var status: Int32 = Self.unknown
            guard waitpid(pid, &status, WNOHANG) != 0 else { continue }
            running[pid] = nil
            ended.append((now, one.name, status))
        }
        if !running.isEmpty || !ended.isEmpty { lastBusy = now }
    }

    private func tellEnds(_ now: Int64) {
        for one in ended where now - one.at >= Self.secrecy { folder.end(one.name, status: one.status) }
        ended.removeAll { now - $0.at >= Self.secrecy }
    }
}
