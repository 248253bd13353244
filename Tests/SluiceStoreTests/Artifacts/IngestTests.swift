import Glibc
import SluiceModel
import Testing

@testable import SluiceStore

@Suite("taking outputs in")
struct IngestTests {
    let box: ArtifactSandbox

    init() throws { box = try ArtifactSandbox() }

    @Test("a file is known by the SHA-256 of its bytes and comes back read-only")
    func file() throws {
        try Disk.write(Array("abc".utf8), to: box.out + "/a")
        let artifact = try box.ingest("a")
        #expect(artifact.digest.hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(artifact.size == 3 && !artifact.isFolder)
        #expect(box.files.contains(artifact))
        try box.files.restore(artifact, to: box.target("back"))
        #expect(Disk.read(box.target("back")) == Array("abc".utf8))
        #expect(Disk.mode(box.target("back")) == 0o444)
        #expect(Disk.mode(box.object(artifact)) == 0o444)
        var (stored, given) = (stat(), stat())
        #expect(stat(box.object(artifact), &stored) == 0 && stat(box.target("back"), &given) == 0)
        #expect(stored.st_nlink == 1 && stored.st_ino != given.st_ino)
    }

    @Test("the executable bit survives, also when the same bytes were stored without it")
    func executable() throws {
        try Disk.write([1], to: box.out + "/plain")
        try Disk.write([1], to: box.out + "/tool", mode: 0o755)
        let plain = try box.ingest("plain")
        let tool = try box.ingest("tool")
        #expect(plain.digest == tool.digest)
        try box.files.restore(tool, to: box.target("tool"))
        #expect(Disk.mode(box.target("tool")) == 0o555)
    }

    @Test("an export is writable for its owner")
    func export() throws {
        try Disk.write([1], to: box.out + "/a")
        let artifact = try box.ingest("a")
        try box.files.export(artifact, to: box.target("mine"))
        #expect(Disk.mode(box.target("mine")) == 0o644)
    }

    @Test("a file with more than one name is copied, never moved: its other name cannot change what is stored")
    func hardLink() throws {
        try Disk.write([1, 2], to: box.out + "/a")
        #expect(link(box.out + "/a", box.state.path + "/other") == 0)
        let artifact = try box.ingest("a")
        try Disk.write([9, 9], to: box.state.path + "/other")
        #expect(Disk.read(box.object(artifact)) == [1, 2])
        #expect(Disk.exists(box.out + "/a"))
    }

    @Test(
        "what a cancelled stage has made is taken in, unless everything is to end at once; what it would read is not given"
    )
    func cancelled() throws {
        let cancellation = Cancellation()
        for name in ["a", "b"] { try Disk.write(Array(name.utf8), to: box.out + "/" + name) }
        cancellation.cancel(.user)
        let artifact = try box.ingest("a", unless: cancellation)
        cancellation.killNow(.user)
        #expect(throws: ArtifactError.self) { try box.ingest("b", unless: cancellation) }
        #expect(Disk.read(box.out + "/b") == Array("b".utf8))
        #expect(throws: ArtifactError.self) {
            try box.files.restore(artifact, to: box.target("back"), unless: cancellation)
        }
        #expect(!Disk.exists(box.target("back")))
    }

    @Test("what lies behind a link is not taken when the folder of outputs itself became one")
    func linkedRoot() throws {
        let elsewhere = box.target("elsewhere")
        try Disk.makeFolder(elsewhere)
        try Disk.write([1], to: elsewhere + "/a")
        #expect(rmdir(box.out) == 0 && symlink(elsewhere, box.out) == 0)
        let error = #expect(throws: ArtifactError.self) { try box.ingest("a") }
        #expect(error?.code == .notRegular)
        #expect(Disk.exists(elsewhere + "/a"))
    }

    @Test(
        "what is no file or folder is refused and named",
        arguments: ["link", "dangling", "folder-link", "fifo", "socket", "d/deep/link", "device"])
    func notRegular(kind: String) throws {
        try Disk.write([1], to: box.out + "/file")
        try Disk.makeFolder(box.out + "/d")
        try Disk.makeFolder(box.out + "/d/deep")
        let path = box.out + "/" + kind
        switch kind {
        case "fifo": #expect(mkfifo(path, 0o644) == 0)
        case "socket": #expect(mknod(path, S_IFSOCK | 0o644, 0) == 0)
        case "device":
            guard geteuid() == 0 else { return }
            #expect(mknod(path, S_IFCHR | 0o666, (1 << 8) | 3) == 0)
        case "dangling": #expect(symlink("nowhere", path) == 0)
        case "folder-link": #expect(symlink("d", path) == 0)
        default: #expect(symlink("/etc/passwd", path) == 0)
        }
        let asked = kind == "d/deep/link" ? "d" : kind
        let error = #expect(throws: ArtifactError.self) { try box.ingest(asked) }
        #expect(error?.code == .notRegular)
        #expect(error?.message.contains(kind) == true, "\(String(describing: error))")
    }

    @Test("a link on the way to an output is not followed")
    func linkOnTheWay() throws {
        #expect(symlink("/etc", box.out + "/l") == 0)
        let error = #expect(throws: ArtifactError.self) { try box.ingest("l/passwd") }
        #expect(error?.code == .notRegular)
    }

    @Test("a path that leaves the folder is refused", arguments: ["../out/a", "a/../../x", "", ".", "/"])
    func leaving(path: String) throws {
        try Disk.write([1], to: box.out + "/a")
        let error = #expect(throws: ArtifactError.self) { try box.ingest(path) }
        #expect(error?.code == .failed)
    }

    @Test("what was not made is missing", arguments: ["nothing", "no/where"])
    func missing(path: String) throws {
        let error = #expect(throws: ArtifactError.self) { try box.ingest(path) }
        #expect(error?.code == .missing)
    }

    @Test("the apparent size counts: a sparse file is over the limit, alone and in a folder, and stays where it was")
    func sparse() throws {
        try Disk.makeFolder(box.out + "/d")
        for path in ["/s", "/d/s"] {
            try Disk.write([], to: box.out + path)
            #expect(truncate(box.out + path, 1 << 40) == 0)
        }
        for path in ["s", "d"] {
            let error = #expect(throws: ArtifactError.self) { try box.ingest(path, OutputLimits(bytes: 1 << 30)) }
            #expect(error?.code == .tooLarge)
        }
        #expect(Disk.exists(box.out + "/s") && Disk.exists(box.out + "/d/s"))
    }

    @Test("a file of just the limit passes")
    func justTheLimit() throws {
        try Disk.write([1, 2, 3], to: box.out + "/a")
        #expect(try box.ingest("a", OutputLimits(bytes: 3)).size == 3)
    }

    @Test("a folder of more files or folders than the limit is refused before one is taken, and stays where it was")
    func manyFiles() throws {
        for (folder, make) in [
            ("files", { try Disk.write([1], to: $0) }), ("folders", { try Disk.makeFolder($0) }),
        ] as [(String, (String) throws -> Void)] {
            try Disk.makeFolder("\(box.out)/\(folder)")
            for index in 0..<100 { try make("\(box.out)/\(folder)/\(index)") }
            let error = #expect(throws: ArtifactError.self) { try box.ingest(folder, OutputLimits(files: 99)) }
            #expect(error?.code == .tooLarge && error?.message == "\(folder) has more than 99 \(folder)")
            #expect((0..<100).allSatisfy { Disk.exists("\(box.out)/\(folder)/\($0)") })
            #expect(try box.ingest(folder, OutputLimits(files: 100)).isFolder)
        }
    }

    @Test("by default two million files are taken and not one more")
    func usualLimit() { #expect(OutputLimits().files == 2_000_000) }

    @Test("folders in each other without end are refused, not followed until something breaks")
    func deep() throws {
        var path = box.out
        for _ in 0..<(TreeWalk.deepest + 5) {
            path += "/d"
            try Disk.makeFolder(path)
        }
        let error = #expect(throws: ArtifactError.self) { try box.ingest("d") }
        #expect(error?.code == .tooLarge)
    }
}
