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
        var pids = Self.children(of: root, threads: Self.threads(of: root))
        var next = 0
        // It grows while children are found.
        while next < pids.count, sample.tasks <= mostTasks {
            let pid = pids[next]
            next += 1
            guard let stat = Stat(pid) else { continue }
            sample.tasks += stat.threads
            sample.memory += stat.pages * Self.pageSize
            sample.cpu[pid] = stat.ticks / Self.ticks
            pids += Self.children(of: pid, threads: stat.threads > 1 ? Self.threads(of: pid) : [pid])
        }
        guard pids.count > 1, sample.memory > known, sample.tasks <= mostTasks else { return sample }
        sample.memory = pids.reduce(0) { $0 + (Self.share(of: $1) ?? 0) }
        return sample
    }

    private struct Stat {
        var threads: Int64
        var pages: Int64
        var ticks: Double

        init?(_ pid: pid_t) {
            guard let bytes = smallFile("/proc/\(pid)/stat", limit: 4096),
                // The name before it may hold anything.
                let end = bytes.lastIndex(of: UInt8(ascii: ")"))
            else { return nil }
            let fields = bytes[(end + 1)...].split(separator: UInt8(ascii: " ")).map {
                Int64(String(decoding: $0, as: UTF8.self)) ?? 0
            }
            // Counted from the state, which is field 3 of proc(5).
            guard fields.count > 21 else { return nil }
            ticks = Double(fields[11] + fields[12])
            threads = fields[17]
            pages = max(0, fields[21])
        }
    }

    /// Bytes, a page that n processes share counted as the n-th part of it; what may not be looked into as a whole.
    private static func share(of pid: pid_t) -> Int64? {
        if let kibibytes = smallFile("/proc/\(pid)/smaps_rollup", limit: 1 << 16).flatMap(proportional) {
            return kibibytes * 1024
        }
        return Stat(pid).map { $0.pages * pageSize }
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

    private static func children(of pid: pid_t, threads: [pid_t]) -> [pid_t] {
        threads.flatMap { thread -> [pid_t] in
            let list = smallFile("/proc/\(pid)/task/\(thread)/children", limit: 1 << 20) ?? []
            return list.split(separator: UInt8(ascii: " ")).compactMap { pid_t(String(decoding: $0, as: UTF8.self)) }
        }
    }
}
