import CSluiceProcess
import PluginContract

/// A record from the status pipe as a value.
enum SupervisorReport: Equatable {
    case executionFailed(errno: Int32, what: String)
    case exited(ProcessExit, Totals)
    case leftover(pid: Int32, name: String)
    case finished(Totals)

    struct Totals: Equatable {
        /// Seconds of CPU of everything that was waited for.
        var cpu: Double = 0
        /// Bytes, of the largest process.
        var memoryPeak: Int64 = 0
        /// Bytes sent to disks; nil where the kernel does not say.
        var written: Int64?
        var leftovers = 0
        /// What could not even be killed.
        var survivors = 0
    }

    init?(_ record: sluice_record) {
        let totals = Totals(
            cpu: Double(record.cpu_us) / 1e6, memoryPeak: record.peak_rss,
            written: record.written < 0 ? nil : record.written, leftovers: Int(record.leftovers),
            survivors: Int(record.survivors))
        let detail = withUnsafeBytes(of: record.detail) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        switch UInt32(bitPattern: record.kind) {
        case SLUICE_RECORD_EXEC_FAILED.rawValue: self = .executionFailed(errno: record.value, what: detail)
        case SLUICE_RECORD_EXITED.rawValue: self = .exited(Self.status(record.value), totals)
        case SLUICE_RECORD_LEFTOVER.rawValue: self = .leftover(pid: record.pid, name: detail)
        case SLUICE_RECORD_FINISHED.rawValue: self = .finished(totals)
        default: return nil
        }
    }

    /// What the sandbox's own end says of its program's: it ends with 128 and the signal's number, as shells do.
    var throughWall: SupervisorReport {
        guard case .exited(.code(let code), let totals) = self, (129...159).contains(code) else { return self }
        return .exited(.signal(code - 128), totals)
    }

    private static func status(_ waitStatus: Int32) -> ProcessExit {
        var signal: Int32 = 0
        let code = sluice_exit_status(waitStatus, &signal)
        return code >= 0 ? .code(code) : .signal(signal)
    }

    /// All whole records in the bytes.
    static func reports(in bytes: UnsafeRawBufferPointer) -> [SupervisorReport] {
        let size = MemoryLayout<sluice_record>.size
        return stride(from: 0, through: bytes.count - size, by: size).compactMap { offset in
            SupervisorReport(bytes.loadUnaligned(fromByteOffset: offset, as: sluice_record.self))
        }
    }
}

/// `SIGSEGV` for 11.
func signalName(_ number: Int32) -> String {
    sluice_signal_name(number).map { String(cString: $0) } ?? "signal \(number)"
}
