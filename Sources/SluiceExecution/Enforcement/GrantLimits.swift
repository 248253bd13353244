import SluiceModel

/// A grant in the units in which it is enforced.
struct GrantLimits: Equatable {
    /// Microseconds of one period of the kernel's CPU quota.
    static let period: Int64 = 100_000

    /// Bytes.
    var memory: Int64
    /// Microseconds of CPU in a period.
    var quota: Int64
    /// Processes and threads together.
    var processes: Int64
    /// Processes around it that are ours.
    var companions: Int64
    /// All that there may be.
    var tasks: Int64 { processes + companions }
    /// Bytes; nil: not limited.
    var disk: Int64?

    /// A sandbox has two processes of its own.
    static let wall: Int64 = 2

    init(_ request: ResourceRequest, companions: Int64 = 0) {
        self.companions = companions
        memory = max(0, request.memory)
        // The kernel takes no quota below a millisecond.
        let quota = request.cpus.billionths * Int128(Self.period) / Amount.unit
        self.quota = Int64(clamping: max(1000, quota))
        processes = max(1, request.processes ?? ResourceRequest.usualProcesses)
        disk = request.disk
    }
}
