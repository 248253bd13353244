import Clibgit2
import SluiceModel

extension ObjectID {
    /// The name of a libgit2 object.
    init(_ oid: UnsafePointer<git_oid>) {
        self.init(raw: UnsafeRawBufferPointer(start: oid, count: MemoryLayout<git_oid>.size))
    }

    /// libgit2's form. A SHA-256 name is `.unsupported`.
    func raw() throws(GitError) -> git_oid {
        guard hex.utf8.count == 40 else {
            throw GitError(.unsupported, "\(short)… is a SHA-256 object name; only SHA-1 repositories can be read")
        }
        var oid = git_oid()
        try LibGit2.check(git_oid_fromstr(&oid, hex), "read the object id \(hex)", code: .invalid)
        return oid
    }
}
