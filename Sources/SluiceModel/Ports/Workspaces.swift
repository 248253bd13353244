/// The folders of attempts, outside of every repository: below the state folder, and of attempts that run elsewhere in a
/// folder of this state that their nodes see too.
package protocol Workspaces: Sendable {
    /// Where the folders of an attempt on an executor are, or would be.
    func folder(run: RunID, stage: String, number: Int, on executor: String) -> AttemptFolder
    /// Where the folders of an attempt are that a record names.
    func folder(named name: String) -> AttemptFolder
    /// Makes an attempt's folders; what a dead runner left there is removed first.
    func create(_ folder: AttemptFolder) throws(StoreError)
    /// Puts files of the commit into the workspace of an attempt on an executor. The calling thread must be the one that
    /// executes the attempt: no other may see them. nil: it was cancelled meanwhile, and they are not all there.
    func fill(
        _ folder: AttemptFolder, on executor: String, with sources: [TreeEntry], of tree: any TreeReader,
        unless cancellation: Cancellation
    ) throws(GitError) -> SnapshotKind?
    /// Takes the log of an attempt that ran elsewhere into the state folder; it stays where it is when that fails.
    func bringHome(_ folder: AttemptFolder) throws(StoreError)
    /// Removes everything but the log, and the outputs too unless they are kept for a look at a failure.
    func discard(_ folder: AttemptFolder, keepingOutputs: Bool)
    /// Makes a folder and its parents below an attempt's folder.
    func makeFolder(_ path: String) throws(StoreError)
    /// Regular files below a folder whose relative path matches, sorted; no link is followed.
    func files(below folder: String, matching globs: [Glob]) throws(StoreError) -> [String]
    /// The folder that outlives runs, for a deploy stage on an executor.
    func deployment(repository: String, pipeline: String, reference: String, on executor: String) throws(StoreError)
        -> String
}

/// Where one attempt lives.
package struct AttemptFolder: Sendable, Codable, Equatable {
    package var root: String
    /// What records hold: relative to the state folder, or absolute where it lies elsewhere.
    package var name: String
    /// The folder of this state that nodes share, where the attempt lies in it.
    package var shared: String?

    package init(root: String, name: String, shared: String? = nil) {
        self.root = root
        self.name = name
        self.shared = shared
    }

    package var workspace: String { root + "/work" }
    /// What lies above a kept tree in the workspace.
    package var layers: String { root + "/layers" }
    package var inputs: String { root + "/in" }
    package var outputs: String { root + "/out" }
    package var scratch: String { root + "/scratch" }
    package var home: String { root + "/home" }
    package var temporary: String { root + "/tmp" }
    /// A copy of its plugin, where that is not used where it lies.
    package var plugin: String { root + "/plugin" }
    package var log: String { root + "/log.jsonl" }
    /// Its metrics, beside the log.
    package var metrics: String { log + ".metrics" }
    /// What runner and plugin said to each other, beside the log.
    package var transcript: String { log + ".transcript" }
    /// Of all attempts at the stage: what a retry may resume from.
    package var checkpoints: String { root.prefix(upTo: root.lastIndex(of: "/") ?? root.endIndex) + "/checkpoints" }
}
