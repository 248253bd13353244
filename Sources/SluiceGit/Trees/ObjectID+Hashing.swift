import Clibgit2
import SluiceModel

extension ObjectID {
    /// What git would call a file with these bytes.
    init(hashing bytes: [UInt8]) throws(GitError) {
        try LibGit2.start()
        var raw = git_oid()
        try LibGit2.check(git_odb_hash(&raw, bytes, bytes.count, GIT_OBJECT_BLOB), "hash \(bytes.count) bytes")
        self.init(&raw)
    }

    /// What git would call an open file. By its descriptor, not its name: the name may lead elsewhere by now.
    init(hashingFile descriptor: Int32, named path: String) throws(GitError) {
        try LibGit2.start()
        var raw = git_oid()
        let status = git_odb_hashfile(&raw, "/proc/self/fd/\(descriptor)", GIT_OBJECT_BLOB)
        try LibGit2.check(status, "hash \(path)")
        self.init(&raw)
    }
}

extension NewFile {
    /// What git would call what has been written so far.
    borrowing func objectID() throws(GitError) -> ObjectID {
        try ObjectID(hashingFile: descriptor, named: path)
    }
}
