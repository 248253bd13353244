/// The wording of keys and values that are not what the format says, for every kind of file: `domain` begins the id.
enum ValueFindings {
    static func unknownKey(_ key: String, of what: String, keys: [String], in domain: String) -> Finding {
        Finding(
            "\(domain).unknown-key", "unknown key `\(key)` in \(what)",
            hint: NearestName.hint(for: key, of: keys, kind: "keys"))
    }

    static func unsupported(_ feature: String, of what: String, in domain: String) -> Finding {
        Finding(
            "\(domain).unsupported", "\(feature) in \(what) is known but not available in this version",
            hint: "leave it out until a later version brings it")
    }

    static func booleanKey(_ key: String, of what: String, in domain: String) -> Finding {
        Finding(
            "\(domain).boolean-key", "the key `\(key)` in \(what) would be a boolean to YAML 1.1 tools",
            hint: key == "on" ? "what starts a pipeline stands under `triggers`" : "quote it, or choose another name")
    }

    static func noValue(_ key: String, in domain: String) -> Finding {
        Finding(
            "\(domain).no-value", "the key `\(key)` has no value",
            hint: "write one behind the colon or indented below it, or leave the key out")
    }

    static func missingKey(_ key: String, of what: String, example: String?, in domain: String) -> Finding {
        Finding("\(domain).missing-key", "\(what) has no `\(key)`", hint: example.map { "for example `\($0)`" })
    }

    static func wrongType(_ what: String, wanted: String, found: String, in domain: String) -> Finding {
        Finding("\(domain).wrong-type", "\(what) should be \(wanted), this is \(found)")
    }

    static func fraction(_ what: String, _ text: String, in domain: String) -> Finding {
        Finding("\(domain).wrong-type", "\(what) should be a whole number, not `\(text)`")
    }

    static func nul(_ what: String, in domain: String) -> Finding {
        Finding("\(domain).bad-value", "\(what) holds a NUL character")
    }

    static func outOfRange(_ what: String, _ range: ClosedRange<Int64>, in domain: String) -> Finding {
        let limits =
            range.upperBound == .max
            ? "at least \(range.lowerBound)" : "between \(range.lowerBound) and \(range.upperBound)"
        return Finding("\(domain).bad-value", "\(what) should be \(limits)")
    }

    static func badAmount(_ what: String, _ text: String, in domain: String) -> Finding {
        Finding(
            "\(domain).bad-value", "\(what) cannot be `\(text)`",
            hint: "amounts are decimals from 0 with at most nine digits behind the point")
    }

    static func badUnit(
        _ what: String, _ text: String, kind: String, example: String, guess: String?, in domain: String
    ) -> Finding {
        let message =
            guess == nil ? "\(what) should be \(kind), `\(text)` is none" : "\(what) is \(kind) and needs a unit"
        let hint = guess.map { "for example `\($0)`; units look like \(example)" } ?? "for example \(example)"
        return Finding("\(domain).bad-unit", message, hint: hint)
    }

    static func unknownWord(_ text: String, _ what: String, words: [String], in domain: String) -> Finding {
        Finding(
            "\(domain).bad-value", "\(what) cannot be `\(text)`",
            hint: NearestName.hint(for: text, of: words, kind: "one of"))
    }

    static func badName(_ name: String, kind: String, in domain: String) -> Finding {
        let example = Names.suggestion(for: name).map { ", for example `\($0)`" } ?? ""
        return Finding(
            "\(domain).bad-name", "`\(name)` cannot be the name of \(kind)",
            hint: "names begin with a small letter and hold small letters, digits, `_` and `-`\(example)")
    }
}
