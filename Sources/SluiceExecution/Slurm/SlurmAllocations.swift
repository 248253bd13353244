import Glibc
import SluiceModel
import Synchronization

/// The allocations that this process holds: one a run at a time, for all of its attempts that fit.
///
/// One that is full takes more, which wait for room in it: whoever wants less waiting asks for a larger one. Everything
/// that decides whether an attempt runs twice is elsewhere: whichever step makes its claim runs it.
final class SlurmAllocations: Sendable {
    private struct Held {
        var job: String
        var folder: AllocationFolder
    }

    private struct State {
        /// By the folder of their run.
        var held: [String: Held] = [:]
        /// Until when Slurm is not asked again, after it has not answered.
        var deaf: (until: Int64, why: String)?
    }

    /// Times that an attempt is handed to an allocation; after that it is a job of its own.
    private static let most = 3
    private static let pause: Int64 = 2000

    private let terms: AllocationTerms
    private let headroom: Int64
    private let state = Mutex(State())

    init(_ terms: AllocationTerms, headroom: Int64) {
        self.terms = terms
        self.headroom = headroom
    }

    /// What opens one: submits a job that runs what an order says.
    typealias Open = (JobOrder) -> Submission

    /// nil: it is to be a job of its own. `hasEnded`: of a job. One thread at a time, for the first one opens for all.
    func submit(
        _ order: JobOrder, in runFolder: String, searchPath: String, hasEnded: (String) -> Bool, open: Open
    ) -> Submission? {
        let times = AllocatedPlace.read(in: order.folder)?.times ?? 0
        guard fits(order), times < Self.most else { return nil }
        return state.withLock { state in
            if let held = state.held[runFolder], !hasEnded(held.job), let job = hand(order, to: held, times) {
                return .accepted(job)
            }
            if let deaf = state.deaf, MonotonicClock.now() < deaf.until { return .unreachable(deaf.why) }
            let folder = AllocationFolder(path: "\(runFolder)/.allocation-\(Token.random().prefix(16))")
            guard folder.make(size) else { return .unreachable("\(folder.path): \(errorText(errno))") }
            switch open(holder(order, folder, searchPath)) {
            case .accepted(let job):
                folder.job = job
                let held = Held(job: job, folder: folder)
                // Those of runs that have ended are gone.
                state.held = state.held.filter { access($0.value.folder.path, F_OK) == 0 }
                state.held[runFolder] = held
                return hand(order, to: held, times).map { .accepted($0) }
                    ?? .unreachable("\(folder.path) cannot be written")
            case .refused(let why):
                removeTree(folder.path)
                return .refused("\(AllocationFolder.words): \(why)")
            case .unreachable(let why):
                // Should it have arrived, it ends as soon as it starts.
                removeTree(folder.path)
                state.deaf = (MonotonicClock.now() + Self.pause, why)
                return .unreachable(why)
            }
        }
    }

    /// Gives one up that nobody has used and nobody waits for. Nothing is handed to it meanwhile, nor afterwards.
    func giveUp(_ folder: AllocationFolder, by cancel: () -> Void) {
        state.withLock { state in
            guard folder.isUnused else { return }
            folder.close()
            state.held = state.held.filter { $0.value.folder != folder }
            cancel()
        }
    }

    private func fits(_ order: JobOrder) -> Bool {
        terms.fits(order.request) && order.time + AllocationHolder.margin + .seconds(60) <= terms.time
    }

    /// The name of its job; nil where the allocation takes none any more.
    private func hand(_ order: JobOrder, to held: Held, _ times: Int) -> String? {
        // The holder takes them in the order of their names.
        let now = MonotonicClock.now(), time = String(now, radix: 16)
        let name = String(repeating: "0", count: 12 - time.count) + time + "-\(order.key.prefix(8))"
        let place = AllocatedPlace(folder: held.folder.path, name: name, times: times + 1, handed: now)
        guard let bytes = WireJSON.encode(place),
            writeAtomically(bytes, to: AllocatedPlace.path(in: order.folder), mode: 0o600),
            held.folder.add(AllocatedStep(order, name: name, headroom: headroom), as: name)
        else { return nil }
        return AllocatedJob.name(of: order, in: held.job)
    }

    /// The job that holds it.
    private func holder(_ first: JobOrder, _ folder: AllocationFolder, _ searchPath: String) -> JobOrder {
        JobOrder(
            key: Token.random(), stage: "allocation of run \(first.run)",
            program: [first.program[0], "attempt", "allocation", folder.path], searchPath: searchPath,
            folder: folder.path, request: terms.request, time: terms.time, grace: .zero, run: first.run)
    }

    private var size: AllocationSize {
        let amounts = SlurmAmounts(terms.request, for: terms.time, headroom: headroom)
        return AllocationSize(
            cpus: amounts.cpus, memory: amounts.memory, gpus: amounts.gpus, seconds: amounts.minutes * 60,
            idle: Int64(terms.idle.inSeconds))
    }
}

extension AllocatedStep {
    /// `name`: by which it is found among the steps of its job; `headroom`: bytes beyond the grant.
    fileprivate init(_ order: JobOrder, name: String, headroom: Int64) {
        let amounts = SlurmAmounts(order.request, for: order.time, headroom: headroom)
        self.init(
            arguments: [
                "--job-name=\(name)", "--exact", "--nodes=1", "--ntasks=1", "--cpus-per-task=\(amounts.cpus)",
                "--mem=\(amounts.memory)M", "--gres=\(amounts.gpus == 0 ? "none" : "gpu:\(amounts.gpus)")",
                "--time=\(amounts.minutes)", "--export=ALL", "--chdir=\(order.folder)",
            ] + order.program,
            cpus: amounts.cpus, memory: amounts.memory, gpus: amounts.gpus, seconds: amounts.minutes * 60,
            errors: "\(order.folder)/errors.\(order.key.prefix(8))")
    }
}
