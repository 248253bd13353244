import Glibc
import SluiceExecution
import SluiceGit
import SluiceModel
import SluicePlanning
import SluiceReport
import SluiceStore

/// `post-receive`: a durable event before it returns, a few lines for the pusher, a worker behind it.
///
/// The push has happened already: nothing here may fail it, so every problem is a line on the pusher's screen.
struct PostReceive {
    let installation: Installation
    /// The state folder that was recorded when the hook was installed.
    let home: String

    /// How many runs are planned on the pusher's screen.
    private static let shownPlans = 10

    func receive(_ input: [UInt8]) throws {
        let (updates, malformed) = HookInput.parseReceive(input)
        for line in malformed { Console.tell("sluice: line \(line.number) of git's input is not understood") }
        let options = PushOptions.fromEnvironment()
        for word in PushOptions(options).unknown {
            for line in SafeText.lines(
                "`\(word)` is no push option; there are sluice.follow, sluice.skip, sluice.pipeline=NAME")
            {
                Console.tell("sluice: \(line)")
            }
        }
        if PushOptions(options).skips { return Console.tell("sluice: skipped, as the push asked") }
        let wanted = updates.filter { !$0.isBookkeeping }.map {
            IntakeEvent.Update(old: $0.old, new: $0.new, reference: $0.reference)
        }
        guard !wanted.isEmpty else { return }
        let event = IntakeEvent(
            id: RandomID.make(), time: SystemClock().now(), repository: try HookRepository.current(),
            updates: wanted, options: options, trigger: .push)
        let folder = StateFolder(path: home)
        guard !folder.belongsToAnother else { return try leave(event, in: folder) }
        // First of all: whatever cannot be opened after this, the event is there for the next who can.
        try folder.prepare()
        try Spool(folder: folder).write(event)
        let context = try RepositoryContext.openInHook()
        do {
            try takeIn(event, context)
        } catch let error as StoreError where error.code == .busy {
            Console.tell("sluice: \(error.message); the push is noted, a worker takes it in")
            try startWorker(context)
        }
    }

    private func takeIn(_ event: IntakeEvent, _ context: RepositoryContext) throws {
        let services = try StateServices.open(home: home)
        let intake = Intake(services: services, installation: installation)
        // Another hook or a worker may have drained ours with its own.
        let outcome = try intake.drain().first { $0.event.id == event.id } ?? intake.take(event, of: geteuid())
        if try services.hasWork() { try startWorker(context) }
        try tell(outcome, context, services)
        guard PushOptions(event.options).follows else { return }
        HookSignals.heed()
        try PushFollower(services: services, runs: Array(outcome.runs.prefix(Self.shownPlans))).follow()
    }

    /// The hook of another user than the service user: the event is all that it may leave, and it starts nothing.
    private func leave(_ event: IntakeEvent, in folder: StateFolder) throws {
        try Spool(folder: folder).write(event)
        Console.tell("sluice: the push is noted; the worker of the state folder's owner runs it")
    }

    private func tell(_ outcome: Intake.Outcome, _ context: RepositoryContext, _ services: StateServices) throws {
        for remark in outcome.remarks.prefix(Self.shownPlans) { Console.tell("sluice: \(remark)") }
        if outcome.remarks.count > Self.shownPlans {
            Console.tell("sluice: … and \(outcome.remarks.count - Self.shownPlans) more remarks")
        }
        for head in outcome.superseded.prefix(Self.shownPlans) {
            Console.tell("sluice: run \(head.id) is superseded\(head.state == .ended ? "" : " and ends")")
        }
        for (position, head) in outcome.runs.enumerated() {
            guard position < Self.shownPlans else {
                Console.tell("sluice: … and \(outcome.runs.count - position) more runs")
                break
            }
            let preview = RunPreview(context: context, services: services, installation: installation)
            for line in try preview.lines(of: head) { Console.tell(line) }
        }
    }

    /// Detached: a session of its own, no descriptor of git's, no variable of git's or of the pusher's.
    private func startWorker(_ context: RepositoryContext) throws {
        let environment = ProcessEnvironment.forWorker(home: home, searchPath: context.searchPath)
        try DetachedProcess.start(
            [installation.executable, "worker", "--once", "--alone"], environment: environment,
            folder: home, output: home + "/worker.log")
    }
}
