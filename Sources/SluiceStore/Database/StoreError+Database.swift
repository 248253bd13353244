import GRDB
import SluiceModel

extension StoreError {
    /// What SQLite says, as one of ours; what is one already stays.
    init(database error: any Error) {
        if let known = error as? StoreError {
            self = known
        } else if let error = error as? DatabaseError {
            self.init(database: error)
        } else {
            self.init(.failed, "the state database: \(error)")
        }
    }

    private init(database error: DatabaseError) {
        let text = error.message ?? "\(error.resultCode)"
        switch error.resultCode {
        case .SQLITE_CONSTRAINT: self.init(.constraint, "the state database refuses a change: \(text)")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.busy, "another process holds the state database: \(text)", hint: "try again")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(
                .corrupt, "the state database is damaged: \(text)",
                hint: "move sluice.db away, or bring it back from a copy")
        case .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(
                .unavailable, "the state database cannot be used: \(text)",
                hint: "check the disk's space and the folder's rights")
        default: self.init(.failed, "the state database: \(text)")
        }
    }
}
