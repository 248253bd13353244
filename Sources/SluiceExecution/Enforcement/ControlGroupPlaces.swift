import SluiceModel

/// Where a process stands in the hierarchies of control groups: folders, as `/proc/self/mountinfo` and
/// `/proc/self/cgroup` say (proc(5), cgroups(7)).
struct ControlGroupPlaces: Equatable, Sendable {
    /// In the unified hierarchy (version 2).
    var unified: String?
    /// By controller, in hierarchies of their own (version 1).
    var separate: [String: String] = [:]
    /// Where hierarchies are mounted.
    var mounts: [String] = []

    init(mountInfo: String, membership: String) {
        let paths = Self.paths(membership)
        for line in mountInfo.split(separator: "\n") {
            guard let mount = Mount(line) else { continue }
            mounts.append(mount.point)
            if mount.isUnified {
                unified = unified ?? paths[""].flatMap(mount.folder)
            } else {
                for controller in mount.options {
                    guard separate[controller] == nil, let path = paths[controller] else { continue }
                    separate[controller] = mount.folder(of: path)
                }
            }
        }
    }

    static func ofThisProcess() -> ControlGroupPlaces {
        func text(_ path: String) -> String {
            String(decoding: smallFile(path, limit: 1 << 20) ?? [], as: UTF8.self)
        }
        return ControlGroupPlaces(
            mountInfo: text("/proc/self/mountinfo"), membership: text("/proc/self/cgroup"))
    }

    /// `4:memory:/a`, `2:cpu,cpuacct:/b`, `0::/c`: the path of each controller, of the unified hierarchy under "".
    private static func paths(_ membership: String) -> [String: String] {
        var paths: [String: String] = [:]
        for line in membership.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            for controller in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
                paths[String(controller)] = String(parts[2])
            }
        }
        return paths
    }

    private struct Mount {
        var root: String
        var point: String
        var isUnified: Bool
        var options: [String]

        /// nil for everything but control groups.
        init?(_ line: Substring) {
            let fields = line.split(separator: " ")
            guard let mark = fields.firstIndex(of: "-"), mark >= 6, fields.count >= mark + 4,
                ["cgroup", "cgroup2"].contains(fields[mark + 1])
            else { return nil }
            root = Self.plain(fields[3])
            point = Self.plain(fields[4])
            isUnified = fields[mark + 1] == "cgroup2"
            options = fields[mark + 3].split(separator: ",").map(String.init)
        }

        /// What is mounted may be a part of the hierarchy only, as in containers.
        func folder(of path: String) -> String? {
            if root == "/" { return path == "/" ? point : point + path }
            if path == root { return point }
            return path.hasPrefix(root + "/") ? point + path.dropFirst(root.count) : nil
        }

        /// Blanks and the like are written as `\040`.
        private static func plain(_ text: Substring) -> String {
            guard text.contains("\\") else { return String(text) }
            var bytes: [UInt8] = []
            var rest = Array(text.utf8)[...]
            while let byte = rest.popFirst() {
                let digits = rest.prefix(3)
                if byte == UInt8(ascii: "\\"), let code = UInt8(String(decoding: digits, as: UTF8.self), radix: 8) {
                    bytes.append(code)
                    rest = rest.dropFirst(3)
                } else {
                    bytes.append(byte)
                }
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}
