import Clibgit2
import SluiceModel

extension ObjectID {
    /// The name of a libgit2 object.
    init(_ oid: UnsafePointer<git_oid>) {
        let hex = withUnsafeBytes(of: oid.pointee) { bytes in
            bytes.prefix(20).map { Self.digits[Int($0)] }.joined()
        }
        guard let made = ObjectID(hex: hex) else { preconditionFailure("forty digits are an object id") }
        self = made
    }

    private static let digits: [String] = (0..<256).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }

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
