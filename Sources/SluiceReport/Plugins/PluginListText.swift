import SluiceModel

/// `sluice plugin list`: every name that `uses` may say, and what it would find.
package enum PluginListText {
    package static func lines(_ listings: [PluginListing], width: Int, style: Style) -> [String] {
        guard !listings.isEmpty else { return ["no plugins: `sluice plugin new NAME` makes one"] }
        var table = TextTable([
            .init("plugin", minimum: 12), .init("version", isOptional: true), .init("protocol", isOptional: true),
            .init("role"), .init("from"), .init("state", minimum: 12),
        ])
        for listing in listings { table.append(row(listing, style: style)) }
        return table.lines(width: width, style: style, indent: 0)
    }

    private static func row(_ listing: PluginListing, style: Style) -> [StyledText] {
        let manifest = listing.used?.manifest
        let none = StyledText(style.symbols.none, .quiet)
        return [
            StyledText(listing.name, .strong), manifest.map { StyledText($0.version) } ?? none,
            manifest.map { StyledText($0.wire.rawValue) } ?? none,
            manifest.map { StyledText($0.role.rawValue) } ?? none,
            listing.used.map { StyledText($0.folder.origin.words) } ?? none, state(listing, style: style),
        ]
    }

    private static func state(_ listing: PluginListing, style: Style) -> StyledText {
        let errors = (listing.used?.errors ?? []) + listing.diagnostics.filter { $0.severity == .error }
        if let first = errors.first {
            let more = errors.count > 1 ? ", and \(errors.count - 1) more" : ""
            return StyledText("\(style.symbols.failure) invalid: ", .bad) + StyledText(first.message + more)
        }
        let hidden = listing.candidates.dropFirst().map(\.folder.origin.words)
        guard !hidden.isEmpty else { return StyledText("\(style.symbols.success)", .good) }
        return StyledText("\(style.symbols.warning) hides ", .warning)
            + StyledText("the one of the same name from " + hidden.joined(separator: " and "))
    }
}

extension PluginFolder.Origin {
    /// Where it comes from, in a table.
    var words: String {
        switch self {
        case .tree: "repository"
        case .operator: "operator"
        case .bundled: "bundled"
        }
    }
}
