import SluiceModel
import SluiceTesting

@testable import SluiceGit

/// The code of the error that `body` throws; nil where it throws none of git's.
func code<T>(_ body: () throws -> T) -> GitError.Code? {
    do {
        _ = try body()
        return nil
    } catch {
        return (error as? GitError)?.code
    }
}

func oid(_ hex: String) throws -> ObjectID {
    guard let oid = ObjectID(hex: hex) else { throw NotAnObjectID(text: hex) }
    return oid
}

struct NotAnObjectID: Error { var text: String }

extension ScratchRepository {
    func open() throws -> GitRepository { try GitRepository.open(at: path) }

    /// The files of what a person names.
    func tree(_ name: String = "HEAD") throws -> GitTree {
        let git = try open()
        return try git.tree(git.resolve(named: name).commit.tree)
    }

    func id(_ expression: String) throws -> ObjectID { try oid(git("rev-parse", expression)) }
}
