/// Finds plugins outside of the commit: the operator's folders, then the one beside the binary.
package protocol PluginFinder: Sendable {
    /// All folders with that name, best first. Throws when one is there but cannot be used.
    func folders(named name: String) throws(PluginError) -> [PluginFolder]
    /// Copies a plugin's folder to a path that is not there yet. Throws where the copy is not what its digest says.
    func copy(_ plugin: PluginFolder, to path: String) throws(PluginError)
    /// Every name that would be found, for hints.
    func names() -> [String]
}
