import Glibc

/// A plugin written in Swift: protocol `sluice/1` without a thought about lines, tokens or exit statuses.
///
/// ```swift
/// import PluginContract
///
/// @main struct Count: SluicePlugin {
///     func run(_ context: PluginContext) throws {
///         let rows = try load(context.input("data").path)
///         try context.check()                       // throws when the runner has asked to stop
///         try context.metric("rows", Double(rows.count))
///         try save(rows, to: context.place("model").path)
///     }
/// }
/// ```
///
/// A handler that returns has succeeded. Throw `Verdict.failed` for the plugin's own verdict, `Verdict.skipped`
/// when there is nothing to do, and an `ErrorMessage` for an error with a class; any other error is a bug.
/// `print` is a log: `main` moves the protocol to private descriptors before the handler starts.
public protocol SluicePlugin {
    init()
    func run(_ context: PluginContext) throws
    /// Removes what a `run` may have left; succeeds where nothing is left.
    func cleanup(_ context: PluginContext) throws
    /// What a `run` would take, for each profile; pure and offline.
    func estimate(_ context: PluginContext) throws -> [ProfileEstimate]
}

extension SluicePlugin {
    public func cleanup(_ context: PluginContext) throws { throw ErrorMessage.missingVerb("cleanup") }
    public func estimate(_ context: PluginContext) throws -> [ProfileEstimate] {
        throw ErrorMessage.missingVerb("estimate")
    }

    /// Serves the request for which this process was started, and exits.
    public static func main() {
        let channel = PluginChannel()
        guard let line = channel.readLine(), let json = try? JSONReader.read(line),
            let start = StartMessage(json: json)
        else {
            PluginChannel.complain("no `start` line on stdin: this program is a plugin, Sluice starts it")
            exit(11)
        }
        let context = PluginContext(start: start, channel: channel)
        let ending = Self.serve(context)
        context.finish(ending.terminal)
        exit(ending.status)
    }

    private static func serve(_ context: PluginContext) -> PluginEnding {
        guard speaks(context.start.wire) else {
            let message = "the runner speaks \(context.start.wire), this plugin's SDK speaks \(ContractLimits.wire)"
            let error = ErrorMessage(.config, code: "protocol.version", message: message, hint: "upgrade the older one")
            return PluginEnding(terminal: .error(error), status: 11)
        }
        context.send(.hello(wire: ContractLimits.wire))
        context.listen()
        do {
            try dispatch(Self(), context)
            return PluginEnding(terminal: .result(.ok, reason: nil), status: 0)
        } catch {
            return PluginEnding(of: error)
        }
    }

    /// Within a major version everything is compatible.
    private static func speaks(_ wire: String) -> Bool { wire.prefix { $0 != "." } == ContractLimits.wire }

    private static func dispatch(_ plugin: Self, _ context: PluginContext) throws {
        switch context.start.verb {
        case "run": try plugin.run(context)
        case "cleanup": try plugin.cleanup(context)
        case "estimate": context.send(.estimate(profiles: .array(try plugin.estimate(context).map(\.json))))
        case let other: throw ErrorMessage.missingVerb(other)
        }
    }
}

extension ErrorMessage: Error {
    fileprivate static func missingVerb(_ verb: String) -> ErrorMessage {
        ErrorMessage(.config, code: "config.verb", message: "this plugin has no verb '\(verb)'")
    }
}

/// What a handler throws when it worked and the answer is not simply ok.
public enum Verdict: Error, Hashable, Sendable {
    case failed(reason: String)
    case skipped(reason: String)
}

/// Thrown by `PluginContext.check()`.
public struct PluginCancelled: Error, Hashable, Sendable {
    public var reason: String
}

/// The terminal line and the exit status that agrees with it.
struct PluginEnding: Equatable {
    var terminal: TerminalMessage
    var status: Int32

    init(terminal: TerminalMessage, status: Int32) {
        self.terminal = terminal
        self.status = status
    }

    init(of error: any Error) {
        switch error {
        case Verdict.failed(let reason): self.init(terminal: .result(.failed, reason: reason), status: 10)
        case Verdict.skipped(let reason): self.init(terminal: .result(.skipped, reason: reason), status: 0)
        case let cancelled as PluginCancelled:
            self.init(terminal: .result(.failed, reason: "cancelled: \(cancelled.reason)"), status: 30)
        case let message as ErrorMessage:
            self.init(terminal: .error(message), status: message.failure.exitStatuses.last ?? 1)
        default:
            let text = String(String(describing: error).prefix(ContractLimits.message))
            let message = ErrorMessage(.internal, code: "internal.exception", message: text)
            self.init(terminal: .error(message), status: 1)
        }
    }
}
