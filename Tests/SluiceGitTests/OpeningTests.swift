import Glibc
import SluiceModel
import SluiceTesting
import Testing

@testable import SluiceGit

@Suite("Opening repositories") struct OpeningTests {
    @Test("a repository is found from a folder deep inside of its working tree")
    func discoversUpward() throws {
        let scratch = try ScratchRepository()
        try scratch.commit("x", to: "a/b/c.txt")
        let git = try GitRepository.open(at: scratch.path + "/a/b")
        #expect(git.gitDirectory == scratch.path + "/.git")
        #expect(git.commonDirectory == git.gitDirectory)
        #expect(git.workTree == scratch.path)
        #expect(!git.isBare && !git.isShallow)
    }

    @Test("a bare repository is opened and has no working tree")
    func bare() throws {
        let scratch = try ScratchRepository("--bare")
        let git = try GitRepository.open(at: scratch.path)
        #expect(git.isBare && git.workTree == nil && git.gitDirectory == scratch.path)
        #expect(git.hooksFolder == scratch.path + "/hooks")
        #expect(throws: GitError.self) { try git.worktree() }
    }

    @Test("a linked worktree has its own git folder and shares the repository's identity")
    func linkedWorktree() throws {
        let scratch = try ScratchRepository()
        try scratch.commit("x", to: "a.txt")
        try scratch.git("worktree", "add", "-q", "-b", "side", scratch.folder + "/side")
        let git = try GitRepository.open(at: scratch.folder + "/side")
        #expect(git.commonDirectory == scratch.path + "/.git")
        #expect(git.gitDirectory == scratch.path + "/.git/worktrees/side")
        #expect(git.workTree == scratch.folder + "/side")
        #expect(git.hooksFolder == scratch.path + "/.git/hooks")
        #expect(try git.resolve(named: "HEAD").reference == Reference("refs/heads/side"))
        #expect(try git.worktree().entries(under: "").map(\.path) == ["a.txt"])
    }

    @Test("a folder outside of any repository, and one that does not exist, are not a repository")
    func notARepository() throws {
        #expect(code { try GitRepository.open(at: "/proc/self") } == .notARepository)
        #expect(code { try GitRepository.open(at: "/nowhere/at/all") } == .notARepository)
        #expect(code { try GitRepository.open(at: "a\0b") } == .invalid)
    }

    @Test("a SHA-256 repository is refused in words, wherever it is entered", arguments: [true, false])
    func sha256(isBare: Bool) throws {
        let scratch =
            isBare
            ? try ScratchRepository("--bare", "--object-format=sha256")
            : try ScratchRepository("--object-format=sha256")
        let error = #expect(throws: GitError.self) { try GitRepository.open(at: scratch.path) }
        #expect(error?.code == .unsupported)
        #expect(error?.description.contains("SHA-256") == true)
    }

    @Test("a repository of another user is refused and the hint names safe.directory", .enabled(if: getuid() == 0))
    func ownership() throws {
        let scratch = try ScratchRepository("--bare")
        try #require(chown(scratch.path, 65534, 65534) == 0)
        let error = #expect(throws: GitError.self) { try GitRepository.open(at: scratch.path) }
        #expect(error?.code == .ownership)
        #expect(error?.hint?.contains("safe.directory") == true)
    }

    @Test("an unborn HEAD is its own answer and still names the default branch")
    func unborn() throws {
        let scratch = try ScratchRepository("--bare")
        let git = try scratch.open()
        #expect(code { try git.resolve(named: "HEAD") } == .unborn)
        #expect(git.defaultBranch == Reference("refs/heads/main"))
    }

    @Test("the default branch is origin's, else the usual name that exists, else HEAD's")
    func defaultBranch() throws {
        let origin = try ScratchRepository()
        try origin.commit("x", to: "a")
        try origin.git("branch", "-m", "trunk")
        #expect(try GitRepository.open(at: origin.path).defaultBranch == Reference("refs/heads/trunk"))
        let clone = try ScratchRepository(cloning: origin.path)
        try clone.git("checkout", "-q", "-b", "work")
        #expect(try GitRepository.open(at: clone.path).defaultBranch == Reference("refs/heads/trunk"))
        try origin.git("checkout", "-q", "-b", "master")
        try origin.git("checkout", "-q", "--detach")
        #expect(try GitRepository.open(at: origin.path).defaultBranch == Reference("refs/heads/master"))
    }

    @Test("a shallow clone says so, in its linked worktrees too")
    func shallow() throws {
        let origin = try ScratchRepository()
        for text in ["1", "2", "3"] { try origin.commit(text, to: "a") }
        let clone = try ScratchRepository(cloning: "file://" + origin.path, "--depth", "1")
        try clone.git("worktree", "add", "-q", clone.folder + "/side")
        #expect(try GitRepository.open(at: clone.path).isShallow)
        #expect(try GitRepository.open(at: clone.folder + "/side").isShallow)
    }
}
