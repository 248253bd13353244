import Glibc
import SluiceModel

/// A copy of a built environment at another place: the same packages to the byte, with nothing resolved or downloaded
/// again. Where text names the old place, as scripts and `pyvenv.cfg` do, it names the new one.
struct PythonEnvironmentCopy {
    let source: String
    let place: String

    /// Bytes of a script.
    private static let scriptLimit = 1 << 20

    /// There whole or not at all. The caller holds its lock, so what is there now was left by runners that died.
    func make() throws(PluginError) {
        let draft = place + ".new"
        for left in [place, draft] { removeTree(left) }
        do throws(TreeCopy.Failure) {
            try TreeCopy().copy(source, to: draft)
            try name(draft)
            guard rename(draft, place) == 0 else { throw TreeCopy.Failure(path: place) }
            chmod(place, 0o555)
        } catch {
            removeTree(draft)
            throw PluginError(.environmentFailed, error.message)
        }
    }

    private func name(_ draft: String) throws(TreeCopy.Failure) {
        let scripts = (folderNames("\(draft)/bin") ?? []).map { "bin/\($0)" }
        for script in scripts + ["pyvenv.cfg"] {
            let path = "\(draft)/\(script)"
            var information = stat()
            guard lstat(path, &information) == 0, information.st_mode & S_IFMT == S_IFREG,
                let bytes = smallFile(path, limit: Self.scriptLimit),
                let text = String(validating: bytes, as: UTF8.self), text.contains(source)
            else { continue }
            let renamed = text.replacing(source, with: place)
            guard writeAtomically(Array(renamed.utf8), to: path, mode: information.st_mode & 0o777) else {
                throw TreeCopy.Failure(path: path)
            }
        }
    }
}
