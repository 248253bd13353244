import SluiceModel

extension TreeReader {
    /// Writes entries below an existing folder, a piece after the other. False: it was cancelled before all were there.
    func snapshot(
        _ entries: [TreeEntry], into folder: String, unless cancellation: Cancellation
    ) throws(GitError) -> Bool {
        for start in stride(from: 0, to: entries.count, by: piece) {
            guard cancellation.state.reason == nil else { return false }
            try snapshot(Array(entries[start..<min(start + piece, entries.count)]), into: folder)
        }
        return cancellation.state.reason == nil
    }

    /// Files that are written before the next look.
    private var piece: Int { 1000 }
}
