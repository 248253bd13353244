import SluiceModel

/// How an attempt ended, with the keys that `attempts[]` of a run have.
struct AttemptResultJSON: Encodable {
    private let outcome, sandbox: String
    private let reason: String?
    private let exit: Int32?
    private let signal: String?
    private let wall, cpu: Double
    private let memoryPeak: Int64
    private let error: AttemptError?
    private let strays: Int
    private let warnings: [String]

    init(_ result: AttemptResult) {
        outcome = result.outcome.rawValue
        sandbox = result.sandbox
        reason = result.reason
        exit = result.exit
        signal = result.signal
        wall = result.usage.wall
        cpu = result.usage.cpu
        memoryPeak = result.usage.memoryPeak
        error = result.error
        strays = result.strays
        warnings = result.warnings
    }

    private enum CodingKeys: String, CodingKey {
        case outcome, sandbox, reason, exit, signal, error, strays, warnings
        case wall = "wall_s"
        case cpu = "cpu_s"
        case memoryPeak = "memory_peak"
    }
}
