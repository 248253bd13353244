import Glibc

/// Through which a runner hands attempts to the job that holds an allocation for them. Nobody else may enter it.
///
///     size.json         what the allocation has
///     job               the number of its job, once Slurm has said it
///     orders/<name>     steps that are to be started, in the order of their names
///     closed/           what `orders` becomes when the holder has decided to end: nothing can be added any more
///     returned/<name>   for which there is not enough time left
///     taken/<name>      what was started
///     ended/<name>      how it ended
///
/// An order is one file that only ever moves down this list, so whoever looks in its order never misses it.
struct AllocationFolder: Sendable, Equatable {
    let path: String

    enum Order: Equatable {
        case waiting, returned, taken
        /// The wait status of its `srun`.
        case ended(Int32)
        case none
    }

    /// What it is called where a person reads of it.
    static let words = "the allocation of its run"

    private enum Part: String, CaseIterable { case orders, closed, returned, taken, ended }

    private static let limit = 1 << 20

    private func place(_ part: Part, _ name: String = "") -> String {
        "\(path)/\(part.rawValue)" + (name.isEmpty ? "" : "/\(name)")
    }

    /// False with errno.
    func make(_ size: AllocationSize) -> Bool {
        guard mkdir(path, 0o700) == 0, let bytes = WireJSON.encode(size),
            writeAtomically(bytes, to: path + "/size.json", mode: 0o600)
        else { return false }
        return Part.allCases.allSatisfy { $0 == .closed || mkdir(place($0), 0o700) == 0 }
    }

    var size: AllocationSize? { smallFile(path + "/size.json", limit: Self.limit).flatMap { WireJSON.decode($0) } }

    var job: String? {
        get { smallFile(path + "/job", limit: 64).map { String(decoding: $0, as: UTF8.self) } }
        nonmutating set { _ = writeAtomically(Array((newValue ?? "").utf8), to: path + "/job", mode: 0o600) }
    }

    // MARK: The runner's side

    /// False: it takes none any more.
    func add(_ step: AllocatedStep, as name: String) -> Bool {
        guard let bytes = WireJSON.encode(step) else { return false }
        return writeAtomically(bytes, to: place(.orders, name), mode: 0o600)
    }

    /// Whether it was there, and now will not be started.
    func withdraw(_ name: String) -> Bool {
        [Part.orders, .closed].contains { unlink(place($0, name)) == 0 }
    }

    /// Whether nothing was started in it, and nothing waits.
    var isUnused: Bool {
        [Part.orders, .taken, .ended].allSatisfy { folderNames(place($0))?.isEmpty ?? true }
    }

    func order(_ name: String) -> Order {
        let isIn: (Part) -> Bool = { access(place($0, name), F_OK) == 0 }
        if isIn(.orders) || isIn(.closed) { return .waiting }
        if isIn(.returned) { return .returned }
        if isIn(.taken) { return .taken }
        let status = smallFile(place(.ended, name), limit: 64).flatMap { Int32(String(decoding: $0, as: UTF8.self)) }
        return status.map { .ended($0) } ?? .none
    }

    // MARK: The holder's side

    /// In the order in which they are to be started; nil: the folder is gone.
    func waiting() -> [String]? {
        let part = access(place(.closed), F_OK) == 0 ? Part.closed : .orders
        return folderNames(place(part))?.filter { !$0.contains(".") }.sorted()
    }

    /// What is waiting under a name; nil where that was withdrawn.
    func step(_ name: String) -> AllocatedStep? {
        [Part.orders, .closed].lazy.compactMap { smallFile(place($0, name), limit: Self.limit) }.first
            .flatMap { WireJSON.decode($0) }
    }

    /// False where it was withdrawn.
    func take(_ name: String) -> Bool { move(name, to: .taken) }

    func giveBack(_ name: String) { _ = move(name, to: .returned) }

    private func move(_ name: String, to part: Part) -> Bool {
        [Part.orders, .closed].contains { rename(place($0, name), place(part, name)) == 0 }
    }

    func close() { _ = rename(place(.orders), place(.closed)) }

    func end(_ name: String, status: Int32) {
        guard writeAtomically(Array("\(status)".utf8), to: place(.ended, name), mode: 0o600) else { return }
        unlink(place(.taken, name))
    }
}

/// What an allocation has for all of its steps.
struct AllocationSize: Codable, Equatable {
    var cpus: Int64
    /// MiB.
    var memory: Int64
    var gpus: Int64
    /// For which it is held at most, and for which it is held while there is nothing to do.
    var seconds: Int64
    var idle: Int64

    /// Whether there is room for it while nothing else runs: no runner hands over what has none.
    func holds(_ step: AllocatedStep) -> Bool {
        let amounts = [(step.cpus, cpus), (step.memory, memory), (step.gpus, gpus), (step.seconds, .max)]
        return amounts.allSatisfy { 0 <= $0 && $0 <= $1 }
    }
}

/// An attempt as a step of an allocation: what `srun` is called with, and what it takes.
struct AllocatedStep: Codable, Equatable {
    var arguments: [String]
    var cpus: Int64
    /// MiB.
    var memory: Int64
    var gpus: Int64
    /// After which Slurm may end it.
    var seconds: Int64
    /// The file that gets what `srun` says.
    var errors: String
}

/// In which allocation an attempt is: noted in its folder before it is handed over.
struct AllocatedPlace: Codable, Equatable {
    var folder: String
    var name: String
    /// How often it was handed to one, and when the last time.
    var times: Int
    var handed: Int64

    static func path(in folder: String) -> String { folder + "/allocation.json" }

    /// nil where it is in none.
    static func read(in folder: String) -> AllocatedPlace? {
        smallFile(path(in: folder), limit: 1 << 16).flatMap { WireJSON.decode($0) }
    }

    var allocation: AllocationFolder { AllocationFolder(path: folder) }
    var order: AllocationFolder.Order { allocation.order(name) }
}
