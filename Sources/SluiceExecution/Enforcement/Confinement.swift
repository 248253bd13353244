import Glibc
import SluiceModel

/// What holds one attempt to its grant, made before its program starts.
struct Confinement {
    let limits: GrantLimits
    let group: AttemptGroup?
    let disk: DiskWalk?
    /// Why it is less than what this machine gives others.
    private(set) var warnings: [String] = []

    /// More processes than this of one user are no slack but a fork bomb that the sampler was too late for.
    private static let userSlack: Int64 = 8

    init(_ request: AttemptRequest, _ groups: ControlGroups?, isWalled: Bool = false) {
        limits = GrantLimits(request.grant.request, companions: isWalled ? GrantLimits.wall : 0)
        let key = AttemptGroup.key(home: request.folders.home)
        group = groups.flatMap { [limits] in AttemptGroup(in: $0, key: key, limits: limits) }
        if groups != nil, group == nil {
            warnings.append("no control group could be made (\(errorText(errno))): the grant is enforced by sampling")
        }
        let kept = request.deployment.map { [$0] } ?? []
        disk = limits.disk == nil ? nil : DiskWalk(AttemptPlaces.writable(request).filter { !kept.contains($0) })
        // What it was given does not count.
        while disk?.step(entries: 1 << 16) == false {}
    }

    func apply(to launch: inout ProcessLaunch) {
        launch.groups = group?.joins ?? []
        launch.fileSize = limits.disk
        guard group?.enforced.contains(.processes) != true, geteuid() != 0 else { return }
        launch.userProcesses = Self.tasks(of: geteuid()) + Self.userSlack * limits.tasks
    }

    /// Processes and threads of a user: the kernel counts all of them against `RLIMIT_NPROC`.
    private static func tasks(of user: uid_t) -> Int64 {
        (folderNames("/proc") ?? []).reduce(0) { sum, name in
            var information = stat()
            guard pid_t(name) != nil, stat("/proc/\(name)", &information) == 0, information.st_uid == user else {
                return sum
            }
            return sum + Int64(folderNames("/proc/\(name)/task")?.count ?? 1)
        }
    }
}

extension Enforcement {
    /// What an attempt of this process gets: what `sluice doctor` shows.
    package static func available(_ choice: EnforcementChoice) -> Enforcement {
        guard choice == .auto, let groups = ControlGroups.ofThisProcess else {
            return Enforcement(mechanism: .sampler, kernel: [], sampled: [.memory, .processes, .disk])
        }
        let kernel: [Overrun.Resource] = [("memory", .memory), ("cpu", .cpus), ("pids", .processes)].compactMap {
            (controller: String, resource: Overrun.Resource) in groups.parents[controller] == nil ? nil : resource
        }
        let looked: [Overrun.Resource] = [.processes].filter { !kernel.contains($0) }
        return Enforcement(mechanism: groups.mechanism, kernel: kernel, sampled: looked + [.disk])
    }
}
