import PluginContract
import Testing

@Suite("The exit table")
struct ExitTableTests {
    private static let codes: [Int32] = [0, 1, 2, 10, 11, 12, 20, 21, 22, 30, 127, 255]

    @Test("a terminal line agrees with its statuses and with no other", arguments: terminals)
    func agreement(terminal: TerminalMessage, agreeing: [Int32]) {
        for code in Self.codes {
            let verdict = ExitTable.verdict(terminal: terminal, exit: .code(code))
            if case .mismatch = verdict {
                #expect(!agreeing.contains(code), "\(terminal) and \(code)")
            } else {
                #expect(agreeing.contains(code), "\(terminal) and \(code): \(verdict)")
            }
        }
        #expect(ExitTable.verdict(terminal: terminal, exit: .signal(9)) == .crashed)
    }

    private static let terminals: [(TerminalMessage, [Int32])] =
        [
            (.result(.ok, reason: nil), [0]), (.result(.skipped, reason: "r"), [0]),
            (.result(.failed, reason: nil), [10]),
        ]
        + [
            (.config, [11, 12]), (.user, [12]), (.transient, [20]), (.resource, [21]), (.dependency, [22]),
            (.internal, [1]),
        ].map { (failure: FailureClass, statuses: [Int32]) in
            (TerminalMessage.error(ErrorMessage(failure, code: "c", message: "m")), statuses)
        }

    @Test("without a terminal line every exit is a crash, 0 included, but 11 says that the protocol is not spoken")
    func silent() {
        for code in Self.codes {
            let verdict = ExitTable.verdict(terminal: nil, exit: .code(code))
            #expect(verdict == (code == 11 ? .notSpoken : .crashed))
        }
        #expect(ExitTable.verdict(terminal: nil, exit: .signal(11)) == .crashed)
    }

    @Test("exit 30 agrees with a cancel and with nothing else")
    func cancelled() {
        let failed = TerminalMessage.result(.failed, reason: nil)
        #expect(ExitTable.verdict(terminal: failed, exit: .code(30), wasCancelled: true) == .stopped)
        #expect(ExitTable.verdict(terminal: nil, exit: .code(30), wasCancelled: true) == .stopped)
        #expect(ExitTable.verdict(terminal: failed, exit: .code(30)) == .mismatch(expected: "10"))
    }

    @Test("a command's exit status decides alone")
    func command() {
        #expect(ExitTable.commandVerdict(exit: .code(0)) == .succeeded)
        #expect(ExitTable.commandVerdict(exit: .code(30)) == .stopped)
        #expect(ExitTable.commandVerdict(exit: .signal(6)) == .crashed)
        let classes: [(Int32, FailureClass)] = [
            (1, .user), (2, .user), (11, .user), (12, .user), (20, .transient), (21, .resource), (22, .dependency),
            (127, .user),
        ]
        for (code, failure) in classes {
            guard case .error(let error) = ExitTable.commandVerdict(exit: .code(code)) else {
                #expect(Bool(false), "exit \(code) is no error")
                continue
            }
            #expect(error.failure == failure)
        }
        guard case .failed = ExitTable.commandVerdict(exit: .code(10)) else {
            return #expect(Bool(false), "exit 10 is no verdict")
        }
    }
}
