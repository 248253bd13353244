/// What an installation of hooks, or its end, did; the paths of hooks.
struct HookChanges: Encodable, Equatable {
    private let schema = "sluice.hooks/v1"
    var installed: [String] = []
    /// Hooks of somebody else under their new names.
    var kept: [String] = []
    var removed: [String] = []
    /// Where a hook of somebody else is in its place again.
    var restored: [String] = []

    var lines: [String] {
        let told =
            kept.map { "kept the hook that was there as \($0); it runs first" } + installed.map { "installed \($0)" }
            + removed.map { "removed \($0)" } + restored.map { "restored \($0)" }
        return told.map { "sluice: " + $0 }
    }
}
