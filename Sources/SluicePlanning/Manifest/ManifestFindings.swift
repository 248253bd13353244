/// The wording of what only a plugin's manifest can get wrong.
enum ManifestFindings {
    static func unknownProtocol(_ text: String) -> Finding {
        let isNewer = text.hasPrefix("sluice/")
        return Finding(
            "manifest.unknown-protocol", "the protocol `\(text)` is not spoken here",
            hint: isNewer
                ? "this version of Sluice speaks `sluice/1`: upgrade it, or take a version of the plugin for `sluice/1`"
                : "`sluice/1`, or `command` for a program that knows nothing of Sluice")
    }

    static func underscore(_ name: String) -> Finding {
        Finding(
            "manifest.bad-name", "`\(name)` cannot be the name of a plugin",
            hint: "plugins are named with `-`: `\(name.map { $0 == "_" ? "-" : String($0) }.joined())`")
    }

    static func command(found: String) -> Finding {
        Finding(
            "manifest.wrong-type",
            "`command` should be a list of words, this is \(found)",
            hint: "no shell reads it: `command: [python3, ./train.py]`")
    }

    static func requirementsOutside(_ path: String) -> Finding {
        Finding(
            "manifest.bad-value", "`\(path)` is no file of the plugin's folder", hint: "a relative path without `..`")
    }

    static func secretName(_ name: String) -> Finding {
        Finding(
            "manifest.bad-name", "`\(name)` cannot be the name of a secret",
            hint: "it becomes an environment variable: letters, digits and `_`")
    }

    static func unsupportedSchema(_ keyword: String, known: [String]) -> Finding {
        Finding(
            "manifest.unsupported-schema", "`\(keyword)` is not in the subset of JSON Schema that params may use",
            hint: NearestName.hint(for: keyword, of: known, kind: "keywords"))
    }

    static func unsupportedPattern(_ pattern: String, _ reason: String) -> Finding {
        Finding(
            "manifest.unsupported-schema", "the pattern `\(pattern)` is not in the subset that is matched: \(reason)",
            hint: "literals, `.`, classes, groups, `|`, `* + ?`, `{n,m}` up to 1000, `^` and `$`")
    }

    static func requiredUnknown(_ name: String, known: [String]) -> Finding {
        Finding(
            "manifest.bad-value", "`required` names `\(name)`, which is no property",
            hint: NearestName.hint(for: name, of: known, kind: "properties"))
    }

    static func badDefault(_ violation: SchemaViolation) -> Finding {
        let place = violation.path.isEmpty ? "" : " at `\(violation.path)`"
        return Finding("manifest.bad-value", "the default breaks its own schema\(place): \(violation.message)")
    }

    static func schemaTooDeep() -> Finding { Finding("manifest.unsupported-schema", "the schema is nested too deeply") }

    static func emptyRange(_ low: String, _ high: String) -> Finding {
        Finding("manifest.bad-value", "`\(low)` is larger than `\(high)`: no value fits")
    }

    static func paramsAreObject() -> Finding {
        Finding(
            "manifest.unsupported-schema", "`params` describes an object",
            hint: "`params: { type: object, properties: { … } }`")
    }
}
