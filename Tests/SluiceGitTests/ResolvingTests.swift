import SluiceModel
import SluiceTesting
import Testing

@testable import SluiceGit

@Suite("Names become commits") struct ResolvingTests {
    @Test("a full oid, a beginning of one, a branch, a tag and HEAD lead to the commit git leads to")
    func names() throws {
        let scratch = try ScratchRepository()
        let first = try scratch.commit("1", to: "a")
        try scratch.git("tag", "light")
        try scratch.git("tag", "-a", "-m", "text", "heavy")
        let git = try scratch.open()
        let expected = Commit(
            oid: try oid(first), tree: try scratch.id("HEAD^{tree}"),
            committed: Timestamp(milliseconds: 1_700_000_000_000))
        for name in ["HEAD", "main", "refs/heads/main", "light", "heavy", "refs/tags/heavy", first] {
            #expect(try git.resolve(named: name).commit == expected, "\(name)")
        }
        #expect(try git.resolve(named: String(first.prefix(9))).commit == expected)
        #expect(try git.resolve(named: "HEAD").reference == Reference("refs/heads/main"))
        #expect(try git.resolve(named: "heavy").reference == Reference("refs/tags/heavy"))
        #expect(try git.resolve(named: first).reference == nil)
        #expect(try git.resolve(scratch.id("heavy")) == expected)
    }

    @Test("ancestors are found as git finds them")
    func ancestors() throws {
        let scratch = try ScratchRepository()
        for text in ["1", "2", "3"] { try scratch.commit(text, to: "a") }
        try scratch.git("checkout", "-q", "-b", "side", "HEAD~2")
        try scratch.commit("x", to: "b")
        try scratch.git("checkout", "-q", "main")
        try scratch.git("merge", "-q", "--no-edit", "side")
        let git = try scratch.open()
        for name in ["HEAD~1", "HEAD^2", "main^", "HEAD^0", "HEAD~", "main^2~1", "HEAD^1~2"] {
            let found = try git.resolve(named: name)
            #expect(try found.commit.oid == scratch.id(name), "\(name)")
            #expect(found.reference == nil)
        }
        #expect(code { try git.resolve(named: "HEAD~99") } == .notFound)
        #expect(code { try git.resolve(named: "HEAD^3") } == .notFound)
    }

    @Test(
        "what is no revision is refused or not found, whatever it is",
        arguments: [
            "", "~1", "^", "HEAD~1234567", "HEAD^{commit}", "HEAD@{1}", ":/text", "main..side", "a b", "x\0y",
            "HEAD^{/x}", "no-such", "0000000", "refs/heads/", "../HEAD", "-rf",
            "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef",
        ])
    func hostileNames(name: String) throws {
        let scratch = try ScratchRepository()
        try scratch.commit("1", to: "a")
        let git = try scratch.open()
        #expect([.invalid, .notFound].contains(code { try git.resolve(named: name) }))
    }

    @Test("tags of a tree and of a blob, and these themselves, are no commits")
    func notCommits() throws {
        let scratch = try ScratchRepository()
        try scratch.commit("1", to: "a")
        try scratch.git("tag", "tree", "HEAD^{tree}")
        try scratch.git("tag", "-a", "-m", "text", "blob", "HEAD:a")
        let git = try scratch.open()
        #expect(code { try git.resolve(named: "tree") } == .notACommit)
        #expect(code { try git.resolve(scratch.id("blob")) } == .notACommit)
        #expect(code { try git.resolve(scratch.id("HEAD:a")) } == .notACommit)
        #expect(code { try git.resolve(oid(String(repeating: "0", count: 64))) } == .unsupported)
    }

    @Test("a commit that claims an absurd time is read with a time that can be printed")
    func absurdTime() throws {
        let scratch = try ScratchRepository()
        try scratch.commit("1", to: "a")
        let made = try scratch.shell(
            """
            printf 'tree %s\\nauthor A <a@b> 9223372036854775807 +0000\\ncommitter A <a@b> 9223372036854775807 +0000\\n\\nx' \
            "$(git rev-parse 'HEAD^{tree}')" | git hash-object -t commit -w --stdin --literally
            """)
        let commit = try scratch.open().resolve(oid(made))
        #expect(commit.committed.description <= "9999-12-31T23:59:59.000Z")
    }

    @Test("a detached HEAD leads to its commit without a reference")
    func detached() throws {
        let scratch = try ScratchRepository()
        let first = try scratch.commit("1", to: "a")
        try scratch.git("checkout", "-q", "--detach")
        let (commit, reference) = try scratch.open().resolve(named: "HEAD")
        #expect(commit.oid.hex == first && reference == nil)
    }

    @Test("odd names of references are listed and resolved byte by byte")
    func oddNames() throws {
        let scratch = try ScratchRepository()
        let first = try scratch.commit("1", to: "a")
        let names = [
            "refs/heads/$(id)", "refs/heads/it's", "refs/heads/\"q\"", "refs/tags/-rf", "refs/heads/caf\u{e9}",
        ]
        for name in names { try scratch.git("update-ref", name, first) }
        try scratch.shell("git update-ref \"refs/heads/$(printf 'caf\\351')\" \(first)")
        let git = try scratch.open()
        let latin1 = Reference(bytes: Array("refs/heads/caf".utf8) + [0xE9])
        let listed = try git.references()
        for reference in names.map({ Reference($0) }) + [latin1] {
            #expect(listed.contains(reference))
            #expect(try git.resolve(reference).oid.hex == first)
        }
        #expect(code { try git.resolve(Reference(bytes: [0x61, 0, 0x62])) } == .notFound)
    }

    @Test("a pin keeps a commit through a prune and is gone when it is removed")
    func pins() throws {
        let scratch = try ScratchRepository()
        try scratch.commit("1", to: "a")
        let lost = try scratch.commit("2", to: "a")
        try scratch.git("reset", "-q", "--hard", "HEAD~1")
        let git = try scratch.open()
        try git.pin(try oid(lost), forRun: 42)
        try git.pin(try oid(lost), forRun: 42)
        #expect(try git.references().contains(Reference("refs/sluice/runs/42")))
        try scratch.shell("git reflog expire --expire=now --all; git gc -q --prune=now")
        #expect(try scratch.open().resolve(oid(lost)).oid.hex == lost)
        try git.unpin(run: 42)
        try git.unpin(run: 42)
        #expect(try !git.references().contains(Reference("refs/sluice/runs/42")))
    }
}
