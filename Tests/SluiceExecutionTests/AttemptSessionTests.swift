import PluginContract
import SluiceModel
import SluiceTesting
import Testing

@testable import SluiceExecution

@Suite("The attempt's state machine")
struct AttemptSessionTests {
    private final class Listener: AttemptListener {
        var text: [String] = []
        var events: [AttemptEvent] = []

        func text(_ text: [UInt8], lines: Int, stream: LogStream, now: Int64) {
            self.text.append(String(decoding: text, as: UTF8.self))
        }
        func event(_ event: AttemptEvent, now: Int64) { events.append(event) }
        func said(_ line: [UInt8], by speaker: Speaker) {}
    }

    private static let token = "00112233445566778899aabbccddeeff"
    private let listener = Listener()

    @Test("the cancel line comes first, SIGTERM after 70 % of the grace, SIGKILL at its end")
    func sequence() throws {
        var session = try session()
        #expect(session.takeActions().count == 1)
        session.tick(now: 59999)
        #expect(session.takeActions() == [] && session.nextDeadline == 60000)
        session.tick(now: 60000)
        let cancel = RunnerMessage.cancel(reason: "timeout", grace: 10).line
        #expect(session.takeActions() == [.send(cancel)] && session.nextDeadline == 67000)
        session.tick(now: 66999)
        #expect(session.takeActions() == [])
        session.tick(now: 67000)
        #expect(session.takeActions() == [.terminate] && session.nextDeadline == 70000)
        session.tick(now: 69999)
        #expect(session.takeActions() == [])
        session.tick(now: 70000)
        #expect(session.takeActions() == [.kill])
        #expect(session.nextDeadline == 70000 + AttemptSession.supervisorPatience)
        session.tick(now: 70000 + AttemptSession.supervisorPatience)
        #expect(session.takeActions() == [.abandon] && !session.isOver)
        session.supervisorEnded(now: 80000)
        end(&session, 80000)
        #expect(session.isOver && session.result().outcome == .timedOut)
    }

    @Test("a command hears no line, so its SIGTERM comes at once")
    func command() throws {
        var session = try session { $0.wire = .command }
        #expect(session.takeActions().last == .hangUp)
        session.cancelled(state(.user), now: 5)
        session.tick(now: 5)
        #expect(session.takeActions() == [.terminate] && session.nextDeadline == 10005)
    }

    @Test("the first reason wins, and a cancel after the end changes nothing")
    func firstReason() throws {
        var session = try session()
        session.cancelled(state(.superseded), now: 1)
        session.cancelled(state(.user), now: 2)
        exit(&session, .code(30), 3)
        session.cancelled(state(.budget), now: 4)
        end(&session, 5)
        #expect(session.result().outcome == .cancelled && session.result().reason == "superseded")
        var good = try self.session()
        say(&good, .terminal(.result(.ok, reason: nil)), 1)
        exit(&good, .code(0), 2)
        good.cancelled(state(.user), now: 3)
        end(&good, 4)
        #expect(good.result().outcome == .succeeded)
    }

    @Test("every protocol line is a sign of life, strays are none")
    func heartbeat() throws {
        var session = try session { $0.heartbeat = .seconds(10) }
        _ = session.takeActions()
        receive(&session, Array("noise\n{\"type\":\"heartbeat\"}\n".utf8), 20000)
        #expect(session.nextDeadline == 30000)
        say(&session, .heartbeat, 25000)
        #expect(session.nextDeadline == 55000)
        session.tick(now: 55000)
        #expect(session.stop?.cause == .stalled)
    }

    @Test("after its terminal line a plugin has its grace, and no timeout strikes")
    func graceToExit() throws {
        var session = try session()
        say(&session, .terminal(.result(.ok, reason: nil)), 59000)
        _ = session.takeActions()
        session.tick(now: 68999)
        #expect(session.takeActions() == [] && session.nextDeadline == 69000)
        session.tick(now: 69000)
        #expect(session.takeActions() == [.kill] && session.stop == nil)
        exit(&session, .signal(9), 69001)
        end(&session, 69002)
        #expect(session.result().error?.code == "protocol.exit_mismatch")
    }

    @Test("a pipe that somebody else holds open is drained for two seconds")
    func drain() throws {
        var session = try session()
        say(&session, .terminal(.result(.ok, reason: nil)), 1)
        exit(&session, .code(0), 2)
        session.reported(.finished(.init()), now: 3)
        session.ended(.stderr, now: 4)
        #expect(!session.isOver && session.nextDeadline == 3 + AttemptSession.drainTime)
        session.tick(now: 3 + AttemptSession.drainTime)
        #expect(session.isOver && session.result().outcome == .succeeded && session.result().warnings.count == 1)
    }

    @Test("metrics over the rate are dropped, but a stage's metric keeps its last value")
    func metricRate() throws {
        var session = try session { $0.limits.metricsPerSecond = 10 }
        for step in 0..<50 { say(&session, .metric(name: "loss", value: 1, step: Double(step)), 5) }
        say(&session, .metric(name: "auc", value: 0.9, step: nil), 5)
        #expect(listener.events.count == 10)
        say(&session, .metric(name: "loss", value: 1, step: 51), 1005)
        #expect(listener.events.count == 11)
        exit(&session, .code(0), 1006)
        end(&session, 1007)
        #expect(session.result().metrics == ["auc": 0.9])
        #expect(session.result().warnings.contains { $0.hasPrefix("41 metrics") })
    }

    @Test("random bytes and reports in any order end in a result and never in a crash")
    func fuzz() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("attempt session: seed \(seed)")
        var random = SplitMix(seed: seed)
        for _ in 0..<300 {
            var session = try session { $0.heartbeat = .seconds(5) }
            var now: Int64 = 0
            while !session.isOver {
                now += Int64.random(in: 0..<3000, using: &random)
                step(&session, Int.random(in: 0..<12, using: &random), now)
                session.tick(now: now)
                _ = session.takeActions()
                if now > 200_000 { session.supervisorEnded(now: now) }
                #expect(now < 300_000, "it ends")
                if now >= 300_000 { break }
            }
            _ = session.result()
        }
    }

    private func step(_ session: inout AttemptSession, _ choice: Int, _ now: Int64) {
        switch choice {
        case 0: say(&session, .heartbeat, now)
        case 1: say(&session, .terminal(.result(.ok, reason: nil)), now)
        case 2: receive(&session, Array("{\"token\":\"\(Self.token)\"".utf8), now)
        case 3: receive(&session, [0xFF, 0x0A, 0x7B, 0x0A], now)
        case 4: session.cancelled(state(.user), now: now)
        case 5: exit(&session, .code(0), now)
        case 6: session.reported(.executionFailed(errno: 2, what: "exec"), now: now)
        case 7: session.ended(.stdout, now: now)
        case 8: session.ended(.stderr, now: now)
        case 9: session.reported(.leftover(pid: 1, name: "x"), now: now)
        case 10: session.reported(.finished(.init()), now: now)
        default: receive(&session, Array(repeating: 0x7B, count: 4096), now)
        }
    }

    private func session(_ change: (inout AttemptRequest) -> Void = { _ in }) throws -> AttemptSession {
        var request = try Attempts().request(.script("true"), .sluice1)
        request.timeout = .seconds(60)
        request.grace = .seconds(10)
        change(&request)
        return AttemptSession(request: request, token: Self.token, listener: listener, now: 0)
    }

    private func state(_ reason: CancelReason) -> Cancellation.State {
        let cancellation = Cancellation()
        cancellation.cancel(reason)
        return cancellation.state
    }

    private func say(_ session: inout AttemptSession, _ message: PluginMessage, _ now: Int64) {
        receive(&session, message.line(token: Self.token), now)
    }

    private func receive(_ session: inout AttemptSession, _ bytes: [UInt8], _ now: Int64) {
        bytes.withUnsafeBytes { session.received($0, on: .stdout, now: now) }
    }

    private func exit(_ session: inout AttemptSession, _ status: ProcessExit, _ now: Int64) {
        session.reported(.exited(status, .init()), now: now)
    }

    private func end(_ session: inout AttemptSession, _ now: Int64) {
        session.reported(.finished(.init()), now: now)
        session.ended(.stdout, now: now)
        session.ended(.stderr, now: now)
    }
}
