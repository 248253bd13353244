import Glibc
import SluiceModel
import Testing

@testable import SluiceStore

@Suite("folders of attempts")
struct AttemptFoldersTests {
    let sandbox: StateSandbox
    let folders: AttemptFolders

    init() throws {
        sandbox = try StateSandbox()
        try sandbox.folder.prepare()
        folders = AttemptFolders(folder: sandbox.folder)
    }

    @Test("what a dead runner left in an attempt's folder is gone when it is made again")
    func madeAgain() throws {
        let first = try folders.create(run: RunID(1), stage: "train[a=/b]", number: 1)
        #expect(first.name == "runs/1/train[a=%2fb]/1")
        try Disk.write([1], to: first.workspace + "/left", mode: 0)
        chmod(first.workspace, 0o555)
        let second = try folders.create(run: RunID(1), stage: "train[a=/b]", number: 1)
        #expect(second == first)
        #expect(Disk.exists(second.workspace) && !Disk.exists(second.workspace + "/left"))
    }

    @Test("a discarded attempt keeps its log, and its outputs when they are asked for")
    func discard() throws {
        let folder = try folders.create(run: RunID(1), stage: "s", number: 1)
        try Disk.write([1], to: folder.log)
        folders.discard(folder, keepingOutputs: true)
        #expect(Disk.exists(folder.log) && Disk.exists(folder.outputs) && !Disk.exists(folder.workspace))
        folders.discard(folder, keepingOutputs: false)
        #expect(!Disk.exists(folder.outputs))
    }

    @Test("files are found by their patterns, sorted, and links are passed over")
    func files() throws {
        let folder = try folders.create(run: RunID(1), stage: "s", number: 1)
        try folders.makeFolder(folder.workspace + "/sub/deep")
        for name in ["b.csv", "a.csv", "sub/deep/c.csv", "x.txt"] {
            try Disk.write([1], to: folder.workspace + "/" + name)
        }
        #expect(symlink("/etc", folder.workspace + "/link") == 0)
        #expect(
            try folders.files(below: folder.workspace, matching: [Glob("**/*.csv")])
                == ["a.csv", "b.csv", "sub/deep/c.csv"])
    }

    @Test("nothing is made outside of the state folder")
    func outside() {
        #expect(throws: StoreError.self) { try folders.makeFolder(sandbox.path + "/elsewhere") }
        #expect(throws: StoreError.self) { try folders.makeFolder(sandbox.folder.path + "/../elsewhere") }
        #expect(!Disk.exists(sandbox.path + "/elsewhere"))
    }

    @Test("deployments of different references have different folders that stay")
    func deployments() throws {
        let one = try folders.deployment(repository: "/srv/a.git", pipeline: "p", reference: "refs/heads/m")
        let two = try folders.deployment(repository: "/srv/a.git", pipeline: "p", reference: "refs/heads%2fm")
        #expect(one != two)
        #expect(one.contains("/a.git-") && one.hasSuffix("/p/heads%2fm"), "a person can read it")
        #expect(try folders.deployment(repository: "/b/a.git", pipeline: "p", reference: "refs/heads/m") != one)
        #expect(try folders.deployment(repository: "/srv/a.git", pipeline: "p", reference: "refs/heads/m") == one)
    }
}
