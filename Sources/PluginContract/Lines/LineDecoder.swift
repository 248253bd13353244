#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Cuts a stream of bytes into lines, however the writes were split, at constant memory.
///
/// Consecutive lines that cannot be protocol messages are handed over together, so that a flood costs little.
public struct LineDecoder: Sendable {
    public enum Piece: Hashable, Sendable {
        /// A line that may be a JSON object; without its LF or CR LF.
        case candidate([UInt8])
        /// One or more whole lines that are no messages, each with its LF (the stream's last one maybe without).
        case text([UInt8], lines: Int)
        /// A line over the limit: its beginning, and how many bytes it had altogether.
        case overlong(prefix: [UInt8], bytes: Int)
    }

    /// How much of an overlong line is shown, at most.
    public static let shownPrefix = 4096

    private let limit: Int
    private let shown: Int
    private let looksForMessages: Bool
    /// The beginning of a line whose end has not come yet.
    private var pending: [UInt8] = []
    /// Bytes of the line in `pending` altogether, once it is over the limit.
    private var overlong: Int?

    /// `looksForMessages: false` is for stderr: everything is text.
    public init(limit: Int = ContractLimits.line, looksForMessages: Bool = true) {
        precondition(limit > 0, "a line limit is positive")
        self.limit = limit
        shown = min(limit, Self.shownPrefix)
        self.looksForMessages = looksForMessages
    }

    /// Takes the next bytes of the stream; `emit` is called for what is complete, in order.
    public mutating func append(_ bytes: UnsafeRawBufferPointer, emit: (Piece) -> Void) {
        var rest = bytes
        if !pending.isEmpty || overlong != nil {
            guard let end = Self.lineEnd(in: rest) else { return extend(with: rest) }
            extend(with: UnsafeRawBufferPointer(rebasing: rest[..<end]))
            finishLine(hasEnd: true, emit: emit)
            rest = UnsafeRawBufferPointer(rebasing: rest[(end + 1)...])
        }
        wholeLines(of: rest, emit: emit)
    }

    public mutating func append(_ bytes: [UInt8], emit: (Piece) -> Void) {
        bytes.withUnsafeBytes { append($0, emit: emit) }
    }

    /// The stream has ended: a last line without LF counts too.
    public mutating func finish(emit: (Piece) -> Void) {
        if !pending.isEmpty || overlong != nil { finishLine(hasEnd: false, emit: emit) }
    }

    private mutating func wholeLines(of bytes: UnsafeRawBufferPointer, emit: (Piece) -> Void) {
        var textStart = 0
        var textLines = 0
        var start = 0
        func flush() {
            if textLines > 0 { emit(.text(Array(bytes[textStart..<start]), lines: textLines)) }
            textLines = 0
        }
        while start < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
            guard let end = Self.lineEnd(in: rest) else { break }
            if end > limit || looksForMessages && Self.mayBeMessage(rest[0]) {
                flush()
                pending = Array(rest[..<min(end, limit + 1)])
                overlong = end > limit ? end : nil
                finishLine(hasEnd: true, emit: emit)
                textStart = start + end + 1
            } else {
                textLines += 1
            }
            start += end + 1
        }
        flush()
        if start < bytes.count { extend(with: UnsafeRawBufferPointer(rebasing: bytes[start...])) }
    }

    private mutating func extend(with bytes: UnsafeRawBufferPointer) {
        if let count = overlong {
            overlong = count + bytes.count
        } else if pending.count + bytes.count > limit + 1 {
            // One byte more than the limit may be the CR of CR LF.
            overlong = pending.count + bytes.count
            pending += bytes.prefix(max(0, shown - pending.count))
            pending = Array(pending.prefix(shown))
        } else {
            pending += bytes
        }
    }

    private mutating func finishLine(hasEnd: Bool, emit: (Piece) -> Void) {
        let line = pending
        let count = overlong ?? line.count
        pending = []
        overlong = nil
        let hasReturn = hasEnd && count == line.count && line.last == 0x0D
        if count - (hasReturn ? 1 : 0) > limit {
            emit(.overlong(prefix: Array(line.prefix(shown)), bytes: count))
        } else if looksForMessages, let first = line.first, Self.mayBeMessage(first) {
            emit(.candidate(hasReturn ? line.dropLast() : line))
        } else {
            emit(.text(hasEnd ? line + [0x0A] : line, lines: 1))
        }
    }

    /// An object, white space before one, or a byte order mark.
    private static func mayBeMessage(_ first: UInt8) -> Bool {
        first == UInt8(ascii: "{") || first == 0x20 || first == 0x09 || first == 0x0D || first == 0xEF
    }

    private static func lineEnd(in bytes: UnsafeRawBufferPointer) -> Int? {
        guard let base = bytes.baseAddress, let found = memchr(base, 0x0A, bytes.count) else { return nil }
        return UnsafeRawPointer(found) - base
    }
}
