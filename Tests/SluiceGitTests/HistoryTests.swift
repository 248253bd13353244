import SluiceModel
import SluiceTesting
import Testing

@testable import SluiceGit

@Suite("History") struct HistoryTests {
    /// main: A – B – C; side (from A): D.
    private struct Fork {
        let scratch = Result { try ScratchRepository() }
        let a, b, c, d: ObjectID
        let git: GitRepository

        init() throws {
            let scratch = try scratch.get()
            a = try oid(scratch.commit("1", to: "a"))
            b = try oid(scratch.commit("2", to: "b"))
            c = try oid(scratch.commit("3", to: "c"))
            try scratch.git("checkout", "-q", "-b", "side", a.hex)
            d = try oid(scratch.commit("4", to: "d"))
            git = try scratch.open()
        }
    }

    @Test("ancestry is yes, no, and yes for the commit itself")
    func ancestry() throws {
        let fork = try Fork()
        #expect(try fork.git.isAncestor(fork.a, of: fork.c) == true)
        #expect(try fork.git.isAncestor(fork.c, of: fork.a) == false)
        #expect(try fork.git.isAncestor(fork.d, of: fork.c) == false)
        #expect(try fork.git.isAncestor(fork.c, of: fork.c) == true)
        #expect(try fork.git.mergeBase(fork.c, fork.d) == .commit(fork.a))
    }

    @Test("unrelated histories have no merge base")
    func unrelated() throws {
        let fork = try Fork()
        let orphan = try oid(fork.scratch.get().git("commit-tree", "-m", "orphan", "HEAD^{tree}"))
        #expect(try fork.git.mergeBase(fork.c, orphan) == .none)
        #expect(try fork.git.isAncestor(orphan, of: fork.c) == false)
    }

    @Test("in a shallow clone ancestry is unknown, not no; what is known stays known")
    func shallow() throws {
        let origin = try ScratchRepository()
        var commits: [ObjectID] = []
        for text in ["1", "2", "3", "4"] { commits.append(try oid(origin.commit(text, to: "a"))) }
        let clone = try ScratchRepository(cloning: "file://" + origin.path, "--depth", "2")
        let git = try clone.open()
        #expect(try git.isAncestor(commits[0], of: commits[3]) == nil)
        #expect(try git.isAncestor(commits[2], of: commits[3]) == true)
        #expect(try git.isAncestor(commits[3], of: commits[2]) == nil)
        #expect(try git.mergeBase(commits[0], commits[3]) == .unknown)
        #expect(try git.changedPaths(pushed: commits[3], replacing: commits[0]) == .everything)
        #expect(try git.changedPaths(pushed: commits[3], replacing: commits[2]) == .paths(["a"]))
        #expect(try git.changedPathsFromFirstParent(of: commits[2]) == .everything)
        #expect(code { try git.resolve(named: "HEAD~2") } == .notFound)
    }

    @Test("a missing object makes ancestry unknown")
    func missing() throws {
        let fork = try Fork()
        let nowhere = try oid(String(repeating: "ab", count: 20))
        #expect(try fork.git.isAncestor(nowhere, of: fork.c) == nil)
        #expect(try fork.git.mergeBase(nowhere, fork.c) == .unknown)
    }

    @Test("a push onto a branch is compared with its old commit")
    func fastForward() throws {
        let fork = try Fork()
        let main = Reference("refs/heads/main")
        #expect(try fork.git.changedPaths(pushed: fork.c, replacing: fork.a, on: main) == .paths(["b", "c"]))
        #expect(try fork.git.changedPaths(pushed: fork.c, replacing: fork.c, on: main) == .paths([]))
    }

    @Test("a new and a forced branch are compared with their merge base with the default branch")
    func newAndForced() throws {
        let fork = try Fork()
        let side = Reference("refs/heads/side")
        #expect(try fork.git.changedPaths(pushed: fork.d, replacing: nil, on: side) == .paths(["d"]))
        let zero = try oid(String(repeating: "0", count: 40))
        #expect(try fork.git.changedPaths(pushed: fork.d, replacing: zero, on: side) == .paths(["d"]))
        #expect(try fork.git.changedPaths(pushed: fork.d, replacing: fork.b, on: side) == .paths(["d"]))
        #expect(try fork.git.changedPaths(pushed: fork.c, replacing: nil, on: side) == .paths([]))
    }

    @Test("the default branch is never compared with itself: new, everything; forced, since it left its old history")
    func defaultBranch() throws {
        let fork = try Fork()
        let scratch = try fork.scratch.get()
        let main = Reference("refs/heads/main")
        #expect(try fork.git.changedPaths(pushed: fork.c, replacing: nil, on: main) == .everything)
        #expect(try fork.git.changedPaths(pushed: fork.c, replacing: nil) == .everything)
        try scratch.git("branch", "-f", "main", fork.d.hex)
        #expect(try fork.git.changedPaths(pushed: fork.d, replacing: fork.c, on: main) == .paths(["d"]))
        #expect(try fork.git.changedPaths(pushed: fork.d, replacing: fork.c) == .paths(["d"]))
    }

    @Test("everything has changed where the old side is no commit, or there is none")
    func everything() throws {
        let fork = try Fork()
        let scratch = try fork.scratch.get()
        let blob = try scratch.id("HEAD:a")
        #expect(try fork.git.changedPaths(pushed: fork.c, replacing: blob) == .everything)
        let orphan = try oid(scratch.git("commit-tree", "-m", "orphan", "HEAD^{tree}"))
        #expect(
            try fork.git.changedPaths(pushed: orphan, replacing: nil, on: Reference("refs/heads/o")) == .everything)
        #expect(try fork.git.changedPathsFromFirstParent(of: fork.a) == .everything)
        #expect(try fork.git.changedPathsFromFirstParent(of: fork.c) == .paths(["c"]))
    }

    @Test("a rename is two paths; a mode, a type and a deletion are changes; moved tags are followed")
    func kindsOfChange() throws {
        let scratch = try ScratchRepository()
        for name in ["kept", "renamed", "mode", "type", "gone"] { try scratch.write(name, to: name) }
        let old = try oid(scratch.commit())
        try scratch.git("tag", "-a", "-m", "x", "before")
        try scratch.shell("git mv renamed moved; chmod +x mode; rm type gone; ln -s x type")
        let new = try oid(scratch.commit())
        let git = try scratch.open()
        let expected = ChangedPaths.paths(["gone", "mode", "moved", "renamed", "type"])
        #expect(try git.changedPaths(from: old, to: new) == expected)
        #expect(try git.changedPaths(pushed: new, replacing: scratch.id("before")) == expected)
    }

    @Test("a commit is reachable only from references that are wanted")
    func reachability() throws {
        let fork = try Fork()
        let scratch = try fork.scratch.get()
        let main = Reference("refs/heads/main")
        #expect(fork.git.isReachable(fork.a) { $0 == main })
        #expect(fork.git.isReachable(fork.c) { $0 == main })
        #expect(!fork.git.isReachable(fork.d) { $0 == main })
        #expect(!fork.git.isReachable(fork.d) { _ in false })
        #expect(fork.git.isReachable(fork.d) { _ in true })
        try scratch.git("tag", "-a", "-m", "x", "v1", fork.d.hex)
        #expect(fork.git.isReachable(fork.d) { $0.tag == "v1" })
        #expect(!fork.git.isReachable(try oid(String(repeating: "1", count: 40))) { _ in true })
    }
}
