import Glibc

/// A push over a local path lives in the pusher's terminal: his Ctrl-C, or the terminal's end, reach the hook. What has
/// been pushed is to run all the same, so the hook goes on until its event is on disk and a worker has it.
enum HookSignals {
    private static let all = [SIGHUP, SIGINT, SIGTERM, SIGQUIT]

    static func ignore() { for number in all { signal(number, SIG_IGN) } }

    /// From now on there is nothing left to do that must not be interrupted.
    static func heed() { for number in all { signal(number, SIG_DFL) } }
}
