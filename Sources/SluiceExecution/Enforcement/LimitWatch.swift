import Glibc
import SluiceModel

/// Looks after one attempt's grant while it runs and measures what it uses: by its control group where there is one,
/// else by its process tree.
///
/// It is asked by the attempt's own loop at times that it sets itself: often while things change fast or come near a
/// limit, seldom otherwise, and never so often that looking costs more than a fiftieth of the time.
struct LimitWatch {
    /// Milliseconds between two looks.
    private static let shortest: Int64 = 10
    private static let longest: Int64 = 250
    /// At most so much of the time is spent looking, but no look is put off for longer than that.
    private static let costFactor: Int64 = 50
    private static let latest: Int64 = 500
    private static let entriesPerLook = 2000
    private static let entriesAtEnd = 2_000_000

    let limits: GrantLimits
    private let group: AttemptGroup?
    private let tree: ProcessTree
    private let disk: DiskWalk?
    /// What its folders held before it started.
    private let given: Int64

    private(set) var nextLook: Int64
    private var interval = shortest
    private var nextDiskLook: Int64
    private var diskRoundCost: Int64 = 0
    private var last = ProcessTree.Sample()
    private var memoryPeak: Int64 = 0
    private var diskPeak: Int64 = 0
    private var cpu: [pid_t: Double] = [:]
    private var found: Overrun?

    /// `disk` has been walked once before the program started.
    init(limits: GrantLimits, group: AttemptGroup?, supervisor: pid_t, disk: DiskWalk?, now: Int64) {
        self.limits = limits
        self.group = group
        self.disk = disk
        tree = ProcessTree(root: supervisor)
        given = disk?.last.bytes ?? 0
        nextLook = now + Self.shortest
        nextDiskLook = now + Self.longest
    }

    /// What is in force, for the record.
    var enforcement: Enforcement {
        let kernel = group?.enforced ?? []
        let looked: [Overrun.Resource] = [.memory, .processes].filter { !kernel.contains($0) }
        return Enforcement(
            mechanism: group?.mechanism ?? .sampler, kernel: kernel, sampled: looked + (disk == nil ? [] : [.disk]))
    }

    /// Looks when it is time to. What is wanted of more than was granted, once.
    mutating func look(now: Int64) -> Overrun? {
        guard now >= nextLook, found == nil else { return nil }
        let began = MonotonicClock.now()
        found = exhausted() ?? lookAtTree() ?? lookAtDisk(now)
        let ended = MonotonicClock.now()
        nextLook = ended + max(interval, min((ended - began) * Self.costFactor, Self.latest))
        return found
    }

    /// Kills what the kernel can reach in one step.
    func kill() { group?.kill() }

    /// What is known when all processes are gone. `largest`: bytes of the largest process, which may have grown between
    /// two looks; `left`: processes that were still there after the program's end. `hasFailed`: whether a file that is exactly as large as it may be explains something.
    mutating func verdict(largest: Int64, left: Int64, hasFailed: Bool) -> Overrun? {
        found = found ?? exhausted()
        if found == nil, group?.enforced.contains(.memory) != true, largest > limits.memory {
            found = Overrun(resource: .memory, limit: limits.memory, peak: max(largest, memoryPeak))
        }
        if found == nil, left > limits.processes {
            found = Overrun(resource: .processes, limit: limits.processes, peak: left)
        }
        found = found ?? diskAtEnd(hasFailed: hasFailed)
        return found
    }

    private mutating func diskAtEnd(hasFailed: Bool) -> Overrun? {
        guard let disk, let limit = limits.disk else { return nil }
        let total = disk.round(atMost: Self.entriesAtEnd)
        diskPeak = max(diskPeak, total.bytes - given)
        guard diskPeak > limit || (hasFailed && total.largest >= limit && limit > 0) else { return nil }
        return Overrun(resource: .disk, limit: limit, peak: max(diskPeak, min(total.largest, limit)))
    }

    /// Puts what was measured over what the supervisor knows.
    func measure(_ usage: inout Usage) {
        let sampled = cpu.values.reduce(0, +)
        usage.cpu = max(usage.cpu, group?.cpu ?? sampled)
        usage.memoryPeak = group?.memoryPeak ?? max(usage.memoryPeak, memoryPeak)
        if disk != nil { usage.diskPeak = max(0, diskPeak) }
    }

    /// After everything that was started is gone; warnings, where there is something to say.
    func close() -> [String] {
        guard let group else { return [] }
        var warnings: [String] = []
        if group.outOfMemoryKills > 0, !group.hasReachedMemory {
            warnings.append("the kernel killed processes of it for want of memory, and not because of its grant")
        }
        if !group.remove() {
            warnings.append("the attempt's control group could not be removed: \(errorText(errno))")
        }
        return warnings
    }

    // MARK: - Looks

    /// What the kernel has counted in the group.
    private func exhausted() -> Overrun? {
        guard let group else { return nil }
        if group.outOfMemoryKills > 0, group.hasReachedMemory {
            return Overrun(
                resource: .memory, limit: limits.memory, peak: max(limits.memory, group.memoryPeak ?? 0))
        }
        guard group.refusedProcesses > 0 else { return nil }
        return Overrun(resource: .processes, limit: limits.processes, peak: limits.processes)
    }

    private mutating func lookAtTree() -> Overrun? {
        let kernel = group?.enforced ?? []
        guard !kernel.contains(.memory) || !kernel.contains(.processes) || group?.memoryPeak == nil else {
            interval = Self.longest
            return nil
        }
        let sample = tree.sample(known: memoryPeak, mostTasks: limits.tasks)
        memoryPeak = max(memoryPeak, sample.memory)
        for (pid, seconds) in sample.cpu { cpu[pid] = max(seconds, cpu[pid] ?? 0) }
        setInterval(sample)
        if !kernel.contains(.memory), sample.memory > limits.memory {
            return Overrun(resource: .memory, limit: limits.memory, peak: sample.memory)
        }
        guard !kernel.contains(.processes), sample.tasks > limits.tasks else { return nil }
        let peak = sample.tasks - limits.companions
        return Overrun(resource: .processes, limit: limits.processes, peak: peak)
    }

    /// Half of the time in which memory or processes would be used up if they went on growing as since the last look;
    /// twice as long as the last time at most.
    private mutating func setInterval(_ sample: ProcessTree.Sample) {
        var next = interval * 2
        for (now, before, limit) in [
            (sample.memory, last.memory, limits.memory), (sample.tasks, last.tasks, limits.processes),
        ] where now > before {
            next = min(next, Int64(clamping: Int128(max(0, limit - now)) * Int128(interval) / Int128(now - before) / 2))
        }
        last = sample
        interval = min(max(next, Self.shortest), Self.longest)
    }

    /// A few files at a time; rounds begin so that they take a small part of the time.
    private mutating func lookAtDisk(_ now: Int64) -> Overrun? {
        guard let disk, let limit = limits.disk, now >= nextDiskLook else { return nil }
        let began = MonotonicClock.now()
        let isComplete = disk.step(entries: Self.entriesPerLook)
        let ended = MonotonicClock.now()
        diskRoundCost += ended - began
        diskPeak = max(diskPeak, (isComplete ? disk.last.bytes : disk.atLeast) - given)
        if isComplete {
            nextDiskLook = ended + max(Self.longest, diskRoundCost * Self.costFactor)
            diskRoundCost = 0
        } else {
            nextDiskLook = ended
        }
        return diskPeak > limit ? Overrun(resource: .disk, limit: limit, peak: diskPeak) : nil
    }
}
