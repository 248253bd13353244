import SluiceModel

/// An attempt that runs, or waits to run, as a step of the job that holds its run's allocation.
struct AllocatedJob {
    /// `12/5f3a9c01`: the holder's job, and which of its orders.
    let name: String
    /// The job that holds the allocation.
    let holder: String
    private let place: AllocatedPlace

    var allocation: AllocationFolder { place.allocation }
    /// For which an order may wait though there is room.
    private static let usual: Duration = .seconds(1)

    static func isOne(_ job: String) -> Bool { job.contains("/") }

    /// nil where the attempt in that folder was handed to none.
    init?(_ job: String, in folder: String) {
        guard let place = AllocatedPlace.read(in: folder), let holder = job.split(separator: "/").first else {
            return nil
        }
        self.place = place
        self.holder = String(holder)
        name = job
    }

    /// What was handed over under that order, and not given back.
    init?(of order: JobOrder) {
        guard let place = AllocatedPlace.read(in: order.folder), let holder = place.allocation.job else { return nil }
        switch place.order {
        case .returned, .none: return nil
        case .waiting, .taken, .ended: self.init(Self.name(of: order, in: holder), in: order.folder)
        }
    }

    static func name(of order: JobOrder, in holder: String) -> String { "\(holder)/\(order.key.prefix(8))" }

    func sighting(_ holder: JobSighting) -> JobSighting {
        let waited = Duration.milliseconds(MonotonicClock.now() - place.handed)
        return Self.sighting(of: place.order, since: waited, in: holder)
    }

    /// Where the order is, and what is known of the holder, together. `waited`: since it was handed over.
    static func sighting(
        of order: AllocationFolder.Order, since waited: Duration, in holder: JobSighting
    ) -> JobSighting {
        switch (order, lost(holder)) {
        case (.ended(let status), .ended(let ending)) where ending.cause == .completed: .ended(JobEnding(status))
        // The whole allocation has ended: that counts for what it was running, too.
        case (.ended, .ended(let ending)): .ended(ending)
        case (.ended(let status), _): .ended(JobEnding(status))
        case (.waiting, .ended(let ending)) where ending.cause == .cancelled: .ended(ending)
        case (.waiting, .ended), (.waiting, .gone), (.returned, _): .unstarted
        case (.waiting, .impossible(let why)): .impossible("\(AllocationFolder.words): \(why)")
        case (.waiting, .running) where waited < usual: .unseen
        case (.waiting, .running): .pending(reason: "attempts before it fill \(AllocationFolder.words)")
        case (.taken, let known), (.waiting, let known): known
        case (.none, .ended(let ending)): .ended(ending)
        case (.none, _): .gone
        }
    }

    /// A holder that failed did not fail for what it held: that is lost with it, as if its node had gone.
    private static func lost(_ holder: JobSighting) -> JobSighting {
        guard case .ended(let ending) = holder, ending.cause == .failed else { return holder }
        return .ended(JobEnding(cause: .nodeFailed, words: "\(ending.words), with \(AllocationFolder.words)"))
    }

    /// Whether it was still waiting, and now will not begin.
    func withdraw() -> Bool { allocation.withdraw(place.name) }

    /// `12.3`; nil where it has none, or none any more.
    func step(_ programs: SlurmPrograms) -> Result<String?, UnreadableFile> {
        let answer = programs.run("squeue", ["--noheader", "--steps", "--format=%i|%j"])
        guard answer.isGood else { return .failure(UnreadableFile(answer.complaint)) }
        let row = answer.lines.first { $0.hasPrefix(holder + ".") && $0.hasSuffix("|" + place.name) }
        return .success(row.map { String($0.prefix { $0 != "|" }) })
    }
}

extension JobEnding {
    /// Of a step whose `srun` has this wait status. How Slurm killed one stands in what it said.
    fileprivate init(_ status: Int32) {
        let (exit, signal) = (status >> 8 & 0xFF, status & 0x7F)
        let state = status == 0 ? "COMPLETED" : "FAILED"
        self.init(cause: status == 0 ? .completed : .failed, words: "\(state) \(exit):\(signal)")
    }
}
