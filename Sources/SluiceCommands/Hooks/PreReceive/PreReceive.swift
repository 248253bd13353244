import Glibc
import SluiceEngine
import SluiceGit
import SluiceModel
import SluiceReport
import Synchronization

/// `pre-receive`: says on the pusher's screen what the gate makes of a push, and rejects it where somebody insists.
///
/// A push is judged by the main thread; another one ends the process when the time is over, with what is known then.
final class PreReceive: Sendable {
    private let installation: Installation
    private let home: String
    private let progress = Mutex(Progress())

    /// Seconds for a push.
    private static let patience: UInt32 = 5

    private struct Progress {
        var left: [ReferenceUpdate] = []
        var verdicts: [ReferenceVerdict] = []
        var isOver = false
    }

    init(installation: Installation, home: String) {
        self.installation = installation
        self.home = home
    }

    /// Whether the push may go on.
    func judge(_ input: [UInt8]) throws -> Bool {
        // Before the repository is opened: whoever cannot open it still knows where the operator insists.
        let configuration = try OperatorSettings.load(gitDirectory: HookRepository.current().gitDirectory)
        let updates = PushJudge.order(HookInput.parseReceive(input).updates, configuration)
        guard !updates.isEmpty else { return true }
        progress.withLock { $0.left = updates }
        watchTheClock(configuration)
        var judge: PushJudge
        do {
            judge = PushJudge(
                context: try .openInHook(under: configuration), services: try .open(home: home),
                installation: installation)
        } catch { return conclude(configuration, because: ErrorText.describe(error)) ?? true }
        for update in updates {
            let verdicts = judge.verdicts(on: update)
            progress.withLock {
                $0.verdicts += verdicts
                $0.left.removeFirst()
            }
        }
        // When the other thread is faster it ends the process.
        while true { if let answer = conclude(configuration, because: "") { return answer } else { sleep(1) } }
    }

    private func watchTheClock(_ configuration: OperatorConfiguration) {
        _ = WorkerThread.start { [self] in
            sleep(Self.patience)
            let why = "it took longer than \(Self.patience) s"
            if let mayGoOn = conclude(configuration, because: why) { _exit(mayGoOn ? 0 : ExitStatus.failed.rawValue) }
        }
    }

    /// Tells what was found, once: nil to whoever comes second. What is left has no verdict.
    private func conclude(_ configuration: OperatorConfiguration, because reason: String) -> Bool? {
        let found = progress.withLock { progress -> [ReferenceVerdict]? in
            guard !progress.isOver else { return nil }
            progress.isOver = true
            return progress.verdicts
                + progress.left.map { update in
                    let isEnforced = configuration.preReceive?.enforces(update.reference) == true
                    return ReferenceVerdict(
                        reference: update.reference, pipeline: "", finding: .unknown(reason),
                        enforcement: isEnforced ? .byOperator : nil)
                }
        }
        return found.map { verdicts in
            for line in PushVerdictText(verdicts: verdicts).lines() { Console.tell(line) }
            return !verdicts.contains(where: \.isRejected)
        }
    }
}
