import Clibgit2

extension GitRepository {
    /// Of the libgit2 that is loaded: `1.5.1`. Opens nothing.
    package static var libraryVersion: String {
        var (major, minor, revision): (Int32, Int32, Int32) = (0, 0, 0)
        git_libgit2_version(&major, &minor, &revision)
        return "\(major).\(minor).\(revision)"
    }
}
