import FoundationEssentials
import GRDB

/// Bytes as a BLOB.
struct DatabaseBytes: DatabaseValueConvertible {
    var bytes: [UInt8]

    var databaseValue: DatabaseValue { Data(bytes).databaseValue }

    static func fromDatabaseValue(_ value: DatabaseValue) -> DatabaseBytes? {
        Data.fromDatabaseValue(value).map { DatabaseBytes(bytes: Array($0)) }
    }
}
