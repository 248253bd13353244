import Glibc

/// What the processes below one process use together, as `/proc` shows it at a moment (proc(5)).
struct ProcessTree {
    struct Sample: Equatable {
        /// Processes and threads.
        var tasks: Int64 = 0
        /// Bytes. Memory that several processes share counts once where the kernel says how much that is.
        var memory: Int64 = 0
        /// By process, so that what one has used still counts when it is gone: seconds.
        var cpu: [pid_t: Double] = [:]
    }

    private static let pageSize = Int64(sysconf(Int32(_SC_PAGESIZE)))
    private static let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))

    let root: pid_t

    /// `known`: bytes that are no news. Only above that it is worth to ask what is shared, which costs the kernel a
    /// walk over the memory's pages. Beyond `mostTasks` nobody is counted any more.
    func sample(known: Int64, mostTasks: Int64) -> Sample {
        var sample = Sample()
        var found = Self.children(of: root, threads: Self.threads(of: root))
        var owners: [pid_t] = []
        var next = 0
        // It grows while children are found.
        while next < found.count, sample.tasks <= mostTasks {
            let child = found[next]
            next += 1
            guard let stat = Stat("/proc/\(child.pid)") else { continue }
            sample.tasks += stat.threads
            sample.cpu[child.pid] = stat.ticks / Self.ticks
            found += Self.children(of: child.pid, threads: stat.threads > 1 ? Self.threads(of: child.pid) : [child.pid])
            let bytes = stat.hasExecuted ? stat.bytes : child.ownBytes
            guard bytes > 0 else { continue }
            sample.memory += bytes
            owners.append(child.pid)
        }
        guard owners.count > 1, sample.memory > known, sample.tasks <= mostTasks else { return sample }
        sample.memory = owners.reduce(0) { $0 + (Self.share(of: $1) ?? 0) }
        return sample
    }

    private struct Child {
        let pid: pid_t
        /// The folder of the thread that made it.
        let maker: String

        /// Bytes of one that was not executing a program of its own when it was seen first. Between `vfork(2)` and
        /// `execve(2)` its memory is its maker's, which sleeps in the kernel so long; all of it would count twice.
        var ownBytes: Int64 {
            let isLent = Stat(maker)?.isBlocked == true
            // It may have gone on to its own program meanwhile.
            guard let now = Stat("/proc/\(pid)"), now.hasExecuted || !isLent else { return 0 }
            return now.bytes
        }
    }

    private struct Stat {
        /// PF_FORKNOEXEC of the kernel's linux/sched.h.
        private static let forkedOnly: Int64 = 0x40

        let threads: Int64
        /// Resident.
        let bytes: Int64
        let ticks: Double
        /// Whether it has become another program since it was made.
        let hasExecuted: Bool
        /// It sleeps so that only the kernel wakes it.
        let isBlocked: Bool

        /// `folder`: that of a process or a thread.
        init?(_ folder: String) {
            guard let bytes = smallFile(folder + "/stat", limit: 4096),
                // The name before it may hold anything.
                let end = bytes.lastIndex(of: UInt8(ascii: ")"))
            else { return nil }
            let texts = bytes[(end + 1)...].split(separator: UInt8(ascii: " "))
            let fields = texts.map { Int64(String(decoding: $0, as: UTF8.self)) ?? 0 }
            // Counted from the state, which is field 3 of proc(5).
            guard fields.count > 21 else { return nil }
            ticks = Double(fields[11] + fields[12])
            threads = fields[17]
            self.bytes = max(0, fields[21]) * ProcessTree.pageSize
            hasExecuted = fields[6] & Self.forkedOnly == 0
            isBlocked = texts[0].elementsEqual([UInt8(ascii: "D")])
        }
    }

    /// Bytes, a page that n processes share counted as the n-th part of it; what may not be looked into as a whole.
    private static func share(of pid: pid_t) -> Int64? {
        if let kibibytes = smallFile("/proc/\(pid)/smaps_rollup", limit: 1 << 16).flatMap(proportional) {
            return kibibytes * 1024
        }
        return Stat("/proc/\(pid)")?.bytes
    }

    private static func proportional(_ rollup: [UInt8]) -> Int64? {
        for line in rollup.split(separator: 0x0A) where line.starts(with: Array("Pss:".utf8)) {
            return Int64(String(decoding: line.dropFirst(4).filter { (0x30...0x39).contains($0) }, as: UTF8.self))
        }
        return nil
    }

    private static func threads(of pid: pid_t) -> [pid_t] {
        (folderNames("/proc/\(pid)/task") ?? []).compactMap { pid_t($0) }
    }

    private static func children(of pid: pid_t, threads: [pid_t]) -> [Child] {
        threads.flatMap { thread -> [Child] in
            let maker = "/proc/\(pid)/task/\(thread)"
            let list = smallFile(maker + "/children", limit: 1 << 20) ?? []
            return list.split(separator: UInt8(ascii: " ")).compactMap {
                pid_t(String(decoding: $0, as: UTF8.self)).map { Child(pid: $0, maker: maker) }
            }
        }
    }
}
