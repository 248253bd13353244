import SluiceModel
import Synchronization

/// How much of a push may be read to judge it, over all of its commits.
package final class ReadingAllowance: Sendable {
    private let left: Atomic<Int>

    /// Bytes.
    package init(bytes: Int) { left = Atomic(bytes) }

    /// Whether more was asked for than there was: then nothing that was concluded counts.
    package var isSpent: Bool { left.load(ordering: .relaxed) < 0 }

    /// Throws when there is not that much left.
    func spend(_ bytes: Int) throws(GitError) {
        guard left.subtract(bytes, ordering: .relaxed).newValue >= 0 else {
            throw GitError(.failed, "more would have to be read than a push may ask for")
        }
    }
}

/// A revision of which only so much may be read.
package struct CountedTree: TreeReader {
    let base: any TreeReader
    let allowance: ReadingAllowance

    package init(_ base: any TreeReader, _ allowance: ReadingAllowance) {
        self.base = base
        self.allowance = allowance
    }

    package func entry(at path: String) throws(GitError) -> TreeEntry? { try base.entry(at: path) }

    package func entries(under folder: String) throws(GitError) -> [TreeEntry] {
        try allowance.spend(0)
        return try base.entries(under: folder)
    }

    package func contents(of entry: TreeEntry, limit: Int) throws(GitError) -> [UInt8] {
        let size = try base.size(of: entry)
        if size <= Int64(limit) { try allowance.spend(Int(size)) }
        return try base.contents(of: entry, limit: limit)
    }

    package func size(of entry: TreeEntry) throws(GitError) -> Int64 { try base.size(of: entry) }

    package func snapshot(_ entries: [TreeEntry], into folder: String) throws(GitError) {
        try base.snapshot(entries, into: folder)
    }
}
