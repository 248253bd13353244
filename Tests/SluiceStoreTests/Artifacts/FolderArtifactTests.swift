import Glibc
import SluiceModel
import Testing

@testable import SluiceStore

@Suite("folders as artifacts")
struct FolderArtifactTests {
    let box: ArtifactSandbox

    init() throws { box = try ArtifactSandbox() }

    @Test("a folder's digest is that of the bytes which its documentation names")
    func exactBytes() throws {
        try Disk.makeFolder(box.out + "/d")
        try Disk.makeFolder(box.out + "/d/a")
        try Disk.write(Array("abc".utf8), to: box.out + "/d/a/x", mode: 0o755)
        try Disk.write([], to: box.out + "/d/a-b")
        let artifact = try box.ingest("d")
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        let text = "sluice-folder/1\n- 0 \(empty) 3 a-b\nx 3 \(abc) 3 a/x\n"
        #expect(Disk.read(box.object(artifact) + ".folder") == Array(text.utf8))
        try Disk.write(Array(text.utf8), to: box.out + "/manifest")
        #expect(try box.ingest("manifest").digest == artifact.digest)
        #expect(artifact.isFolder && artifact.size == 3)
    }

    @Test("a folder comes back whole, with names of any bytes, and cannot be mistaken for a file of the same bytes")
    func roundTrip() throws {
        let names: [[UInt8]] = [
            Array("a\nb".utf8), [0xff, 0xfe], Array("-rf".utf8), Array(" 12 x".utf8), Array("..x".utf8), [1, 2, 3],
        ]
        try Disk.makeFolder(box.out + "/d")
        try Disk.makeFolder(box.out + "/d/sub")
        for (index, name) in names.enumerated() {
            try Disk.write([UInt8(index)], to: Array((box.out + "/d/").utf8) + name)
            try Disk.write([UInt8(index)], to: Array((box.out + "/d/sub/").utf8) + name)
        }
        let artifact = try box.ingest("d")
        #expect(box.files.contains(artifact))
        var asFile = artifact
        asFile.isFolder = false
        #expect(!box.files.contains(asFile))
        try box.files.restore(artifact, to: box.target("back"))
        #expect(rename(box.target("back"), box.out + "/back") == 0)
        #expect(try box.ingest("back").digest == artifact.digest)
    }

    @Test("an empty folder and a folder of empty folders are artifacts without files")
    func empty() throws {
        try Disk.makeFolder(box.out + "/d")
        try Disk.makeFolder(box.out + "/e")
        try Disk.makeFolder(box.out + "/e/f")
        let artifact = try box.ingest("d")
        #expect(try box.ingest("e").digest == artifact.digest)
        try box.files.restore(artifact, to: box.target("back"))
        #expect(Disk.exists(box.target("back")))
    }

    @Test("the digest of a folder does not depend on the order in which its files were made")
    func orderIndependent() throws {
        let seed = UInt64.random(in: .min ... .max)
        print("seed of the folder property: \(seed)")
        var random = SeededRandom(seed: seed)
        for round in 0..<20 {
            var files: [String: [UInt8]] = [:]
            for _ in 0..<Int.random(in: 1...20, using: &random) {
                let folder = ["", "a/", "a-/", "a/b/"].randomElement(using: &random) ?? ""
                let bytes = (0..<Int.random(in: 0...9, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
                files["\(folder)\(Int.random(in: 0...99, using: &random))"] = bytes
            }
            var digests: Set<Digest> = []
            for copy in 0..<2 {
                let name = "r\(round)-\(copy)"
                for folder in ["", "/a", "/a-", "/a/b"] { try Disk.makeFolder(box.out + "/" + name + folder) }
                for file in files.sorted(by: { $0.key < $1.key }).shuffled(using: &random) {
                    try Disk.write(file.value, to: "\(box.out)/\(name)/\(file.key)")
                }
                digests.insert(try box.ingest(name).digest)
            }
            #expect(digests.count == 1, "seed \(seed), round \(round)")
        }
    }

    @Test("name, content and executable bit each change the digest")
    func sensitive() throws {
        var digests: Set<Digest> = []
        for (index, (name, byte, mode)) in [("x", 1, 0o644), ("y", 1, 0o644), ("x", 2, 0o644), ("x", 1, 0o755)]
            .enumerated()
        {
            try Disk.makeFolder("\(box.out)/\(index)")
            try Disk.write([UInt8(byte)], to: "\(box.out)/\(index)/\(name)", mode: mode_t(mode))
            digests.insert(try box.ingest("\(index)").digest)
        }
        #expect(digests.count == 4)
    }

    @Test(
        "a manifest that would lead out of the folder is damaged", arguments: ["../x", "/etc/x", "a//b", "./a", "a/.."])
    func escaping(path: String) throws {
        let manifest = FolderManifest(
            bytes: FolderManifest.header
                + Array("- 0 \(EventSamples.digest.hex) \(path.utf8.count) \(path)\n".utf8))
        let error = #expect(throws: ArtifactError.self) { try manifest.forEach { _ in } }
        #expect(error?.code == .corrupt)
    }
}

/// SplitMix64 (Steele, Lea, Flood, 2014).
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}
