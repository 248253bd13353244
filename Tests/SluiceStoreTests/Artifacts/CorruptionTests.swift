import Glibc
import SluiceModel
import Testing

@testable import SluiceStore

@Suite("what happens to stored artifacts")
struct CorruptionTests {
    let box: ArtifactSandbox

    init() throws { box = try ArtifactSandbox() }

    @Test("a stored file that was changed is found when it is to be restored, and can then be stored anew")
    func changed() throws {
        try Disk.write([1, 2, 3], to: box.out + "/a")
        let artifact = try box.ingest("a")
        chmod(box.object(artifact), 0o644)
        try Disk.write([1, 2, 4], to: box.object(artifact))
        let error = #expect(throws: ArtifactError.self) { try box.files.restore(artifact, to: box.target("back")) }
        #expect(error?.code == .corrupt)
        #expect(!Disk.exists(box.target("back")))
        #expect(!box.files.contains(artifact))
        try Disk.write([1, 2, 3], to: box.out + "/b")
        #expect(try box.ingest("b") == artifact)
        try box.files.restore(artifact, to: box.target("back"))
        #expect(Disk.read(box.target("back")) == [1, 2, 3])
    }

    @Test("storing the same bytes again mends a stored file that was changed")
    func mended() throws {
        try Disk.write([1, 2, 3], to: box.out + "/a")
        let artifact = try box.ingest("a")
        chmod(box.object(artifact), 0o644)
        try Disk.write([7, 7, 7], to: box.object(artifact))
        try Disk.write([1, 2, 3], to: box.out + "/b")
        _ = try box.ingest("b")
        try box.files.restore(artifact, to: box.target("back"))
        #expect(Disk.read(box.target("back")) == [1, 2, 3])
    }

    @Test("a stored file that was only touched is checked and given")
    func touched() throws {
        try Disk.write([1], to: box.out + "/a")
        let artifact = try box.ingest("a")
        #expect(utimes(box.object(artifact), nil) == 0)
        try box.files.restore(artifact, to: box.target("back"))
        #expect(Disk.read(box.target("back")) == [1])
    }

    @Test("a folder with a changed file is not restored, not even in part")
    func folder() throws {
        try Disk.makeFolder(box.out + "/d")
        for name in ["a", "b", "c"] { try Disk.write(Array(name.utf8), to: box.out + "/d/" + name) }
        let artifact = try box.ingest("d")
        try Disk.write(Array("b".utf8), to: box.out + "/copy")
        let object = box.object(try box.ingest("copy"))
        chmod(object, 0o644)
        try Disk.write(Array("X".utf8), to: object)
        #expect(throws: ArtifactError.self) { try box.files.restore(artifact, to: box.target("back")) }
        #expect(!Disk.exists(box.target("back")))
        #expect(!box.files.contains(artifact))
    }

    @Test("a truncated or removed object is no artifact any more")
    func gone() throws {
        try Disk.write([1, 2], to: box.out + "/a")
        let artifact = try box.ingest("a")
        chmod(box.object(artifact), 0o644)
        #expect(truncate(box.object(artifact), 1) == 0)
        #expect(!box.files.contains(artifact))
        unlink(box.object(artifact))
        let error = #expect(throws: ArtifactError.self) { try box.files.restore(artifact, to: box.target("back")) }
        #expect(error?.code == .missing)
    }

    @Test("what lies where an artifact is to go stays, and the restore fails")
    func taken() throws {
        try Disk.write([1], to: box.out + "/a")
        let artifact = try box.ingest("a")
        try Disk.write([5], to: box.target("back"))
        #expect(throws: ArtifactError.self) { try box.files.restore(artifact, to: box.target("back")) }
        #expect(Disk.read(box.target("back")) == [5])
    }
}
