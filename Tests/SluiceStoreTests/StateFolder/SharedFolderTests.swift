import Glibc
import SluiceModel
import Testing

@testable import SluiceStore

@Suite("what nodes share with a state folder")
struct SharedFolderTests {
    let sandbox: StateSandbox
    let root: String
    let place: SharedFolder
    let folders: AttemptFolders

    init() throws {
        sandbox = try StateSandbox()
        try sandbox.folder.prepare()
        root = sandbox.path + "/root"
        try Disk.makeFolder(root)
        place = try SharedFolder(root: root, state: sandbox.folder)
        folders = AttemptFolders(folder: sandbox.folder, shared: ["cluster": place])
    }

    private func create(_ stage: String = "s", run: Int64 = 1, number: Int = 1) throws -> AttemptFolder {
        let folder = folders.folder(run: RunID(run), stage: stage, number: number, on: "cluster")
        try folders.create(folder)
        return folder
    }

    @Test(
        "an attempt elsewhere lies below the shared root in a folder of this state alone, and a record's name leads there"
    )
    func elsewhere() throws {
        let folder = try create("train[a=/b]")
        #expect(folder.root.hasPrefix(root + "/sluice-") && folder.root.hasSuffix("/runs/1/train[a=%2fb]/1"))
        #expect(Disk.exists(folder.workspace) && Disk.mode(place.path) == 0o700)
        #expect(folders.folder(named: folder.name) == folder)
        #expect(
            AttemptFolders(folder: sandbox.folder).folder(named: folder.name) == folder, "without the configuration")
        #expect(!Disk.exists(sandbox.folder.runs + "/1"))
        let local = folders.folder(run: RunID(1), stage: "s", number: 1, on: "local")
        #expect(local.root.hasPrefix(sandbox.folder.path) && local.shared == nil)
        let deployment = try folders.deployment(
            repository: "/srv/a.git", pipeline: "p", reference: "refs/heads/m", on: "cluster")
        #expect(deployment.hasPrefix(place.path + "/deployments/a.git-"))
    }

    @Test("a state folder keeps its name, and no two have the same")
    func identity() throws {
        let other = try StateSandbox()
        try other.folder.prepare()
        #expect(try SharedFolder(root: root, state: sandbox.folder) == place)
        #expect(try SharedFolder(root: root, state: other.folder) != place)
        try Disk.write(Array("../../../etc/x\n".utf8), to: sandbox.folder.path + "/id")
        #expect(throws: StoreError.self) { try SharedFolder(root: root, state: sandbox.folder) }
    }

    @Test("a log comes home whole and is found before and after; outputs of a failure are all that stays")
    func comesHome() throws {
        let folder = try create()
        let decision = GateDecision(verdict: .admit, method: "test")
        let started = RunEvent.Started(
            number: 1, profile: "p", executor: "cluster", decision: decision, folder: folder.name)
        let paths = sandbox.folder.folders(of: started, at: "s", in: RunID(1)).map(\.log)
        try Disk.write(Array("line\n".utf8), to: folder.log)
        try Disk.write(Array("metric\n".utf8), to: folder.metrics)
        try Disk.write(Array("said\n".utf8), to: folder.transcript)
        #expect(paths.map { Disk.exists($0) } == [false, true])
        try folders.bringHome(folder)
        try folders.bringHome(folder)
        #expect(paths.map { Disk.exists($0) } == [true, false])
        #expect(Disk.read(paths[0]) == Array("line\n".utf8))
        #expect(Disk.read(paths[0] + ".metrics") == Array("metric\n".utf8))
        #expect(Disk.read(paths[0] + ".transcript") == Array("said\n".utf8))
        try Disk.write([1], to: folder.outputs + "/model")
        folders.discard(folder, keepingOutputs: true)
        #expect(Disk.exists(folder.outputs + "/model") && !Disk.exists(folder.workspace))
        folders.discard(folder, keepingOutputs: false)
        #expect(!Disk.exists(folder.root))
    }

    @Test("what took a log's place and is no file of this user does not come home")
    func noLog() throws {
        let folder = try create()
        #expect(symlink("/etc/passwd", folder.log) == 0)
        #expect(throws: StoreError.self) { try folders.bringHome(folder) }
        #expect(mkfifo(folder.metrics, 0o600) == 0)
        #expect(throws: StoreError.self) { try folders.bringHome(folder) }
        #expect(!Disk.exists(sandbox.folder.runs + "/1/s/1/log.jsonl"))
    }

    @Test("of ended runs a sweep leaves outputs of failures alone, of others everything")
    func sweep() throws {
        let failed = try create("failed")
        try Disk.write([1], to: failed.outputs + "/model")
        let died = try create("died", number: 2)
        try Disk.makeFolder(died.root + "/node")
        try Disk.write([1], to: died.root + "/node/request.json")
        try Disk.makeFolder(died.checkpoints)
        let running = try create(run: 2)
        place.sweep { $0 == RunID(1) }
        #expect(Disk.exists(failed.outputs + "/model") && !Disk.exists(failed.workspace))
        #expect(!Disk.exists(place.runs + "/1/died") && Disk.exists(running.workspace))
        try TreeRemoval.remove(failed.outputs)
        place.sweep { _ in true }
        #expect(!Disk.exists(place.runs + "/1") && !Disk.exists(place.runs + "/2"))
    }

    @Test("a root that is missing, that others can change, or a folder that is not ours is refused with what to do")
    func untrusted() throws {
        chmod(root, 0o777)
        expectRefusal("may be changed by others")
        chmod(root, 0o1777)
        try place.check()
        try Disk.makeFolder(place.path)
        chmod(place.path, 0o755)
        expectRefusal("no folder that is this user's alone")
        try TreeRemoval.remove(place.path)
        try Disk.makeFolder(sandbox.path + "/trap")
        chmod(sandbox.path + "/trap", 0o700)
        #expect(symlink(sandbox.path + "/trap", place.path) == 0)
        expectRefusal("no folder that is this user's alone")
        #expect(throws: StoreError.self) { try create() }
        #expect(try FolderNames.below(sandbox.path + "/trap").isEmpty, "no link is followed")
        try TreeRemoval.remove(root)
        expectRefusal("is no folder that is there")
    }

    @Test("a folder of another user is refused", .enabled(if: geteuid() == 0, "only root can give a folder away"))
    func foreign() throws {
        try Disk.makeFolder(place.path)
        #expect(chmod(place.path, 0o700) == 0 && chown(place.path, 12345, 12345) == 0)
        expectRefusal("no folder that is this user's alone")
        #expect(chown(root, 12345, 12345) == 0)
        expectRefusal("may be changed by others")
    }

    private func expectRefusal(_ words: String, sourceLocation: Testing.SourceLocation = #_sourceLocation) {
        let error = #expect(throws: StoreError.self, sourceLocation: sourceLocation) { try place.check() }
        #expect(error?.message.contains(words) == true, "\(String(describing: error))", sourceLocation: sourceLocation)
    }
}

private enum FolderNames {
    static func below(_ path: String) throws -> [String] {
        let reader = try FolderReader(Descriptor.open(path, O_RDONLY | O_DIRECTORY))
        var names: [String] = []
        while let name = try reader.next() { names.append(String(decoding: name.bytes, as: UTF8.self)) }
        return names
    }
}
