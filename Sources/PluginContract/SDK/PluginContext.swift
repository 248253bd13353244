import Glibc
import Synchronization

/// What a handler gets: the request as typed values, and the lines that it may send. Any thread may use it.
public final class PluginContext: Sendable {
    public let start: StartMessage
    private let channel: PluginChannel
    private let state = Mutex(State())

    private struct State {
        var cancelled: String?
        var saved: Set<String> = []
        var isFinished = false
    }

    init(start: StartMessage, channel: PluginChannel) {
        self.start = start
        self.channel = channel
    }

    /// What the stage's `with` says, with the schema's defaults.
    public var params: JSON { start.params }

    /// An input that takes one file or folder; throws where it is not connected.
    public func input(_ name: String) throws -> StartMessage.Input {
        guard let first = try inputs(name).first else { throw Self.notConnected("input", name) }
        return first
    }

    /// All of an input that takes many.
    public func inputs(_ name: String) throws -> [StartMessage.Input] {
        switch start.inputs[name] {
        case .one(let input): [input]
        case .many(let inputs): inputs
        case nil: throw Self.notConnected("input", name)
        }
    }

    /// Where an output is to be made: nothing is there yet, the parent is.
    public func place(_ output: String) throws -> StartMessage.Output {
        guard let place = start.outputs[output] else { throw Self.notConnected("output", output) }
        return place
    }

    private static func notConnected(_ noun: String, _ name: String) -> ErrorMessage {
        ErrorMessage(
            .config, code: "config.\(noun)", message: "the \(noun) '\(name)' is not connected",
            hint: "name it under the stage's \(noun)s")
    }

    /// Why the runner has asked to stop; nil while it has not. `shutdown` when the runner is gone.
    public var cancelReason: String? { state.withLock { $0.cancelled } }

    /// Throws `PluginCancelled` when the runner has asked to stop: call it between steps of work.
    public func check() throws {
        if let reason = cancelReason { throw PluginCancelled(reason: reason) }
    }

    /// Whether a checkpoint is durably stored.
    public func isSaved(_ checkpoint: String) -> Bool { state.withLock { $0.saved.contains(checkpoint) } }

    public func log(_ message: String, level: String = "info", fields: JSON? = nil) {
        send(.log(level: level, message: message, fields: fields))
    }

    public func progress(_ done: Double, of total: Double? = nil, unit: String? = nil, message: String? = nil) {
        send(.progress(done: done, total: total, unit: unit, message: message))
    }

    /// The last one without a step is the stage's metric. Throws for what is no finite number.
    public func metric(_ name: String, _ value: Double, step: Double? = nil) throws {
        guard value.isFinite else {
            throw ErrorMessage(
                .internal, code: "internal.metric", message: "the metric '\(name)' is \(value), no finite number")
        }
        send(.metric(name: name, value: value, step: step))
    }

    /// At most 64 KiB, for the conditions and params of later stages.
    public func output(_ name: String, _ value: JSON) { send(.output(name: name, value: value)) }

    /// Offers a file or folder below the scratch folder, by its path there.
    public func checkpoint(_ id: String, path: String) { send(.checkpoint(id: id, path: path)) }

    public func heartbeat() { send(.heartbeat) }

    /// Sends heartbeats while `body` runs, for long calls that say nothing themselves. `period` is in seconds.
    public func heartbeats<Result>(every period: Double = 10, while body: () throws -> Result) rethrows -> Result {
        let pulse = Heartbeats(every: period) { self.heartbeat() }
        defer { pulse.stop() }
        return try body()
    }

    /// Nothing is sent after the terminal line.
    func send(_ message: PluginMessage) {
        state.withLock { state in
            guard !state.isFinished else { return }
            channel.write(message.line(token: start.token))
        }
    }

    func finish(_ terminal: TerminalMessage) {
        send(.terminal(terminal))
        state.withLock { $0.isFinished = true }
    }

    /// Starts the thread that hears `cancel`, `saved` and the end of stdin.
    func listen() { DetachedThread.start { self.hear() } }

    private func hear() {
        while let line = channel.readLine() {
            guard let json = try? JSONReader.read(line), let message = RunnerMessage(json: json) else { continue }
            state.withLock { state in
                switch message {
                case .start: break
                case .cancel(let reason, _): state.cancelled = state.cancelled ?? reason
                case .saved(let checkpoint): state.saved.insert(checkpoint)
                }
            }
        }
        state.withLock { $0.cancelled = $0.cancelled ?? "shutdown" }
    }
}
