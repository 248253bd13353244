import Crypto
import Glibc
import SluiceModel

/// The control group of one attempt: one folder, or in version 1 one for each controller.
struct AttemptGroup: Sendable {
    private static let removalTries = 200
    /// Bytes.
    private static let batch: Int64 = 1 << 20

    let mechanism: Enforcement.Mechanism
    /// By controller.
    private let folders: [String: String]
    private let files: GroupFiles

    /// Files that a process with one thread writes itself into. A single thread enters version 1 without the kernel's
    /// lock over all forks, for which `cgroup.procs` waits some milliseconds; version 2 takes no threads from outside.
    var joins: [String] {
        let file = mechanism == .cgroup2 ? "/cgroup.procs" : "/tasks"
        return Set(folders.values).sorted().map { $0 + file }
    }
    /// What the kernel holds its processes to.
    let enforced: [Overrun.Resource]

    /// The part of a group's name that tells attempts apart: who knows the attempt's private `HOME` finds its group.
    static func key(home: String) -> String {
        let digest = SHA256.hash(data: Array(home.utf8))
        return digest.prefix(8).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// nil with errno when its memory cannot be limited; then there is no folder either.
    init?(in groups: ControlGroups, key: String, limits: GrantLimits) {
        let name = "\(ControlGroups.prefix)\(getpid())-\(key)"
        let files = groups.files
        var folders: [String: String] = [:]
        for (controller, parent) in groups.parents {
            let folder = parent + "/" + name
            if folders.values.contains(folder) || files.make(folder) || errno == EEXIST {
                folders[controller] = folder
            }
        }
        mechanism = groups.mechanism
        self.files = files
        self.folders = folders
        enforced = Self.limit(folders, mechanism, limits)
        guard enforced.contains(.memory) else {
            let failure = errno
            remove()
            errno = failure
            return nil
        }
    }

    private static func limit(
        _ folders: [String: String], _ mechanism: Enforcement.Mechanism, _ limits: GrantLimits
    ) -> [Overrun.Resource] {
        var enforced: [Overrun.Resource] = []
        let isUnified = mechanism == .cgroup2
        if let folder = folders["memory"], isUnified ? memory2(folder, limits) : memory1(folder, limits) {
            enforced.append(.memory)
        }
        if let folder = folders["cpu"], isUnified ? cpu2(folder, limits) : cpu1(folder, limits) {
            enforced.append(.cpus)
        }
        if let folder = folders["pids"], GroupFiles.write(String(limits.tasks), to: folder + "/pids.max") {
            enforced.append(.processes)
        }
        return enforced
    }

    /// No swap: what was granted is memory. All of a group die together, so that no half of a stage goes on.
    private static func memory2(_ folder: String, _ limits: GrantLimits) -> Bool {
        _ = GroupFiles.write("0", to: folder + "/memory.swap.max")
        _ = GroupFiles.write("1", to: folder + "/memory.oom.group")
        return GroupFiles.write(String(limits.memory), to: folder + "/memory.max")
    }

    private static func memory1(_ folder: String, _ limits: GrantLimits) -> Bool {
        guard GroupFiles.write(String(limits.memory), to: folder + "/memory.limit_in_bytes") else { return false }
        // With swap together it may not be less than without, so it comes second.
        _ = GroupFiles.write(String(limits.memory), to: folder + "/memory.memsw.limit_in_bytes")
        return true
    }

    private static func cpu2(_ folder: String, _ limits: GrantLimits) -> Bool {
        GroupFiles.write("\(limits.quota) \(GrantLimits.period)", to: folder + "/cpu.max")
    }

    private static func cpu1(_ folder: String, _ limits: GrantLimits) -> Bool {
        GroupFiles.write(String(GrantLimits.period), to: folder + "/cpu.cfs_period_us")
            && GroupFiles.write(String(limits.quota), to: folder + "/cpu.cfs_quota_us")
    }
}

// MARK: - What it shows

extension AttemptGroup {
    /// Bytes, the page cache that it filled included; nil on kernels that do not say.
    var memoryPeak: Int64? {
        let name = mechanism == .cgroup2 ? "memory.peak" : "memory.max_usage_in_bytes"
        return folders["memory"].flatMap { GroupFiles.number($0 + "/" + name) }
    }

    /// Bytes now.
    var memory: Int64? {
        let name = mechanism == .cgroup2 ? "memory.current" : "memory.usage_in_bytes"
        return folders["memory"].flatMap { GroupFiles.number($0 + "/" + name) }
    }

    /// Seconds, of all processes that ever were in it.
    var cpu: Double? {
        if mechanism == .cgroup2 {
            let folder = folders["memory"]
            return folder.flatMap { GroupFiles.number("usage_usec", in: $0 + "/cpu.stat") }.map { Double($0) / 1e6 }
        }
        return folders["cpuacct"].flatMap { GroupFiles.number($0 + "/cpuacct.usage") }.map { Double($0) / 1e9 }
    }

    /// Processes that the kernel killed because memory was used up: this group's, or anybody's above it.
    var outOfMemoryKills: Int64 {
        let name = mechanism == .cgroup2 ? "memory.events" : "memory.oom_control"
        return folders["memory"].flatMap { GroupFiles.number("oom_kill", in: $0 + "/" + name) } ?? 0
    }

    /// Whether the group's own limit was ever in the way. A machine that is full kills groups far below theirs.
    var hasReachedMemory: Bool {
        guard let folder = folders["memory"] else { return false }
        if mechanism == .cgroup2 { return GroupFiles.number("oom", in: folder + "/memory.events") ?? 0 > 0 }
        // Its count of failures is not kept by every kernel; memory is taken in batches, so the peak may end a little
        // below the limit.
        guard let limit = GroupFiles.number(folder + "/memory.limit_in_bytes"), let peak = memoryPeak else {
            return false
        }
        return peak >= limit - Self.batch
    }

    /// Processes that could not be started because there were as many as granted.
    var refusedProcesses: Int64 {
        folders["pids"].flatMap { GroupFiles.number("max", in: $0 + "/pids.events") } ?? 0
    }
}

// MARK: - Its end

extension AttemptGroup {
    /// Kills everything in it where the kernel does that in one step; else nothing new can be started any more, and
    /// the supervisor's kills reach all.
    func kill() {
        if mechanism == .cgroup2, let folder = folders["memory"] {
            _ = GroupFiles.write("1", to: folder + "/cgroup.kill")
        }
        if let folder = folders["pids"] { _ = GroupFiles.write("0", to: folder + "/pids.max") }
    }

    /// Removes its folders; false when a process is still there. A dead process counts for a moment.
    @discardableResult
    func remove() -> Bool {
        Set(folders.values).reduce(true) { Self.remove($1, files) && $0 }
    }

    static func remove(_ folder: String, _ files: GroupFiles) -> Bool {
        for _ in 0..<removalTries {
            if files.remove(folder) || errno == ENOENT { return true }
            guard errno == EBUSY else { return false }
            usleep(5000)
        }
        return false
    }
}
