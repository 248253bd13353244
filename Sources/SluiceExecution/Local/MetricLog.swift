import Glibc
import PluginContract
import SluiceModel

/// Every metric with its step, as JSON lines beside the log; bounded.
final class MetricLog {
    private let path: String
    private var file: Descriptor?
    private var room: Int
    private(set) var dropped = 0

    /// The file is made when the first metric comes.
    init(path: String, limit: Int) {
        self.path = path
        room = limit
    }

    func append(name: String, value: Double, step: Double?, time: Timestamp) {
        let line =
            JSON.object(present: [
                "time": .string(time.description), "stream": .string("metric"), "name": .string(name),
                "value": .number(value), "step": step.map(JSON.number),
            ]).line + [0x0A]
        let file = file ?? Descriptor(open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0o600))
        self.file = file
        guard line.count <= room, line.withUnsafeBytes({ write(file.number, $0.baseAddress, $0.count) }) == line.count
        else {
            dropped += 1
            return
        }
        room -= line.count
    }
}
