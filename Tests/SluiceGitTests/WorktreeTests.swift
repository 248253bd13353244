import SluiceModel
import SluiceTesting
import Testing

@testable import SluiceGit

@Suite("The working tree") struct WorktreeTests {
    @Test("tracked and untracked files are there as they lie on disk; ignored and deleted ones are not")
    func files() throws {
        let scratch = try ScratchRepository()
        try scratch.write("*.log\n", to: ".gitignore")
        try scratch.write("one", to: "a.txt")
        try scratch.write("gone", to: "gone.txt")
        try scratch.write("same", to: "d/same.txt")
        try scratch.commit()
        try scratch.write("two", to: "a.txt")
        try scratch.write("new", to: "d/e/new.txt", isExecutable: true)
        try scratch.write("noise", to: "d/x.log")
        try scratch.shell("rm gone.txt; ln -s nowhere link; mkfifo pipe; mkdir empty; git add d/e")
        let tree = try scratch.open().worktree()
        let entries = try tree.entries(under: "")
        #expect(entries.map(\.path) == [".gitignore", "a.txt", "d/e/new.txt", "d/same.txt", "link"])
        #expect(entries.map(\.kind) == [.file, .file, .executable, .file, .link])
        for entry in entries where entry.isRegular {
            #expect(try entry.oid == oid(scratch.git("hash-object", "--no-filters", entry.path)), "\(entry.path)")
        }
        #expect(try entries[3].oid == scratch.id("HEAD:d/same.txt"))
        #expect(try tree.contents(of: entries[1], limit: 3) == Array("two".utf8))
        #expect(code { try tree.contents(of: entries[1], limit: 2) } == .tooLarge)
        #expect(try tree.contents(of: entries[4], limit: 100) == Array("nowhere".utf8))
        #expect(try tree.entries(under: "d").map(\.path) == ["d/e/new.txt", "d/same.txt"])
        #expect(try tree.entry(at: "d/e")?.kind == .folder)
        #expect(try tree.entry(at: "empty") == nil)
        #expect(try tree.entry(at: "d/x.log") == nil)
    }

    @Test("a snapshot copies from disk, and says so when a file has changed since it was looked at")
    func snapshot() throws {
        let scratch = try ScratchRepository()
        try scratch.write("one", to: "d/a.txt")
        try scratch.write("run", to: "run", isExecutable: true)
        let tree = try scratch.open().worktree()
        let entries = try tree.entries(under: "")
        let target = try scratch.makeTarget()
        try tree.snapshot(entries, into: target)
        #expect(try scratch.shell("cat \(target)/d/a.txt; test -x \(target)/run && echo yes") == "oneyes")
        try scratch.write("other", to: "d/a.txt")
        try scratch.shell("rm -r \(target)/*")
        #expect(code { try tree.snapshot(entries, into: target) } == .failed)
    }

    @Test("a folder that has become a link is not read through")
    func linkedFolder() throws {
        let scratch = try ScratchRepository()
        try scratch.write("one", to: "d/a.txt")
        let tree = try scratch.open().worktree()
        let entry = try #require(try tree.entry(at: "d/a.txt"))
        try scratch.shell("mv d ../elsewhere; ln -s ../elsewhere d")
        #expect(code { try tree.contents(of: entry, limit: 10) } == .notFound)
    }

    @Test("a repository without a commit has a working tree")
    func unborn() throws {
        let scratch = try ScratchRepository()
        try scratch.write("one", to: "a.txt")
        #expect(try scratch.open().worktree().entries(under: "").map(\.path) == ["a.txt"])
    }
}
