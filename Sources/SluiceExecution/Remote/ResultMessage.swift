import Glibc
import SluiceModel

/// A result cut to the few bytes that an engine itself shows of an ended job. The result file is the truth where it can
/// be read; this is for where it cannot.
struct ResultMessage: Codable, Equatable {
    /// Bytes: what Kubernetes takes from a container.
    static let limit = 4096
    private static let textLimit = 256

    var result: AttemptResult
    /// Only words were left out: a success can be judged by it.
    var isWhole: Bool

    private init(_ result: AttemptResult, isWhole: Bool) {
        self.result = result
        self.isWhole = isWhole
    }

    /// As much of it as fits; nil where not even the outcome does.
    init?(of result: AttemptResult) {
        let shorter = result.withoutDetails
        let all = [
            Self(result, isWhole: true), Self(shorter, isWhole: true),
            Self(shorter.withoutValues(textLimit: Self.textLimit), isWhole: false),
        ]
        guard let fitting = all.first(where: { $0.bytes.map { $0.count <= Self.limit } ?? false }) else { return nil }
        self = fitting
    }

    /// nil for what is no message of ours: an engine may show the end of a log instead.
    init?(_ text: String) {
        guard let read: Self = WireJSON.decode(text.utf8) else { return nil }
        self = read
    }

    /// The file is there and is written in its place: the engine has mounted it.
    func write(to path: String) {
        guard let bytes else { return }
        let file = Descriptor(open(path, O_WRONLY | O_TRUNC | O_CLOEXEC))
        guard file.isOpen else { return }
        _ = bytes.withUnsafeBytes { Glibc.write(file.number, $0.baseAddress, $0.count) }
    }

    private var bytes: [UInt8]? { WireJSON.encode(self) }
}

extension AttemptResult {
    /// Without what is only for people.
    fileprivate var withoutDetails: AttemptResult {
        var copy = self
        copy.error?.stderr = []
        copy.error?.detail = nil
        copy.error?.lastLine = nil
        copy.warnings = []
        return copy
    }

    fileprivate func withoutValues(textLimit: Int) -> AttemptResult {
        var copy = self
        copy.metrics = [:]
        copy.outputValues = [:]
        copy.answer = nil
        copy.reason = reason.map { String($0.prefix(textLimit)) }
        copy.error?.message = String(error?.message.prefix(textLimit) ?? "")
        copy.error?.hint = nil
        return copy
    }
}
