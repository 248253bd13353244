/// The last bytes of a stream, for the record of a crash.
struct StreamTail {
    private static let kept = 64 << 10
    private var bytes: [UInt8] = []

    mutating func append(_ more: [UInt8]) {
        bytes += more.suffix(Self.kept)
        if bytes.count > 2 * Self.kept { bytes.removeFirst(bytes.count - Self.kept) }
    }

    /// At most so many lines, fit to be shown.
    func lines(_ count: Int) -> [String] {
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines.suffix(count).map { ShownText.escaped($0.last == 0x0D ? $0.dropLast() : $0) }
    }
}
