import Glibc
import SluiceModel

/// Where this process may make control groups for attempts: chosen once, below its own place, so that limits that
/// were set for the runner hold for the attempts too.
struct ControlGroups: Sendable {
    static let prefix = "sluice-"
    /// Where the runner itself goes when its own group must have no processes any more.
    private static let runnerGroup = "sluice-runner"
    private static let wanted = ["memory", "pids", "cpu", "cpuacct"]

    let mechanism: Enforcement.Mechanism
    /// By controller. In the unified hierarchy all are the same folder.
    let parents: [String: String]
    let files: GroupFiles

    /// What this machine lets us have; nil: nothing that limits memory. Asked once, since it may move this process.
    static let ofThisProcess = find(.ofThisProcess())

    static func find(_ places: ControlGroupPlaces, files: GroupFiles = .kernel) -> ControlGroups? {
        let found = unified(places, files) ?? separate(places, files)
        found?.sweep()
        return found
    }

    // MARK: - Version 2

    private static func unified(_ places: ControlGroupPlaces, _ files: GroupFiles) -> ControlGroups? {
        guard var parent = places.unified else { return nil }
        if parent.hasSuffix("/" + runnerGroup) { parent = String(parent.dropLast(runnerGroup.utf8.count + 1)) }
        let offered = GroupFiles.words(parent + "/cgroup.controllers")
        guard offered.contains("memory"), enable("memory", in: parent, files) else { return nil }
        let inForce = wanted.filter { offered.contains($0) && enable($0, in: parent, files) }
        let groups = ControlGroups(
            mechanism: .cgroup2, parents: Dictionary(uniqueKeysWithValues: inForce.map { ($0, parent) }), files: files)
        return groups.mayMake(parent) ? groups : nil
    }

    private static func enable(_ controller: String, in parent: String, _ files: GroupFiles) -> Bool {
        let control = parent + "/cgroup.subtree_control"
        if GroupFiles.words(control).contains(controller) || files.enable(controller, control) { return true }
        // No group may have both processes and controlled children (cgroups(7), "no internal processes").
        return errno == EBUSY && moveAside(parent, files) && files.enable(controller, control)
    }

    /// Only where nobody else lives: processes of others are not ours to move.
    private static func moveAside(_ parent: String, _ files: GroupFiles) -> Bool {
        let aside = parent + "/" + runnerGroup
        guard GroupFiles.words(parent + "/cgroup.procs") == [String(getpid())] else { return false }
        _ = files.make(aside)
        return GroupFiles.write(String(getpid()), to: aside + "/cgroup.procs")
    }

    // MARK: - Version 1

    private static func separate(_ places: ControlGroupPlaces, _ files: GroupFiles) -> ControlGroups? {
        let candidates = ControlGroups(mechanism: .cgroup1, parents: places.separate, files: files)
        let parents = places.separate.filter { wanted.contains($0.key) && candidates.mayMake($0.value) }
        guard parents["memory"] != nil else { return nil }
        return ControlGroups(mechanism: .cgroup1, parents: parents, files: files)
    }

    /// Tried, not guessed: permissions, read-only mounts and security modules all have a say.
    private func mayMake(_ parent: String) -> Bool {
        let probe = "\(parent)/\(Self.prefix)\(getpid())-probe"
        guard files.make(probe) || errno == EEXIST else { return false }
        return files.remove(probe)
    }

    /// Removes empty groups of runners that died. Those that are not empty stay until their run is taken up.
    private func sweep() {
        for parent in Set(parents.values) {
            for name in folderNames(parent) ?? [] where name.hasPrefix(Self.prefix) {
                let runner = name.dropFirst(Self.prefix.count).prefix { $0 != "-" }
                guard let pid = pid_t(runner), kill(pid, 0) != 0, errno == ESRCH else { continue }
                _ = files.remove(parent + "/" + name)
            }
        }
    }
}
