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

    private func create(_ stage: String) throws -> AttemptFolder {
        let folder = folders.folder(run: RunID(1), stage: stage, number: 1, on: "local")
        try folders.create(folder)
        return folder
    }

    @Test("what a dead runner left in an attempt's folder is gone when it is made again")
    func madeAgain() throws {
        let first = try create("train[a=/b]")
        #expect(first.name == "runs/1/train[a=%2fb]/1")
        try Disk.write([1], to: first.workspace + "/left", mode: 0)
        chmod(first.workspace, 0o555)
        let second = try create("train[a=/b]")
        #expect(second == first)
        #expect(Disk.exists(second.workspace) && !Disk.exists(second.workspace + "/left"))
    }

    @Test("a discarded attempt keeps its log, and its outputs when they are asked for")
    func discard() throws {
        let folder = try create("s")
        try Disk.write([1], to: folder.log)
        folders.discard(folder, keepingOutputs: true)
        #expect(Disk.exists(folder.log) && Disk.exists(folder.outputs) && !Disk.exists(folder.workspace))
        folders.discard(folder, keepingOutputs: false)
        #expect(!Disk.exists(folder.outputs))
    }

    @Test("what an attempt made beside its folders goes with it, also what it made of them")
    func beside() throws {
        let folder = try create("s")
        try Disk.write([1], to: folder.log)
        for name in ["moved", ".hidden"] { try Disk.makeFolder(folder.root + "/" + name) }
        try Disk.write([1], to: folder.root + "/moved/x")
        #expect(rmdir(folder.scratch) == 0 && symlink("/etc", folder.scratch) == 0)
        folders.discard(folder, keepingOutputs: true)
        #expect(FolderNames.all(in: folder.root).sorted() == ["log.jsonl", "out"])
        #expect(Disk.exists("/etc/passwd"))
    }

    @Test("files are found by their patterns, sorted, and links are passed over")
    func files() throws {
        let folder = try create("s")
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
        let one = try folders.deployment(
            repository: "/srv/a.git", pipeline: "p", reference: "refs/heads/m", on: "local")
        let two = try folders.deployment(
            repository: "/srv/a.git", pipeline: "p", reference: "refs/heads%2fm", on: "local")
        #expect(one != two)
        #expect(one.contains("/a.git-") && one.hasSuffix("/p/heads%2fm"), "a person can read it")
        #expect(
            try folders.deployment(repository: "/b/a.git", pipeline: "p", reference: "refs/heads/m", on: "local") != one
        )
        #expect(
            try folders.deployment(repository: "/srv/a.git", pipeline: "p", reference: "refs/heads/m", on: "local")
                == one)
    }
}
