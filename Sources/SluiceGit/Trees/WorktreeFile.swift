import SluiceModel

/// One file of a working tree.
struct WorktreeFile: Sendable {
    let path: String
    let kind: TreeEntry.Kind
    /// The commit that the index holds; of submodules only.
    let submodule: ObjectID?
}

extension [WorktreeFile] {
    /// The first position whose element satisfies a predicate that stays true once it is.
    func firstPosition(where isBeyond: (WorktreeFile) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = low + (high - low) / 2
            if isBeyond(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
