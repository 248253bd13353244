import Glibc
import SluiceModel

/// The values of an attempt's secrets on their way to its node: a folder with a file for each.
struct NodeSecrets {
    let folder: String

    /// Bytes of one value, and some for what a file system may add.
    private static let limit = 128 << 10

    /// For this user alone. False with errno; without secrets there is nothing to do.
    func write(_ secrets: [Secret]) -> Bool {
        guard !secrets.isEmpty else { return true }
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { return false }
        return secrets.allSatisfy { writeAtomically($0.value, to: path(of: $0.name), mode: 0o600) }
    }

    /// Links are followed: a mounted Secret of Kubernetes consists of them.
    func read(_ names: [String]) throws(PluginError) -> [Secret] {
        var secrets: [Secret] = []
        for name in names {
            guard let value = smallFile(path(of: name), limit: Self.limit), !value.isEmpty else {
                throw PluginError(.secretUnavailable, "the secret \(name) has not reached its node")
            }
            secrets.append(Secret(name: name, value: value))
        }
        return secrets
    }

    private func path(of name: String) -> String { folder + "/" + name }
}
