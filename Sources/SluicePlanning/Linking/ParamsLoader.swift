import SluiceModel

/// Finds the values of `params.*`.
struct ParamsLoader {
    let context: LinkContext

    /// nil, with a diagnostic, where they cannot be read.
    func load(_ params: Pipeline.Params, overrides: [String: JSONValue]) throws(GitError) -> JSONValue? {
        let values: JSONValue?
        switch params {
        case .inline(let inline): values = inline
        case .file(let path): values = try file(path)
        }
        guard var values else { return nil }
        for (name, value) in overrides.sorted(by: { $0.key < $1.key }) {
            let steps = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            if let changed = Self.replacing(steps[...], in: values, by: value) {
                values = changed
            } else {
                context.findings.add(
                    LinkFindings.unknownOverride(name, known: Self.names(in: values)),
                    at: context.root.keyLocation(of: ["params"]))
            }
        }
        return values
    }

    private func file(_ path: Located<String>) throws(GitError) -> JSONValue? {
        let files = TreeFiles(context: context)
        guard let entry = try files.regularFile(path.value, what: "the params file", at: path.location) else {
            return nil
        }
        let bytes: [UInt8]
        do throws(GitError) {
            bytes = try context.tree.contents(of: entry, limit: YAMLReader.maximumBytes)
        } catch {
            guard error.code == .tooLarge else { throw error }
            context.findings.add(LinkFindings.fileTooLarge(path.value), at: path.location)
            return nil
        }
        let findings = Findings(SourceText(path: path.value, bytes: bytes), domain: "params")
        let root = YAMLReader.read(findings)
        if let root, root.entries == nil {
            findings.add(LinkFindings.paramsAreNoMap(root.typeName), at: root)
        }
        context.diagnostics += findings.sorted
        return findings.hasErrors ? nil : root?.json
    }

    /// nil where there is nothing at the path to replace.
    private static func replacing(_ steps: ArraySlice<String>, in value: JSONValue, by new: JSONValue) -> JSONValue? {
        guard let step = steps.first else { return new }
        guard case .object(var members) = value, let member = members[step],
            let changed = replacing(steps.dropFirst(), in: member, by: new)
        else { return nil }
        members[step] = changed
        return .object(members)
    }

    /// The dotted names of everything in a value, for hints.
    static func names(in value: JSONValue, below prefix: String = "") -> [String] {
        guard case .object(let members) = value else { return [] }
        return members.sorted { $0.key < $1.key }.flatMap { name, member in
            [prefix + name] + names(in: member, below: prefix + name + ".")
        }
    }
}
