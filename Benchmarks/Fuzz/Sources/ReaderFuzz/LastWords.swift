import Glibc
import Synchronization

/// Says which execution crashed or hung, so that it can be printed and made a test.
enum LastWords {
    private static let execution = Atomic<Int>(0)
    private static let seed = Atomic<UInt64>(0)
    private static let reader = Mutex<String>("")

    static func set(reader name: String, seed number: UInt64, execution index: Int) {
        if index == 0 {
            reader.withLock { $0 = name }
            seed.store(number, ordering: .relaxed)
        }
        execution.store(index, ordering: .relaxed)
    }

    static func install() {
        for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGALRM] {
            signal(number) { number in
                signal(number, SIG_DFL)
                LastWords.tell(number)
                raise(number)
            }
        }
    }

    /// A process that dies may take the risk of text in a signal handler.
    private static func tell(_ number: Int32) {
        let name = reader.withLockIfAvailable { $0 } ?? "?"
        let what = number == SIGALRM ? "hangs" : "crashes with signal \(number)"
        let words = "ReaderFuzz \(name) 1 \(seed.load(ordering: .relaxed)) \(execution.load(ordering: .relaxed))"
        let text = Array("\(name) \(what); the input is printed by: \(words)\n".utf8)
        _ = write(2, text, text.count)
    }
}
