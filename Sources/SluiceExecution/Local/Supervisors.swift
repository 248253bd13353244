import CSluiceProcess
import Glibc
import Synchronization

/// The supervisors that live in this process. There is one such list because a process has one set of children.
final class Supervisors: Sendable {
    static let ofThisProcess = Supervisors()

    private let living = Mutex<Set<pid_t>>([])

    private init() { sluice_become_subreaper() }

    /// Forks one; nothing can mistake it for a stranger before it is in the list. nil with errno.
    func start(_ program: sluice_program) -> pid_t? {
        living.withLock { living in
            var program = program
            let pid = sluice_supervise(&program)
            guard pid > 0 else { return nil }
            living.insert(pid)
            return pid
        }
    }

    /// Waits for its end. Blocks, so its status pipe has ended before.
    func reap(_ pid: pid_t) {
        while waitpid(pid, nil, 0) < 0, errno == EINTR {}
        _ = living.withLock { $0.remove(pid) }
    }

    /// Kills what a supervisor that died unseen left behind: its descendants came to this process.
    func killStrangers() -> Int {
        living.withLock { living in
            let known = Array(living)
            return Int(sluice_kill_strangers(known, Int32(known.count)))
        }
    }
}
