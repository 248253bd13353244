import Clibgit2
import SluiceModel

extension ObjectID {
    /// The name of a libgit2 object.
    init(_ oid: UnsafePointer<git_oid>) {
        let hex = String(unsafeUninitializedCapacity: 40) { digits in
            digits.withMemoryRebound(to: CChar.self) { _ = git_oid_fmt($0.baseAddress, oid) }
            return 40
        }
        guard let made = ObjectID(hex: hex) else { preconditionFailure("forty digits are an object id") }
        self = made
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
