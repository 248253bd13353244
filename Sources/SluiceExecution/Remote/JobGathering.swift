import Glibc
import Synchronization

/// Gathers jobs that are handed over at the same moment and ask for the same, so that an engine is asked once for all.
///
/// It has no thread: the first of a group waits a moment for others, then submits for everyone who has come.
final class JobGathering<Group: Hashable & Sendable>: Sendable {
    typealias Submit = @Sendable ([JobOrder]) -> [Submission]

    /// At most as many go at once: sites limit the size of arrays, by default to 1,000.
    private static var most: Int { 100 }

    private final class Member: Sendable {
        let order: JobOrder
        private let answer = Mutex<Submission?>(nil)
        private let wake = WakeSignal()

        init(_ order: JobOrder) { self.order = order }

        func give(_ submission: Submission) {
            answer.withLock { $0 = submission }
            wake.wake()
        }

        func wait() -> Submission {
            while true {
                if let given = answer.withLock({ $0 }) { return given }
                wake.wait(1000)
            }
        }
    }

    private let moment: Int64
    private let groups = Mutex<[Group: [Member]]>([:])

    /// `moment`: milliseconds for which the first of a group waits for others.
    init(moment: Int64) { self.moment = moment }

    /// `submit` answers for every order, in their order. It may be that of any other caller of the same group.
    func submit(_ order: JobOrder, with group: Group, _ submit: Submit) -> Submission {
        let member = Member(order)
        let isFirst = groups.withLock { groups in
            groups[group, default: []].append(member)
            return groups[group]?.count == 1
        }
        if isFirst {
            WakeSignal().wait(moment)
            let all = groups.withLock { $0.removeValue(forKey: group) ?? [] }
            for start in stride(from: 0, to: all.count, by: Self.most) {
                let part = all[start..<min(all.count, start + Self.most)]
                for (member, answer) in zip(part, submit(part.map(\.order))) { member.give(answer) }
            }
        }
        return member.wait()
    }
}
