import Glibc
import SluiceModel

/// Finds plugins in the operator's folders and in the one beside the binary: `<root>/<name>/plugin.yaml`.
package struct PluginFolders: PluginFinder {
    package struct Root: Sendable, Equatable {
        package var origin: PluginFolder.Origin
        /// Absolute. One that does not exist holds nothing.
        package var path: String

        package init(origin: PluginFolder.Origin, path: String) {
            self.origin = origin
            self.path = path
        }
    }

    private static let manifestName = "plugin.yaml"
    private static let manifestLimit = 1 << 20

    private let roots: [Root]

    /// Best first.
    package init(_ roots: [Root]) { self.roots = roots }

    package func folders(named name: String) throws(PluginError) -> [PluginFolder] {
        guard Self.isName(name) else { return [] }
        var found: [PluginFolder] = []
        for root in roots {
            let path = "\(root.path)/\(name)"
            guard access("\(path)/\(Self.manifestName)", F_OK) == 0 else { continue }
            guard let manifest = smallFile("\(path)/\(Self.manifestName)", limit: Self.manifestLimit) else {
                throw PluginError(
                    .unreadable, "\(path)/\(Self.manifestName) cannot be read",
                    hint: "a regular file of at most \(Self.manifestLimit) bytes")
            }
            let digest = try FolderDigest.of(path)
            found.append(
                PluginFolder(
                    name: name, origin: root.origin, path: path, digest: digest.description, manifest: manifest))
        }
        return found
    }

    package func copy(_ plugin: PluginFolder, to path: String) throws(PluginError) {
        do throws(TreeCopy.Failure) {
            try TreeCopy(skips: { $0 == "__pycache__" || $0.hasSuffix(".pyc") }).copy(plugin.path, to: path)
        } catch {
            throw PluginError(.unreadable, error.message)
        }
        guard try FolderDigest.of(path).description == plugin.digest else {
            throw PluginError(.unreadable, "plugin \(plugin.name) has changed since the plan was made")
        }
    }

    package func names() -> [String] {
        let all = roots.flatMap { root in
            (folderNames(root.path) ?? []).filter {
                Self.isName($0) && access("\(root.path)/\($0)/\(Self.manifestName)", F_OK) == 0
            }
        }
        return Set(all).sorted()
    }

    /// `[a-z][a-z0-9-]*`: nothing that could be a path.
    private static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first) else { return false }
        return name.utf8.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                || $0 == UInt8(ascii: "-")
        }
    }
}
