import Glibc
import SluiceModel

/// A copy of a folder that is trusted: files with their modes and times, folders, and links as they are.
struct TreeCopy {
    /// What is passed over, by its name.
    var skips: @Sendable (String) -> Bool = { _ in false }

    /// What failed, and why.
    struct Failure: Error {
        var path: String
        var number = errno
        var message: String { "\(path) cannot be copied: \(errorText(number))" }
    }

    /// `target` is not there yet, its parent is.
    func copy(_ source: String, to target: String) throws(Failure) {
        var information = stat()
        guard lstat(source, &information) == 0 else { throw Failure(path: source) }
        switch information.st_mode & S_IFMT {
        case S_IFDIR: try copyFolder(source, to: target)
        case S_IFLNK: try copyLink(source, to: target)
        case S_IFREG: try copyFile(source, to: target)
        default: throw Failure(path: source, number: EINVAL)
        }
    }

    private func copyFolder(_ source: String, to target: String) throws(Failure) {
        guard mkdir(target, 0o755) == 0, let names = folderNames(source) else { throw Failure(path: source) }
        for name in names where !skips(name) { try copy("\(source)/\(name)", to: "\(target)/\(name)") }
    }

    private func copyLink(_ source: String, to target: String) throws(Failure) {
        var destination = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        guard readlink(source, &destination, Int(PATH_MAX)) > 0, symlink(destination, target) == 0 else {
            throw Failure(path: source)
        }
    }

    /// With its times: compiled files of Python count while their source has the time that they were made from.
    private func copyFile(_ source: String, to target: String) throws(Failure) {
        let file = Descriptor(open(source, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC))
        var information = stat()
        guard file.isOpen, fstat(file.number, &information) == 0 else { throw Failure(path: source) }
        let copy = Descriptor(open(target, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600))
        guard copy.isOpen else { throw Failure(path: target) }
        var count = 1
        while count > 0 { count = sendfile(copy.number, file.number, nil, 1 << 30) }
        let times = [information.st_atim, information.st_mtim]
        guard count == 0, futimens(copy.number, times) == 0, fchmod(copy.number, information.st_mode & 0o777) == 0
        else {
            throw Failure(path: target)
        }
    }
}
