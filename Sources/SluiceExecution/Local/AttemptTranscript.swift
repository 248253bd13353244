import PluginContract
import SluiceModel

/// What runner and plugin said to each other, beside the log: JSON lines `{time, stream, text}` whose `stream` is the one
/// who spoke. It holds neither the token nor where on this machine the attempt lay, so that it can be given away.
final class AttemptTranscript {
    /// Bytes of the file; of a line the beginning is enough to see what it was.
    private static let limit = 512 << 10
    private static let longestLine = 16 << 10

    private let log: AttemptLog
    private let masks: [(text: String, name: String)]
    /// Of the plugin's messages: one that says a million of them is not to wait for this.
    private var rate = RateLimit(perSecond: 200, burst: 2000, now: MonotonicClock.now())
    private var omitted = 0

    /// Goes on where another call of the attempt ended.
    init(of request: AttemptRequest, token: String) {
        log = AttemptLog(path: request.folders.log + ".transcript", limit: Self.limit)
        let place = request.folders.log.split(separator: "/").dropLast().joined(separator: "/")
        masks = [(token, "${token}"), ("/" + place + "/", "${attempt}/")]
    }

    func append(_ line: [UInt8], by speaker: Speaker) {
        guard speaker == .runner || rate.take(MonotonicClock.now()) else { return omitted += 1 }
        tellOmitted()
        write(shown(line), by: speaker)
    }

    func finish() {
        tellOmitted()
        log.finish(time: WallClock.now())
    }

    private func tellOmitted() {
        guard omitted > 0 else { return }
        write("(\(omitted) messages came too fast and are not here)", by: .plugin)
        omitted = 0
    }

    private func write(_ text: String, by speaker: Speaker) {
        log.append(Array(text.utf8) + [0x0A], lines: 1, stream: speaker.rawValue, time: WallClock.now())
    }

    private func shown(_ line: [UInt8]) -> String {
        let beginning = String(decoding: line.prefix(Self.longestLine), as: UTF8.self)
        let masked = masks.reduce(beginning) { $0.replacing($1.text, with: $1.name) }
        return line.count > Self.longestLine ? "\(masked)… of \(line.count) bytes" : masked
    }
}
