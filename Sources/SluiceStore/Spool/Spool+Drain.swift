import Glibc
import SluiceModel

extension Spool {
    /// An event of the spool with the user whose hook wrote it.
    package struct Item: Sendable, Equatable {
        package var event: IntakeEvent
        package var user: UInt32
    }

    /// Gives every event to `accept`, oldest first, and deletes it when `accept` returns: it must have committed by
    /// then. When it throws, the event and those after it stay. A file that is no event goes to `bad`.
    ///
    /// - Returns: what could not be read, one line each.
    package func drain(_ accept: (Item) throws(StoreError) -> Void) throws(StoreError) -> [String] {
        var problems: [String] = []
        for name in try names() {
            do {
                guard let item = try read(name) else { continue }
                try accept(item)
                try remove(name)
            } catch let damage as Damage {
                try setAside(name)
                let shown = ShownPath.text(of: name.bytes)
                problems.append("\(shown) is no event and lies in \(path)/bad now: \(damage.reason)")
            } catch {
                throw StoreError(database: error)
            }
        }
        return problems
    }

    /// Whether something waits to be drained.
    package var isEmpty: Bool {
        get throws(StoreError) { try names().isEmpty }
    }

    private struct Damage: Error {
        var reason: String
    }

    private func names() throws(StoreError) -> [FileName] {
        do {
            let reader = try FolderReader(try Descriptor.open(path + "/new", Descriptor.folderFlags))
            var names: [FileName] = []
            while let name = try reader.next() { names.append(name) }
            return names.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
        } catch {
            throw error.storeError
        }
    }

    /// nil when another has drained it meanwhile.
    private func read(_ name: FileName) throws -> Item? {
        do {
            let folder = try Descriptor.open(path + "/new", Descriptor.folderFlags)
            guard let kind = try folder.status(of: name) else { return nil }
            guard kind.isFile else { throw Damage(reason: "it is \(kind.kindName)") }
            let file = try folder.open(name, Descriptor.readFlags)
            let status = try file.status()
            guard let bytes = try file.readAll(limit: Self.largest) else { throw Damage(reason: "it is too large") }
            guard let text = String(validating: bytes, as: UTF8.self) else { throw Damage(reason: "it is not UTF-8") }
            return Item(event: try JSONText.decode(IntakeEvent.self, from: text), user: status.st_uid)
        } catch let error as FileError {
            if error.number == ENOENT { return nil }
            throw Damage(reason: error.message)
        } catch let error as StoreError {
            throw Damage(reason: error.message)
        }
    }

    private func remove(_ name: FileName) throws(StoreError) {
        try change(name, "remove") { folder in unlinkat(folder.number, name.characters, 0) }
    }

    private func setAside(_ name: FileName) throws(StoreError) {
        let bad: Descriptor
        do { bad = try Descriptor.open(path + "/bad", Descriptor.folderFlags) } catch { throw error.storeError }
        try change(name, "set aside") { folder in
            renameat(folder.number, name.characters, bad.number, name.characters)
        }
    }

    private func change(_ name: FileName, _ action: String, _ call: (Descriptor) -> Int32) throws(StoreError) {
        do throws(FileError) {
            let folder = try Descriptor.open(path + "/new", Descriptor.folderFlags)
            guard call(folder) == 0 || errno == ENOENT else {
                throw FileError(action, ShownPath.text(of: name.bytes))
            }
        } catch {
            throw error.storeError
        }
    }
}
