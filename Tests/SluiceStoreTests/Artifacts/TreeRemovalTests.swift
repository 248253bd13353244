import Glibc
import SluiceModel
import Testing

@testable import SluiceStore

@Suite("removing trees")
struct TreeRemovalTests {
    let sandbox: StateSandbox

    init() throws { sandbox = try StateSandbox() }

    @Test("a tree of read-only folders, odd names, links and great depth goes, and what links lead to stays")
    func hostile() throws {
        let root = sandbox.path + "/tree"
        let kept = sandbox.path + "/kept"
        try Disk.makeFolder(root)
        try Disk.makeFolder(kept)
        try Disk.write([1], to: kept + "/file")
        #expect(symlink(kept, root + "/link") == 0)
        #expect(mkfifo(root + "/fifo", 0o000) == 0)
        try Disk.write([1], to: Array((root + "/").utf8) + [0xff, 10, 0x20])
        try Disk.makeFolder(root + "/.sluice-removed-1")
        try Disk.makeFolder(root + "/locked")
        try Disk.makeFolder(root + "/locked/inner")
        try Disk.write([1], to: root + "/locked/inner/file", mode: 0o400)
        chmod(root + "/locked/inner", 0o000)
        chmod(root + "/locked", 0o555)
        try makeDeep(below: root, levels: 3000)
        try TreeRemoval.remove(root)
        #expect(!Disk.exists(root))
        #expect(Disk.exists(kept + "/file"))
    }

    @Test("a file, a link and nothing can be removed too")
    func single() throws {
        try Disk.write([1], to: sandbox.path + "/file")
        #expect(symlink("file", sandbox.path + "/link") == 0)
        try TreeRemoval.remove(sandbox.path + "/link")
        #expect(Disk.exists(sandbox.path + "/file"))
        try TreeRemoval.remove(sandbox.path + "/file")
        try TreeRemoval.remove(sandbox.path + "/file")
        #expect(!Disk.exists(sandbox.path + "/file"))
    }

    /// Deeper than any path may be long.
    private func makeDeep(below root: String, levels: Int) throws {
        var folder = open(root, O_RDONLY | O_DIRECTORY)
        for _ in 0..<levels {
            #expect(mkdirat(folder, "deeper", 0o755) == 0)
            let next = openat(folder, "deeper", O_RDONLY | O_DIRECTORY)
            close(folder)
            folder = next
        }
        close(folder)
    }
}
