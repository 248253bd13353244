import Foundation
import SluiceModel
import Testing

@testable import SluiceExecution

/// The files of control groups. Version 2 is tested against a stand-in tree: folders with files of the same names,
/// which know nothing of memory. What the kernel does with them is tested by `EnforcementTests` where it has them.
@Suite("Control groups")
struct ControlGroupTests {
    @Test("places are found in the kernel's lists, in containers too")
    func places() {
        let mountInfo = """
            25 1 8:1 / / rw - ext4 /dev/sda1 rw
            30 25 0:26 / /sys/fs/cgroup/unified rw,nosuid - cgroup2 cgroup2 rw,nsdelegate
            31 25 0:27 / /sys/fs/cgroup/memory rw shared:10 - cgroup cgroup rw,memory
            32 25 0:28 /docker/abc /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct
            33 25 0:29 / /mnt/with\\040blank rw - cgroup cgroup rw,pids
            """
        let membership = """
            4:memory:/process/7
            3:cpu,cpuacct:/docker/abc/x
            2:pids:/
            1:name=systemd:/
            0::/user.slice
            """
        let places = ControlGroupPlaces(mountInfo: mountInfo, membership: membership)
        #expect(places.unified == "/sys/fs/cgroup/unified/user.slice")
        #expect(places.separate["memory"] == "/sys/fs/cgroup/memory/process/7")
        #expect(places.separate["cpu"] == "/sys/fs/cgroup/cpu,cpuacct/x")
        #expect(places.separate["cpuacct"] == "/sys/fs/cgroup/cpu,cpuacct/x")
        #expect(places.separate["pids"] == "/mnt/with blank")
        #expect(places.mounts.count == 4)
    }

    @Test("lists that make no sense name no places", arguments: ["", "x", "1 2 3 - cgroup2", "- - - - - - - -"])
    func nonsense(_ text: String) {
        let places = ControlGroupPlaces(mountInfo: text, membership: text)
        #expect(places.unified == nil && places.separate.isEmpty && ControlGroups.find(places) == nil)
    }

    @Test("version 2: limits are written as the kernel reads them, and a group is removed")
    func limits() throws {
        let tree = try StandIn(controllers: "cpuset cpu memory pids", enabled: "cpu memory pids")
        let groups = try #require(ControlGroups.find(tree.places, files: tree.files))
        #expect(groups.mechanism == .cgroup2 && Set(groups.parents.keys) == ["cpu", "memory", "pids"])
        var request = ResourceRequest(cpus: Amount(billionths: 1_500_000_000), memory: 2 << 30)
        request.processes = 77
        let group = try #require(AttemptGroup(in: groups, key: "0123", limits: GrantLimits(request)))
        #expect(group.enforced == [.memory, .cpus, .processes])
        let folder = "\(tree.root)/sluice-\(getpid())-0123"
        #expect(group.joins == [folder + "/cgroup.procs"])
        #expect(GroupFiles.text(folder + "/memory.max") == "2147483648")
        #expect(GroupFiles.text(folder + "/memory.swap.max") == "0")
        #expect(GroupFiles.text(folder + "/memory.oom.group") == "1")
        #expect(GroupFiles.text(folder + "/cpu.max") == "150000 100000")
        #expect(GroupFiles.text(folder + "/pids.max") == "77")
        group.kill()
        #expect(GroupFiles.text(folder + "/cgroup.kill") == "1")
        #expect(group.remove() && access(folder, F_OK) != 0)
    }

    @Test("version 2: what the kernel counts is read as peak, time, kills and refusals")
    func readings() throws {
        let tree = try StandIn(controllers: "cpu memory pids", enabled: "cpu memory pids")
        let groups = try #require(ControlGroups.find(tree.places, files: tree.files))
        let group = try #require(AttemptGroup(in: groups, key: "k", limits: GrantLimits(ResourceRequest())))
        let folder = "\(tree.root)/sluice-\(getpid())-k"
        #expect(group.outOfMemoryKills == 0 && group.refusedProcesses == 0 && group.memoryPeak == nil)
        try StandIn.write("104857600\n", to: folder + "/memory.peak")
        try StandIn.write("usage_usec 2500000\nuser_usec 1\n", to: folder + "/cpu.stat")
        try StandIn.write("low 0\nhigh 0\nmax 12\noom 1\noom_kill 3\noom_group_kill 1\n", to: folder + "/memory.events")
        try StandIn.write("max 9\n", to: folder + "/pids.events")
        #expect(group.memoryPeak == 100 << 20 && group.cpu == 2.5)
        #expect(group.outOfMemoryKills == 3 && group.hasReachedMemory && group.refusedProcesses == 9)
        try StandIn.write("oom 0\noom_kill 3\n", to: folder + "/memory.events")
        #expect(!group.hasReachedMemory, "somebody above it ran out of memory")
    }

    @Test("version 2: controllers are switched on where that is allowed; without memory there is no group")
    func switchingOn() throws {
        let off = try StandIn(controllers: "memory pids", enabled: "")
        let groups = try #require(ControlGroups.find(off.places, files: off.files))
        #expect(Set(groups.parents.keys) == ["memory", "pids"])
        let bare = try StandIn(controllers: "hugetlb", enabled: "hugetlb")
        #expect(ControlGroups.find(bare.places, files: bare.files) == nil)
    }

    @Test("version 2: a runner that is alone in its group moves into one below it; processes of others are not moved")
    func movingAside() throws {
        let shared = try StandIn(controllers: "memory", enabled: "")
        try StandIn.write("1\n\(getpid())\n", to: shared.root + "/cgroup.procs")
        #expect(ControlGroups.find(shared.places, files: shared.files) == nil)
        #expect(access(shared.root + "/sluice-runner", F_OK) != 0)

        let own = try StandIn(controllers: "memory", enabled: "")
        let procs = own.root + "/cgroup.procs"
        try StandIn.write("\(getpid())\n", to: procs)
        var files = own.files
        files.make = { [make = own.files.make] folder in
            // What the kernel does when the process goes.
            if folder.hasSuffix("/sluice-runner") { try? StandIn.write("", to: procs) }
            return make(folder)
        }
        let groups = try #require(ControlGroups.find(own.places, files: files))
        #expect(groups.parents == ["memory": own.root])
        #expect(GroupFiles.text(own.root + "/sluice-runner/cgroup.procs") == "\(getpid())")
        let places = ControlGroupPlaces(
            mountInfo: "30 25 0:26 / \(own.root) rw - cgroup2 cgroup2 rw", membership: "0::/sluice-runner")
        #expect(ControlGroups.find(places, files: files)?.parents == ["memory": own.root], "the next time")
    }

    @Test("empty groups of runners that died are removed, those of living ones stay")
    func sweep() throws {
        let tree = try StandIn(controllers: "memory", enabled: "memory")
        let dead = tree.root + "/sluice-4194303-aa", living = tree.root + "/sluice-\(getpid())-bb"
        for folder in [dead, living] { #expect(tree.files.make(folder)) }
        _ = ControlGroups.find(tree.places, files: tree.files)
        #expect(access(dead, F_OK) != 0 && access(living, F_OK) == 0)
    }
}

/// A folder that looks like a control group of version 2.
final class StandIn: Sendable {
    let root: String
    var places: ControlGroupPlaces {
        ControlGroupPlaces(
            mountInfo: "30 25 0:26 / \(root) rw - cgroup2 cgroup2 rw", membership: "0::/")
    }

    /// New folders get the files that the kernel would put there.
    let files = GroupFiles(
        make: { folder in
            guard mkdir(folder, 0o755) == 0 else { return false }
            for name in [
                "cgroup.procs", "cgroup.kill", "memory.max", "memory.swap.max", "memory.oom.group", "cpu.max",
                "pids.max",
            ] { _ = FileManager.default.createFile(atPath: "\(folder)/\(name)", contents: Data()) }
            return true
        }, remove: { (try? FileManager.default.removeItem(atPath: $0)) != nil },
        enable: { controller, control in
            let folder = String(control.dropLast("/cgroup.subtree_control".count))
            // As the kernel: not while processes of its own are there.
            guard GroupFiles.words(folder + "/cgroup.procs").isEmpty else {
                errno = EBUSY
                return false
            }
            return GroupFiles.write((GroupFiles.text(control) ?? "") + " " + controller, to: control)
        })

    init(controllers: String, enabled: String) throws {
        root = FileManager.default.temporaryDirectory.path + "/sluice-groups-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        try Self.write(controllers + "\n", to: root + "/cgroup.controllers")
        try Self.write(enabled, to: root + "/cgroup.subtree_control")
        try Self.write("", to: root + "/cgroup.procs")
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    static func write(_ text: String, to path: String) throws { try Data(text.utf8).write(to: URL(filePath: path)) }
}
