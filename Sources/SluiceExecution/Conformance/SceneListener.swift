import PluginContract
import SluiceModel

/// Cuts what a plugin writes into lines and judges them as the runner does.
struct SceneListener {
    /// More of each kind is counted out: a flood must not fill the memory.
    private static let most = 20_000
    private static let mostStrays = 200
    private static let mostErrors = 64

    let wire: WireProtocol
    let token: String
    private var decoder: LineDecoder
    private var errorDecoder = LineDecoder(limit: 1 << 12, looksForMessages: false)
    private var last: UInt8 = 0x0A
    private(set) var messages = 0
    private(set) var hasTerminal = false

    init(wire: WireProtocol, token: String) {
        (self.wire, self.token) = (wire, token)
        decoder = LineDecoder(looksForMessages: wire == .sluice1)
    }

    mutating func hear(_ bytes: UnsafeRawBufferPointer, at time: Int64, into seen: inout Performance) {
        if let byte = bytes.last { last = byte }
        var pieces: [LineDecoder.Piece] = []
        decoder.append(bytes) { pieces.append($0) }
        for piece in pieces { take(piece, at: time, into: &seen) }
    }

    mutating func hearErrors(_ bytes: UnsafeRawBufferPointer, into seen: inout Performance) {
        var pieces: [LineDecoder.Piece] = []
        errorDecoder.append(bytes) { pieces.append($0) }
        for piece in pieces { Self.note(piece, into: &seen) }
    }

    mutating func finish(into seen: inout Performance) {
        var pieces: [LineDecoder.Piece] = []
        decoder.finish { pieces.append($0) }
        for piece in pieces { take(piece, at: seen.endedAt, into: &seen) }
        var rest: [LineDecoder.Piece] = []
        errorDecoder.finish { rest.append($0) }
        for piece in rest { Self.note(piece, into: &seen) }
        seen.endsWithoutLineFeed = last != 0x0A
    }

    private static func note(_ piece: LineDecoder.Piece, into seen: inout Performance) {
        seen.errors += lines(of: piece)
        seen.errors = seen.errors.suffix(mostErrors)
    }

    private static func lines(of piece: LineDecoder.Piece) -> [String] {
        switch piece {
        case .candidate(let line): [text(line)]
        case .text(let bytes, _): bytes.split(separator: 0x0A).suffix(mostErrors).map { text(Array($0)) }
        case .overlong(let prefix, let count): ["\(text(prefix)) … (\(count) bytes)"]
        }
    }

    private static func text(_ line: [UInt8]) -> String { String(decoding: line.prefix(400), as: UTF8.self) }

    private mutating func take(_ piece: LineDecoder.Piece, at time: Int64, into seen: inout Performance) {
        switch piece {
        case .candidate(let line): judge(line, at: time, into: &seen)
        case .text: Self.addStrays(Self.lines(of: piece), into: &seen)
        case .overlong(_, let count): seen.malformed.append("a line of \(count) bytes")
        }
    }

    private mutating func judge(_ line: [UInt8], at time: Int64, into seen: inout Performance) {
        let received = ReceivedLine(line, token: token)
        switch received {
        case .stray: Self.addStrays([Self.text(line)], into: &seen)
        case .malformed(let error): seen.malformed.append("\(error): \(Self.text(line).prefix(80))")
        case .message, .unknown, .critical, .dropped:
            messages += 1
            if case .message(.terminal) = received { hasTerminal = true }
            guard seen.lines.count < Self.most, case .object(var members)? = try? JSONReader.read(line) else { return }
            members["token"] = nil
            seen.lines.append(.init(received: received, json: .object(members), at: time))
        }
    }

    private static func addStrays(_ lines: [String], into seen: inout Performance) {
        seen.strays += lines.prefix(max(0, mostStrays - seen.strays.count))
    }
}
