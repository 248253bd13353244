import PluginContract
import SluiceModel

/// Takes secrets out of everything that a plugin says, before it is judged, stored or shown.
struct SecretMask: Sendable {
    static let replacement = Array("***".utf8)

    /// By their first byte, the longest first.
    private let forms: [[[UInt8]]]

    /// nil where there is nothing to hide.
    init?(_ secrets: [Secret]) {
        let all = secrets.reduce(into: Set<[UInt8]>()) { $0.formUnion(SecretForms.all(of: $1.value)) }
        guard !all.isEmpty else { return nil }
        var forms = [[[UInt8]]](repeating: [], count: 256)
        for form in all { forms[Int(form[0])].append(form) }
        self.forms = forms.map { $0.sorted { $0.count > $1.count } }
    }

    /// Values by their names.
    init?(_ values: [String: String]) {
        self.init(values.map { Secret(name: $0.key, value: Array($0.value.utf8)) })
    }

    func masked(_ text: String) -> String {
        var stream = Stream(mask: self)
        return String(decoding: stream.append(Array(text.utf8)) + stream.finish(), as: UTF8.self)
    }

    func masked(_ json: JSON) -> JSON {
        switch json {
        case .string(let text): .string(masked(text))
        case .array(let items): .array(items.map(masked))
        case .object(let members):
            .object(Dictionary(members.map { (masked($0.key), masked($0.value)) }) { first, _ in first })
        default: json
        }
    }

    /// One stream of bytes. What may be the beginning of a secret waits for what comes next, so that a value that is
    /// written in pieces is found.
    struct Stream {
        let mask: SecretMask
        private var held: [UInt8] = []

        init(mask: SecretMask) { self.mask = mask }

        /// What may be passed on now.
        mutating func append(_ bytes: some Sequence<UInt8>) -> [UInt8] {
            held += bytes
            return release(isLast: false)
        }

        mutating func finish() -> [UInt8] { release(isLast: true) }

        private mutating func release(isLast: Bool) -> [UInt8] {
            var out: [UInt8] = []
            out.reserveCapacity(held.count)
            var position = 0
            scan: while position < held.count {
                let candidates = mask.forms[Int(held[position])]
                if !candidates.isEmpty {
                    for form in candidates {
                        switch Self.compare(form, held, at: position) {
                        case .whole:
                            out += SecretMask.replacement
                            position += form.count
                            continue scan
                        case .beginning where !isLast: break scan
                        case .beginning, .other: continue
                        }
                    }
                }
                out.append(held[position])
                position += 1
            }
            held.removeFirst(position)
            return out
        }

        private enum Match { case whole, beginning, other }

        private static func compare(_ form: [UInt8], _ text: [UInt8], at position: Int) -> Match {
            let there = min(form.count, text.count - position)
            for index in 0..<there where form[index] != text[position + index] { return .other }
            return there == form.count ? .whole : .beginning
        }
    }
}

extension PluginMessage {
    /// Texts that JSON had written in a way that no form of a secret looks like.
    func masked(by mask: SecretMask) -> PluginMessage {
        switch self {
        case .hello(let wire): .hello(wire: mask.masked(wire))
        case .log(let level, let message, let fields):
            .log(level: mask.masked(level), message: mask.masked(message), fields: fields.map(mask.masked))
        case .progress(let done, let total, let unit, let message):
            .progress(done: done, total: total, unit: unit.map(mask.masked), message: message.map(mask.masked))
        case .metric(let name, let value, let step): .metric(name: mask.masked(name), value: value, step: step)
        case .output(let name, let value): .output(name: mask.masked(name), value: mask.masked(value))
        case .checkpoint(let id, let path): .checkpoint(id: mask.masked(id), path: path)
        case .heartbeat: self
        case .estimate(let profiles): .estimate(profiles: mask.masked(profiles))
        case .terminal(.result(let status, let reason)):
            .terminal(.result(status, reason: reason.map(mask.masked)))
        case .terminal(.error(let error)): .terminal(.error(error.masked(by: mask)))
        }
    }
}

extension ErrorMessage {
    fileprivate func masked(by mask: SecretMask) -> ErrorMessage {
        ErrorMessage(
            failure, code: mask.masked(code), message: mask.masked(message), hint: hint.map(mask.masked),
            detail: detail.map(mask.masked), retryAfter: retryAfter)
    }
}
