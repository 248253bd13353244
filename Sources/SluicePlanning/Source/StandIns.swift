/// Private-use characters that stand for others while the YAML parser reads a text that holds none of them.
struct StandIns {
    /// More repeated keys than this and the parser's own word has to do.
    private static let maximumMarks = 40

    /// Stands for `*`.
    let star: Unicode.Scalar
    private var free: [Unicode.Scalar]
    /// Keys whose first character was swapped, by the character that is there now.
    private var names: [Unicode.Scalar: String] = [:]

    /// nil where the text uses too many private characters itself.
    init?(for text: String) {
        let used = Set(text.unicodeScalars.lazy.filter { (0xE000...0xE3FF).contains($0.value) })
        let free = (0xE000...0xE3FF).lazy.compactMap(Unicode.Scalar.init).filter { !used.contains($0) }
        let wanted = Array(free.prefix(Self.maximumMarks + 1))
        guard let star = wanted.first, wanted.count > Self.maximumMarks else { return nil }
        self.star = star
        self.free = Array(wanted.dropFirst())
    }

    func hidingStars(in text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "*")) else { return text }
        return replacing("*", by: star, in: text)
    }

    func showingStars(in text: String) -> String {
        guard text.unicodeScalars.contains(star) else { return text }
        return replacing(star, by: "*", in: text)
    }

    private func replacing(_ old: Unicode.Scalar, by new: Unicode.Scalar, in text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == old ? new : $0 }))
    }

    /// A character that makes a repeated key unlike the others; nil when there are none left.
    mutating func nextMark(for name: String) -> Unicode.Scalar? {
        guard !name.isEmpty, !free.isEmpty else { return nil }
        let mark = free.removeFirst()
        names[mark] = name
        return mark
    }

    /// A key as it is written in the file.
    func key(_ text: String) -> String {
        let name = text.unicodeScalars.first.flatMap { names[$0] } ?? text
        return showingStars(in: name)
    }

    /// The anchor's name where a plain scalar is an alias.
    func alias(_ text: String) -> String? {
        guard text.unicodeScalars.first == star else { return nil }
        return String(text.unicodeScalars.dropFirst())
    }
}
