import Foundation
import Glibc
import SluiceModel
import SluiceTesting
import Synchronization
import Testing

@testable import SluiceStore

/// A tree in memory that can be written to the real disk.
private struct WrittenTree: TreeReader {
    var memory: MemoryTree
    /// Called after each file.
    var wrote: @Sendable () -> Void = {}

    func entry(at path: String) throws(GitError) -> TreeEntry? { try memory.entry(at: path) }
    func entries(under folder: String) throws(GitError) -> [TreeEntry] { try memory.entries(under: folder) }
    func contents(of entry: TreeEntry, limit: Int) throws(GitError) -> [UInt8] {
        try memory.contents(of: entry, limit: limit)
    }
    func size(of entry: TreeEntry) throws(GitError) -> Int64 { try memory.size(of: entry) }

    func snapshot(_ entries: [TreeEntry], into folder: String) throws(GitError) {
        for entry in entries {
            for parent in SnapshotDifference.folders(above: entry.path) { mkdir(folder + "/" + parent, 0o755) }
            let mode: mode_t = entry.kind == .executable ? 0o755 : 0o644
            do { try Disk.write(contents(of: entry, limit: .max), to: folder + "/" + entry.path, mode: mode) } catch {
                throw GitError(.failed, "\(entry.path): \(error)")
            }
            wrote()
        }
    }
}

/// What is below a folder: texts by path, and folders that hold nothing.
private func shown(_ folder: String) -> [String: String] {
    var found: [String: String] = [:]
    for path in FileManager.default.enumerator(atPath: folder)?.compactMap({ $0 as? String }) ?? [] {
        var isFolder: ObjCBool = false
        _ = FileManager.default.fileExists(atPath: folder + "/" + path, isDirectory: &isFolder)
        let inner = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/" + path)) ?? []
        if isFolder.boolValue, inner.isEmpty { found[path] = "an empty folder" }
        if !isFolder.boolValue {
            found[path] = Disk.read(folder + "/" + path).map { String(decoding: $0, as: UTF8.self) }
        }
    }
    return found
}

/// Runs on a thread of its own, as attempts do: its mounts end with it.
private func onOwnThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread { continuation.resume(with: Result { try body() }) }.start()
    }
}

@Suite("trees that are kept below workspaces")
struct KeptTreesTests {
    private let sandbox: StateSandbox
    private let folders: AttemptFolders

    init() throws {
        sandbox = try StateSandbox()
        try sandbox.folder.prepare()
        folders = AttemptFolders(
            folder: sandbox.folder, trees: KeptTrees(in: sandbox.folder, fewest: 10, most: 2))
    }

    private var kept: [String] { FolderNames.all(in: sandbox.folder.trees).sorted() }

    /// Fills the workspace of one attempt, looks, and discards it, on a thread of its own.
    private func attempt<Value: Sendable>(
        at files: [String: String], number: Int = 1, on executor: String = "local",
        _ look: @escaping @Sendable (AttemptFolder, SnapshotKind) throws -> Value
    ) async throws -> Value {
        try await onOwnThread { [folders] in
            let tree = WrittenTree(memory: MemoryTree(files: files))
            let folder = folders.folder(run: RunID(1), stage: "a,b=c", number: number, on: executor)
            try folders.create(folder)
            let kind = try folders.fill(
                folder, on: executor, with: tree.entries(under: ""), of: tree, unless: Cancellation())
            defer { folders.discard(folder, keepingOutputs: false) }
            return try look(folder, #require(kind))
        }
    }

    private static func files(_ count: Int, _ text: String = "x") -> [String: String] {
        Dictionary(uniqueKeysWithValues: (0..<count).map { ("d\($0 % 7)/e\($0 % 3)/f\($0)", "\(text)\($0)") })
    }

    @Test(
        "a workspace over a tree that is kept shows its commit exactly, whatever changed", .enabled(if: Overlays.work))
    func exact() async throws {
        var files = Self.files(100)
        var random = SystemRandomNumberGenerator()
        for round in 0..<15 {
            let wanted = files
            let (kind, found) = try await attempt(at: wanted, number: round + 1) { ($1, shown($0.workspace)) }
            #expect(kind == .overlay)
            #expect(found == wanted, "round \(round)")
            let names = files.keys.sorted()
            switch round % 5 {
            case 0: files[names[Int.random(in: 0..<names.count, using: &random)]] = "changed"
            case 1: for name in names where name.hasPrefix("d\(round % 7)/e1/") { files[name] = nil }
            case 2:
                for name in names where name.hasPrefix("d\(round % 7)/e2/") { files[name] = nil }
                files["d\(round % 7)/e2"] = "a file now"
            case 3:
                let name = names[Int.random(in: 0..<names.count, using: &random)]
                files[name] = nil
                files[name + "/below"] = "a folder now"
            default: files["new\(round)/deep/file"] = "new"
            }
        }
    }

    @Test("what a stage writes, removes and renames is seen in its workspace alone", .enabled(if: Overlays.work))
    func apart() async throws {
        let files = Self.files(50)
        let seen = try await attempt(at: files) { [folders] folder, _ in
            try Disk.write([65], to: folder.workspace + "/d0/e0/f0")
            #expect(rename(folder.workspace + "/d1", folder.workspace + "/moved") == 0)
            #expect(unlink(folder.workspace + "/d2/e2/f2") == 0)
            return try folders.files(below: folder.workspace, matching: [Glob("**")])
        }
        #expect(seen.contains("moved/e1/f1") && !seen.contains("d1/e1/f1") && !seen.contains("d2/e2/f2"))
        #expect(seen.count == 49)
        let tree = try #require(kept.first)
        #expect(shown(sandbox.folder.trees + "/" + tree + "/files") == files)
        #expect(try await attempt(at: files, number: 2) { folder, _ in shown(folder.workspace) } == files)
        #expect(!Disk.exists(sandbox.folder.path + "/" + "runs/1/a,b=c/1/layers"))
    }

    @Test("a commit that differs in few files has those written, and nothing else", .enabled(if: Overlays.work))
    func proportional() async throws {
        var files = Self.files(200)
        _ = try await attempt(at: files) { _, _ in }
        let first = kept
        files["d0/e0/f0"] = "changed"
        files["d1/e1/f1"] = nil
        let written = try await attempt(at: files, number: 2) { folder, _ in
            FileManager.default.subpaths(atPath: folder.layers + "/upper")?.filter { $0.contains("/f") }.sorted()
        }
        #expect(written == ["d0/e0/f0", "d1/e1/f1"])
        #expect(kept == first)
    }

    /// A program that another test starts holds all trees until it is executed: what stays for that goes the next time.
    @Test("no more trees are kept than are to be, and one that is in use stays", .enabled(if: Overlays.work))
    func bounded() async throws {
        let trees = sandbox.folder.trees
        try await attempt(at: Self.files(20, "a")) { [add] folder, _ in
            for number in 0..<50 where number < 3 || FolderNames.all(in: trees).count > 3 { add("b\(number)") }
            #expect(shown(folder.workspace) == Self.files(20, "a"))
            #expect(FolderNames.all(in: trees).count == 3, "two, and the one that is in use")
        }
        for number in 0..<50 where number == 0 || kept.count > 2 { add("c\(number)") }
        #expect(kept.count == 2)
    }

    /// Another attempt, from its start to its end.
    private var add: @Sendable (String) -> Void {
        { [folders] text in
            let done = DispatchSemaphore(value: 0)
            Thread {
                let tree = WrittenTree(memory: MemoryTree(files: Self.files(20, text)))
                let folder = folders.folder(run: RunID(2), stage: text, number: 1, on: "local")
                try? folders.create(folder)
                _ = try? folders.fill(
                    folder, on: "local", with: tree.entries(under: ""), of: tree, unless: Cancellation())
                folders.discard(folder, keepingOutputs: false)
                done.signal()
            }.start()
            done.wait()
        }
    }

    @Test("what a writer that died left is no tree, and goes", .enabled(if: Overlays.work))
    func halfWritten() async throws {
        let half = sandbox.folder.trees + "/1"
        for folder in [half, half + "/files"] { try Disk.makeFolder(folder) }
        try Disk.write([1], to: half + "/files/only")
        let files = Self.files(20)
        #expect(try await attempt(at: files) { folder, _ in shown(folder.workspace) } == files)
        #expect(!Disk.exists(half) && kept.count == 1)
    }

    /// Fills a workspace that is discarded at once.
    private func fill(
        with tree: WrittenTree, on executor: String = "local", unless cancellation: Cancellation
    ) async throws -> SnapshotKind? {
        try await onOwnThread { [folders] in
            let folder = folders.folder(run: RunID(1), stage: "a", number: 1, on: executor)
            try folders.create(folder)
            defer { folders.discard(folder, keepingOutputs: false) }
            return try folders.fill(
                folder, on: executor, with: tree.entries(under: ""), of: tree, unless: cancellation)
        }
    }

    @Test("whoever is cancelled waits no longer for the tree that another writes", .enabled(if: Overlays.work))
    func cancelledWaiting() async throws {
        let other = try HeldLock.hold(sandbox.folder.locks + "/trees.lock")
        let cancellation = Cancellation()
        let tree = WrittenTree(memory: MemoryTree(files: Self.files(20)), wrote: { Issue.record("it went on") })
        Thread {
            usleep(50_000)
            cancellation.cancel(.user)
        }.start()
        #expect(try await fill(with: tree, unless: cancellation) == nil)
        #expect(kept.isEmpty)
        withExtendedLifetime(other) {}
    }

    @Test("a cancel ends the writing of many files, and what was written goes", arguments: ["local", "cluster"])
    func cancelledWriting(_ executor: String) async throws {
        let cancellation = Cancellation()
        let count = Mutex(0)
        let tree = WrittenTree(
            memory: MemoryTree(files: Self.files(3000)),
            wrote: {
                count.withLock { $0 += 1 }
                cancellation.cancel(.superseded)
            })
        #expect(try await fill(with: tree, on: executor, unless: cancellation) == nil)
        #expect(count.withLock { $0 } == 1000, "no more than a piece")
        #expect(kept.isEmpty)
    }

    @Test("few files, and attempts on other executors, are copied")
    func copied() async throws {
        let few = Self.files(9)
        #expect(try await attempt(at: few) { $1 == .copy && shown($0.workspace) == few })
        let many = Self.files(20)
        #expect(try await attempt(at: many, number: 2, on: "cluster") { $1 == .copy && shown($0.workspace) == many })
        #expect(kept.isEmpty)
    }
}
