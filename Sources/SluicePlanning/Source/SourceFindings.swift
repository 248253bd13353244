/// The wording of what any YAML file can get wrong.
enum SourceFindings {
    static func tooLarge(_ bytes: Int) -> Finding {
        Finding("yaml.too-large", "the file has \(bytes) bytes; at most 1 MiB is read")
    }
    static let invalidUTF8 = Finding(
        "yaml.invalid-utf8", "the file is not UTF-8", hint: "save it as UTF-8; the byte here begins no character")
    static let byteOrderMark = Finding(
        "yaml.byte-order-mark", "the file begins with a byte order mark", hint: "save it as UTF-8 without BOM")
    static let privateUse = Finding("yaml.private-use", "the file is full of private-use characters")
    static let empty = Finding(
        "yaml.empty", "the file is empty", hint: "a pipeline begins with `schema: sluice/v1`, a plugin with `name:`")
    static let tooDeep = Finding("yaml.too-deep", "lists and maps are nested more than 64 levels deep")
    static let tooManyAliases = Finding(
        "yaml.too-many-aliases", "the file's aliases stand for too much",
        hint: "at most 100 aliases, and 32,768 values once they are put in")
    static let tab = Finding(
        "yaml.tab", "a tab stands where only spaces may", hint: "indent with spaces")
    static let severalDocuments = Finding(
        "yaml.several-documents", "a second document begins here", hint: "one file holds one definition: split it")
    static let unquotedInterpolation = Finding(
        "yaml.unquoted-interpolation", "`${…}` inside of `{ }` or `[ ]` is not quoted",
        hint: "quote it: `{ seed: \"${params.seed}\" }`")
    static let keyIsNoString = Finding("yaml.key", "a key is a name, not a list or a map")
    static let mergeKey = Finding(
        "yaml.merge-key", "merge keys are not supported",
        hint: "write the keys out, or use `defaults` for what all stages share")

    static func aliasAsKey(_ name: String) -> Finding {
        Finding("yaml.key", "the alias `*\(name)` cannot be a key", hint: "write the key out")
    }

    static func tag(_ name: String) -> Finding {
        Finding("yaml.tag", "the tag `\(name)` means nothing here", hint: "leave it out; quote a value to make it text")
    }

    static func unknownAlias(_ name: String, _ anchors: [String]) -> Finding {
        if name.isEmpty || !name.utf8.allSatisfy(isNameByte) {
            return Finding(
                "yaml.unquoted-star", "`*\(name)` is not quoted: a `*` in front begins an alias",
                hint: "quote it: \"*\(name)\"")
        }
        return Finding(
            "yaml.unknown-alias", "there is no anchor `&\(name)` before this alias",
            hint: NearestName.hint(for: name, of: anchors, kind: "anchors") ?? "quote it where no alias is meant")
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }

    static func duplicateKey(_ name: String, earlier line: Int?, domain: String) -> Finding {
        let place = line.map { "; it stands in line \($0) already" } ?? ""
        return Finding(
            "\(domain).duplicate-key", "the key `\(name)` is written twice\(place)",
            hint: "keep one of them")
    }

    static func control(_ problem: String) -> Finding {
        Finding("yaml.control-character", "a character that no text file may hold", hint: problem)
    }

    static func syntax(_ problem: String, while context: (String, line: Int)? = nil, hint: String? = nil) -> Finding {
        let place = context.map { " (\($0.0) that begins in line \($0.line))" } ?? ""
        return Finding("yaml.syntax", "this is no YAML: \(problem)\(place)", hint: hint)
    }
}
