import Glibc
import SluiceModel

/// The folder through which the stages of an exported run give each other their results.
///
///     run.json               what it is the exchange of: pipeline, commit, options
///     stages/<stage>.jsonl   the events of each stage, a line each
///     artifacts/             outputs by digest, as in a state folder
///     environments/          interpreters' environments, built once for all stages
///     deployments/           folders of deploys
///     locks/                 which stage is at work
///
/// Every stage may run on another machine, one process at a time. Nothing in it needs shared memory, so it may lie on a
/// network file system.
package struct Exchange: Sendable {
    /// Its artifacts, environments and deployments lie as in a state folder; there is no database.
    package let folder: StateFolder

    private static let identityLimit = 1 << 20
    private static let eventsLimit = 256 << 20

    /// Makes what is missing. Throws where somebody else may write into it, or where it is another run's.
    package static func open(_ path: String, for identity: ExchangeIdentity) throws(StoreError) -> Exchange {
        let folder = StateFolder(path: path)
        try folder.prepareForExchange()
        let exchange = Exchange(folder: folder)
        try exchange.claim(for: identity)
        return exchange
    }

    /// nil when another process is at work on the stage. Held until the value goes away.
    package func tryHold(_ stage: String) throws(StoreError) -> HeldLock? {
        try HeldLock.tryHold(folder.locks + "/" + StageFolderName.name(of: stage))
    }

    /// The events of a stage so far, oldest first; a line that a dying process left half-written is none.
    package func events(of stage: String) throws(StoreError) -> [RunEvent] {
        guard let bytes = try bytes(at: eventFile(stage), limit: Self.eventsLimit) else { return [] }
        return bytes.split(separator: UInt8(ascii: "\n")).compactMap {
            try? JSONText.decode(RunEvent.self, from: String(decoding: $0, as: UTF8.self))
        }
    }

    /// Adds an event of a stage; only whoever holds the stage calls it. It begins a line of its own, whatever a dying
    /// process left before it.
    package func append(_ event: RunEvent, of stage: String) throws(StoreError) {
        do {
            let line = "\n" + (try JSONText.encode(event)) + "\n"
            let flags = O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW
            let file = try Descriptor.open(eventFile(stage), flags, mode: 0o600)
            try file.write(Array(line.utf8))
            try file.synchronize()
        } catch let error as FileError {
            throw error.storeError
        } catch {
            throw StoreError(.failed, "an event cannot be written: \(error)")
        }
    }

    private func eventFile(_ stage: String) -> String {
        folder.path + "/stages/" + StageFolderName.name(of: stage) + ".jsonl"
    }

    /// The first stage says what the exchange is of; every other one must mean the same.
    private func claim(for identity: ExchangeIdentity) throws(StoreError) {
        let path = folder.path + "/run.json"
        let lock = try HeldLock.hold(folder.locks + "/run.json")
        defer { withExtendedLifetime(lock) {} }
        guard let bytes = try bytes(at: path, limit: Self.identityLimit) else { return try write(identity, to: path) }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let found = try? JSONText.decode(ExchangeIdentity.self, from: text) else {
            throw StoreError(.corrupt, "\(path) is not readable", hint: "name an empty folder")
        }
        guard found == identity else {
            throw StoreError(
                .conflict, "\(folder.path) is the exchange of \(found), not of \(identity)",
                hint: "every run needs an exchange of its own")
        }
    }

    private func write(_ identity: ExchangeIdentity, to path: String) throws(StoreError) {
        do {
            let text = try JSONText.encode(identity)
            let file = try Descriptor.open(path + ".new", O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode: 0o600)
            try file.write(Array(text.utf8))
            try file.synchronize()
            guard rename(path + ".new", path) == 0 else { throw FileError("write", path) }
        } catch let error as FileError {
            throw error.storeError
        } catch {
            throw StoreError(.failed, "\(path) cannot be written: \(error)")
        }
    }

    /// nil where there is no such file.
    func bytes(at path: String, limit: Int) throws(StoreError) -> [UInt8]? {
        do {
            let file = try Descriptor.open(path, Descriptor.readFlags)
            guard try file.status().isFile, let bytes = try file.readAll(limit: limit) else {
                throw StoreError(.corrupt, "\(path) is no file of at most \(limit) bytes")
            }
            return bytes
        } catch let error as FileError where error.number == ENOENT {
            return nil
        } catch let error as FileError {
            throw error.storeError
        } catch {
            throw error as? StoreError ?? StoreError(.failed, "\(path) cannot be read: \(error)")
        }
    }
}

/// What an exchange is of: stages that do not agree on it must not share one.
package struct ExchangeIdentity: Codable, Equatable, Sendable, CustomStringConvertible {
    package var pipeline: String
    package var commit: String
    package var reference: String?
    package var options: RunOptions

    package init(pipeline: String, commit: ObjectID, reference: Reference?, options: RunOptions) {
        self.pipeline = pipeline
        self.commit = commit.hex
        self.reference = reference?.name
        self.options = options
        // These differ from stage to stage.
        self.options.stages = []
        self.options.profile = nil
    }

    package var description: String {
        let place = reference.map { " on \($0)" } ?? ""
        let sets = options.overrides.isEmpty ? "" : " with \(JSONValue.object(options.overrides).canonicalText)"
        return "\(pipeline) at \(commit.prefix(12))\(place)\(sets)"
    }
}
