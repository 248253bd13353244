import Glibc

/// Processes of an attempt that nobody supervises any more: runner and supervisor were killed together.
///
/// They are known by what no other attempt has, the private `HOME` that they were started with, as the kernel keeps
/// it in `/proc/PID/environ`. A process that was executed with another environment is not found.
struct Leftovers {
    /// The attempt's `HOME`.
    let home: String

    private static let patience: Duration = .seconds(5)
    private static let environmentLimit = 4 << 20

    /// Kills them until none is left.
    func end() {
        let clock = ContinuousClock()
        let deadline = clock.now + Self.patience
        while clock.now < deadline {
            let found = pids()
            if found.isEmpty { return }
            for pid in found { kill(pid, SIGKILL) }
            usleep(10_000)
        }
    }

    private func pids() -> [pid_t] {
        (folderNames("/proc") ?? []).compactMap { name in
            guard let pid = pid_t(name), pid != getpid(), isOurs(pid), hasHome(pid) else { return nil }
            return pid
        }
    }

    private func isOurs(_ pid: pid_t) -> Bool {
        var information = stat()
        return stat("/proc/\(pid)", &information) == 0 && information.st_uid == geteuid()
    }

    /// A zombie's environment is empty, so what waits for its parent is not counted.
    private func hasHome(_ pid: pid_t) -> Bool {
        guard let environment = smallFile("/proc/\(pid)/environ", limit: Self.environmentLimit) else { return false }
        let wanted = Array("HOME=\(home)".utf8)
        return environment.split(separator: 0).contains { $0.elementsEqual(wanted) }
    }
}
