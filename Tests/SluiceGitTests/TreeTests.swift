import Foundation
import SluiceModel
import SluiceTesting
import Testing

@testable import SluiceGit

@Suite("Trees of commits") struct TreeTests {
    private func sample() throws -> ScratchRepository {
        let scratch = try ScratchRepository()
        try scratch.write("one", to: "a.txt")
        try scratch.write("#!/bin/sh\n", to: "bin/run", isExecutable: true)
        try scratch.write("deep", to: "bin/x/y/z.txt")
        try scratch.write("sorted", to: "bin.txt")
        try scratch.shell("ln -s ../a.txt bin/link")
        try scratch.commit()
        return scratch
    }

    @Test("entries are those of git, sorted by bytes, with kinds and oids")
    func entries() throws {
        let scratch = try sample()
        let tree = try scratch.tree()
        let entries = try tree.entries(under: "")
        #expect(entries.map(\.path) == ["a.txt", "bin.txt", "bin/link", "bin/run", "bin/x/y/z.txt"])
        #expect(entries.map(\.kind) == [.file, .file, .link, .executable, .file])
        for entry in entries { #expect(try entry.oid == scratch.id("HEAD:" + entry.path)) }
        #expect(try tree.entries(under: "bin").map(\.path) == ["bin/link", "bin/run", "bin/x/y/z.txt"])
        #expect(try tree.entries(under: "a.txt").map(\.path) == ["a.txt"])
        #expect(try tree.entries(under: "none").isEmpty)
    }

    @Test("an entry is found at its path and nowhere else")
    func entryAt() throws {
        let scratch = try sample()
        let tree = try scratch.tree()
        #expect(try tree.entry(at: "bin")?.kind == .folder)
        #expect(try tree.entry(at: "bin")?.oid == scratch.id("HEAD:bin"))
        #expect(try tree.entry(at: "")?.kind == .folder)
        #expect(try tree.entry(at: "bin/x/y/z.txt")?.kind == .file)
        for path in ["bin/", "/bin", "bin//x", "./bin", "bin/..", "a.txt/b", "bin\0", "bin/link/x", "BIN"] {
            #expect(try tree.entry(at: path) == nil, "\(path)")
        }
    }

    @Test("a file is read whole, or refused by its size before it is read")
    func contents() throws {
        let scratch = try sample()
        let tree = try scratch.tree()
        let file = try #require(try tree.entry(at: "a.txt"))
        #expect(try tree.contents(of: file, limit: 3) == Array("one".utf8))
        #expect(code { try tree.contents(of: file, limit: 2) } == .tooLarge)
        let link = try #require(try tree.entry(at: "bin/link"))
        #expect(try tree.contents(of: link, limit: 100) == Array("../a.txt".utf8))
        let folder = try #require(try tree.entry(at: "bin"))
        #expect(code { try tree.contents(of: folder, limit: 100) } == .invalid)
    }

    @Test("an object that has rotted is an error and no other content, loose and packed", arguments: [false, true])
    func rotten(isPacked: Bool) throws {
        let scratch = try ScratchRepository()
        // Nothing that can be compressed: only the checksum can tell.
        try scratch.shell("head -c 100000 /dev/urandom > noise")
        try scratch.commit()
        let oid = try scratch.git("rev-parse", "HEAD:noise")
        if isPacked { try scratch.git("repack", "-a", "-d", "-q") }
        let file =
            isPacked
            ? try scratch.shell("echo .git/objects/pack/*.pack") : ".git/objects/\(oid.prefix(2))/\(oid.dropFirst(2))"
        try scratch.shell("chmod u+w \(file)")
        var bytes = try Data(contentsOf: URL(filePath: scratch.path + "/" + file))
        bytes[50_000] ^= 1
        try bytes.write(to: URL(filePath: scratch.path + "/" + file))
        let tree = try scratch.tree()
        let noise = try #require(try tree.entry(at: "noise"))
        #expect(code { try tree.contents(of: noise, limit: .max) } == .failed)
    }

    @Test("a snapshot holds the regular files with their bytes and executable bits, and no links")
    func snapshot() throws {
        let scratch = try sample()
        let tree = try scratch.tree()
        let target = try scratch.makeTarget()
        try tree.snapshot(try tree.entries(under: "").shuffled(), into: target)
        #expect(try scratch.shell("cat \(target)/bin/x/y/z.txt \(target)/a.txt") == "deepone")
        #expect(try scratch.shell("test -x \(target)/bin/run -a ! -x \(target)/a.txt && echo yes") == "yes")
        #expect(try scratch.shell("find \(target) -type f | wc -l") == "4")
        #expect(try scratch.shell("find \(target) -type l | wc -l") == "0")
    }

    @Test("a snapshot neither follows a link out of its folder nor overwrites what is there")
    func snapshotStaysInside() throws {
        let scratch = try sample()
        let tree = try scratch.tree()
        let target = try scratch.makeTarget()
        try scratch.shell("mkdir ../outside; ln -s ../outside \(target)/bin")
        #expect(code { try tree.snapshot(try tree.entries(under: "bin"), into: target) } == .failed)
        try scratch.shell("ln -s ../outside/stolen \(target)/a.txt")
        #expect(code { try tree.snapshot(try tree.entries(under: "a.txt"), into: target) } == .failed)
        #expect(try scratch.shell("ls -A ../outside") == "")
        for path in ["../x", "/x", "a/../../x", ".git/config", ".GIT/config", "", "a//b"] {
            let entry = TreeEntry(path: path, oid: try scratch.id("HEAD:a.txt"), kind: .file)
            #expect(code { try tree.snapshot([entry], into: target) } == .invalid, "\(path)")
        }
    }

    @Test("a tree made by hand with names that leave the folder is refused", arguments: ["..", ".", ".git", ".Git"])
    func hostileNames(name: String) throws {
        let scratch = try ScratchRepository()
        try scratch.commit("x", to: "a")
        // The blob's twenty bytes, with nothing but a shell.
        let made = try scratch.shell(
            """
            printf '100644 \(name)\\0' > ../raw
            for byte in $(git rev-parse HEAD:a | sed 's/../& /g'); do
                printf "\\\\$(printf %o 0x$byte)" >> ../raw
            done
            git hash-object -t tree -w --literally ../raw
            """)
        let git = try scratch.open()
        #expect(code { try git.tree(oid(made)).entries(under: "") } == .invalid)
    }

    @Test("a tree that unfolds into billions of files is refused, not listed")
    func bomb() throws {
        let scratch = try ScratchRepository()
        try scratch.commit("x", to: "a")
        let made = try scratch.shell(
            """
            line="100644 blob $(git rev-parse HEAD:a)"
            for level in 1 2 3 4 5 6 7 8 9; do
                tree=$(for n in 0 1 2 3 4 5 6 7 8 9; do printf '%s\\tn%s\\n' "$line" $n; done | git mktree)
                line="040000 tree $tree"
            done
            echo $tree
            """)
        let git = try scratch.open()
        #expect(code { try git.tree(oid(made)).entries(under: "") } == .tooLarge)
        let commit = try scratch.git("commit-tree", "-m", "bomb", made)
        #expect(try git.changedPaths(from: scratch.id("HEAD"), to: oid(commit)) == .everything)
    }

    @Test("folders in folders without end are refused, not followed")
    func depth() throws {
        let scratch = try ScratchRepository()
        try scratch.commit("x", to: "a")
        let made = try scratch.shell(
            """
            line="100644 blob $(git rev-parse HEAD:a)"
            n=0; while [ $n -lt 140 ]; do
                tree=$(printf '%s\\td\\n' "$line" | git mktree); line="040000 tree $tree"; n=$((n+1))
            done
            echo $tree
            """)
        #expect(code { try scratch.open().tree(oid(made)).entries(under: "") } == .invalid)
    }

    @Test("names that are not UTF-8 are left out of entries and counted as changed")
    func latin1Names() throws {
        let scratch = try ScratchRepository()
        let first = try scratch.commit("x", to: "a")
        try scratch.shell(
            "printf y > \"$(printf 'caf\\351')\"; mkdir \"$(printf 'd\\351')\"; printf z > \"$(printf 'd\\351')\"/in")
        let second = try scratch.commit()
        #expect(try scratch.tree().entries(under: "").map(\.path) == ["a"])
        #expect(try scratch.open().worktree().entries(under: "").map(\.path) == ["a"])
        #expect(
            try scratch.open().changedPaths(from: oid(first), to: oid(second)) == .paths(["caf%E9", "d%E9/in"]))
    }

    @Test("a submodule is an entry without content")
    func submodule() throws {
        let other = try ScratchRepository()
        try other.commit("x", to: "inner")
        let scratch = try sample()
        try scratch.git("submodule", "--quiet", "add", other.path, "sub")
        try scratch.commit()
        for tree in [try scratch.tree(), try scratch.open().worktree()] as [any TreeReader] {
            let entry = try #require(try tree.entry(at: "sub"))
            #expect(entry.kind == .submodule)
            #expect(try entry.oid == other.id("HEAD"))
            #expect(code { try tree.contents(of: entry, limit: 10) } == .invalid)
            #expect(try tree.entries(under: "").contains(entry))
        }
        #expect(try GitRepository.open(at: scratch.path + "/sub").resolve(named: "HEAD").commit.oid == other.id("HEAD"))
    }

    @Test("objects behind alternates and in packs are read")
    func alternatesAndPacks() throws {
        let scratch = try sample()
        try scratch.git("gc", "-q")
        let clone = try ScratchRepository(cloning: scratch.path, "--shared", "--bare")
        let tree = try clone.tree()
        let file = try #require(try tree.entry(at: "a.txt"))
        #expect(try tree.contents(of: file, limit: 10) == Array("one".utf8))
    }

    @Test("one repository read by many threads at once gives every one the same answer")
    func threads() async throws {
        let scratch = try sample()
        let tree = try scratch.tree()
        let expected = try tree.entries(under: "")
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    for entry in expected { _ = try tree.contents(of: entry, limit: 100) }
                    return try tree.entries(under: "") == expected
                }
            }
            for try await isEqual in group { #expect(isEqual) }
        }
    }
}

extension ScratchRepository {
    /// An empty folder beside the repository.
    func makeTarget() throws -> String {
        let target = folder + "/target"
        try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: false)
        return target
    }
}
