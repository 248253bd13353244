import SluiceModel

/// `sluice plugin show NAME`: what a plugin takes and makes, which folder it is, and what is wrong with it.
package struct PluginText {
    private let listing: PluginListing
    private let width: Int
    private let style: Style

    package static func lines(_ listing: PluginListing, width: Int, style: Style) -> [String] {
        let text = PluginText(listing: listing, width: width, style: style)
        let manifest = listing.used?.manifest
        let sections = [
            text.head(), manifest.map(text.facts) ?? [], manifest.map(text.params) ?? [],
            manifest.map(text.inputs) ?? [], manifest.map(text.outputs) ?? [], manifest.map(text.metrics) ?? [],
            text.resolution(), text.faults(),
        ]
        return Array(sections.filter { !$0.isEmpty }.joined(separator: [""]))
    }

    private func head() -> [String] {
        let version = listing.used?.manifest.map { " " + $0.version } ?? ""
        let state = listing.isValid ? StyledText.empty : StyledText("  \(style.symbols.failure) invalid", .bad)
        let title = (StyledText(listing.name, .strong) + StyledText(version) + state).rendered(style)
        return [title] + (listing.used?.manifest?.description.map { ["  " + SafeText.line($0)] } ?? [])
    }

    private func facts(_ manifest: PluginManifest) -> [String] {
        var table = TextTable([.init(""), .init("", minimum: 20)])
        for (name, value) in Self.facts(manifest) {
            table.append([StyledText(name, .quiet), StyledText(value)])
        }
        return table.lines(width: width, style: style)
    }

    private static func facts(_ manifest: PluginManifest) -> [(String, String)] {
        let request = manifest.resources ?? ResourceRequest()
        let python = manifest.pythonRequirements ?? (manifest.wantsPython ? "the SDK alone" : nil)
        let facts: [(String, String?)] = [
            ("role", manifest.role.rawValue), ("protocol", manifest.wire.rawValue),
            ("command", manifest.command.joined(separator: " ")),
            ("verbs", manifest.verbs.map(\.rawValue).sorted().joined(separator: ", ")),
            ("effects", effects(manifest)),
            ("resources", HumanUnits.request(request)),
            ("grace", HumanUnits.duration(manifest.grace ?? .seconds(10))), ("python", python),
            ("secrets", manifest.secrets.isEmpty ? "none" : manifest.secrets.joined(separator: ", ")),
        ]
        return facts.compactMap { name, value in value.map { (name, $0) } }
    }

    private static func effects(_ manifest: PluginManifest) -> String {
        if manifest.isDeploy { return "deploy: changes the world; never cached, never retried" }
        return manifest.effects == .pure
            ? "pure: the same inputs give the same results, which are cached"
            : "network: depends on more than its inputs; cached only with `cache: true`"
    }

    private func params(_ manifest: PluginManifest) -> [String] {
        guard let schema = manifest.params else { return section("params", "any: the manifest has no schema") }
        let rows = ParameterRows(schema).rows
        let isOpen = schema.node.additionalProperties == .allowed
        guard !rows.isEmpty else { return section("params", isOpen ? "any" : "none") }
        let whole = Self.table(of: rows, withMeaning: true)
        let others = isOpen ? ["  others are allowed too"] : []
        guard whole.naturalWidth() > width else {
            return [heading("params")] + whole.lines(width: width, style: style) + others
        }
        // Sentences get lines of their own rather than being cut in a narrow column.
        let narrow = Self.table(of: rows, withMeaning: false).lines(width: width, style: style)
        var meanings = TextTable([.init(""), .init("", minimum: 20)])
        for row in rows where !row.description.isEmpty {
            meanings.append([StyledText(row.name, .strong), StyledText(row.description, .quiet)])
        }
        return [heading("params")] + narrow + others + [""] + meanings.lines(width: width, style: style)
    }

    private static func table(of rows: [ParameterRows.Row], withMeaning: Bool) -> TextTable {
        var table = TextTable([
            .init("param", minimum: 10), .init("type", minimum: 7), .init("default", minimum: 7),
            .init("limits", minimum: 10), .init("meaning", minimum: 10),
        ])
        for row in rows {
            let preset =
                row.isRequired ? StyledText("required", .warning) : StyledText(row.defaultValue?.canonicalText ?? "")
            table.append([
                StyledText(row.name, .strong), StyledText(row.type), preset, StyledText(row.limits),
                StyledText(withMeaning ? row.description : "", .quiet),
            ])
        }
        return table
    }

    private func inputs(_ manifest: PluginManifest) -> [String] {
        guard !manifest.inputs.isEmpty else { return section("inputs", "none") }
        var table = TextTable([.init("input"), .init("type"), .init(""), .init("meaning", minimum: 10)])
        for input in manifest.inputs {
            let marks = [input.isMany ? "many" : nil, input.isRequired ? "required" : nil].compactMap(\.self)
            table.append([
                StyledText(input.name, .strong), StyledText(input.type.rawValue),
                StyledText(marks.joined(separator: ", "), .warning), StyledText(input.description ?? "", .quiet),
            ])
        }
        return [heading("inputs")] + table.lines(width: width, style: style)
    }

    private func outputs(_ manifest: PluginManifest) -> [String] {
        guard !manifest.outputs.isEmpty else { return section("outputs", "none") }
        var table = TextTable([.init("output"), .init("type"), .init("meaning", minimum: 10)])
        for output in manifest.outputs {
            table.append([
                StyledText(output.name, .strong), StyledText(output.type.rawValue),
                StyledText(output.description ?? "", .quiet),
            ])
        }
        return [heading("outputs")] + table.lines(width: width, style: style)
    }

    private func metrics(_ manifest: PluginManifest) -> [String] {
        guard !manifest.metrics.isEmpty else { return section("metrics", "none") }
        var table = TextTable([.init("metric"), .init("direction")])
        for (name, direction) in manifest.metrics.sorted(by: { $0.key < $1.key }) {
            table.append([StyledText(name, .strong), StyledText(direction.rawValue)])
        }
        return [heading("metrics")] + table.lines(width: width, style: style)
    }

    /// The order in which `uses` looks, with what is there.
    private func resolution() -> [String] {
        var table = TextTable([.init(""), .init(""), .init("", minimum: 20), .init("")])
        for (position, candidate) in listing.candidates.enumerated() {
            let mark = position == 0 ? StyledText("used", .good) : StyledText("hidden", .warning)
            table.append([
                mark, StyledText(candidate.folder.origin.words), StyledText(candidate.folder.path),
                StyledText(String(candidate.folder.digest.prefix(19)), .quiet),
            ])
        }
        let order = "first wins: plugins/\(listing.name) of the repository, operator's folders, bundled"
        let rows = table.rows.isEmpty ? ["  nothing usable has this name"] : table.lines(width: width, style: style)
        return [heading("where it comes from")] + rows
            + WordWrap.lines(order, width: width - 2).map { "  " + StyledText($0, .quiet).rendered(style) }
    }

    private func faults() -> [String] {
        let all = listing.diagnostics + listing.candidates.flatMap(\.diagnostics)
        return all.isEmpty ? [] : DiagnosticText.lines(all, style: style)
    }

    private func heading(_ text: String) -> String { StyledText(text, .quiet).rendered(style) }

    private func section(_ name: String, _ text: String) -> [String] { ["\(heading(name))  \(text)"] }
}
