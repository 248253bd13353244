/// Finds plugins outside of the commit: the operator's folders, then the one beside the binary.
package protocol PluginFinder: Sendable {
    /// All folders with that name, best first. Throws when one is there but cannot be used.
    func folders(named name: String) throws(PluginError) -> [PluginFolder]
    /// Every name that would be found, for hints.
    func names() -> [String]
}
