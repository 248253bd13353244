/// The folders of attempts, below the state folder and outside of every repository.
package protocol Workspaces: Sendable {
    /// Where an attempt's folders are, or would be.
    func folder(run: RunID, stage: String, number: Int) -> AttemptFolder
    /// Makes an attempt's folders; what a dead runner left there is removed first.
    func create(run: RunID, stage: String, number: Int) throws(StoreError) -> AttemptFolder
    /// Removes everything but the log, and the outputs too unless they are kept for a look at a failure.
    func discard(_ folder: AttemptFolder, keepingOutputs: Bool)
    /// Makes a folder and its parents below an attempt's folder.
    func makeFolder(_ path: String) throws(StoreError)
    /// Regular files below a folder whose relative path matches, sorted; no link is followed.
    func files(below folder: String, matching globs: [Glob]) throws(StoreError) -> [String]
    /// The folder that outlives runs, for a deploy stage.
    func deployment(repository: String, pipeline: String, reference: String) throws(StoreError) -> String
}

/// Where one attempt lives.
package struct AttemptFolder: Sendable, Codable, Equatable {
    package var root: String
    /// Relative to the state folder; what records hold.
    package var name: String

    package init(root: String, name: String) {
        self.root = root
        self.name = name
    }

    package var workspace: String { root + "/work" }
    package var inputs: String { root + "/in" }
    package var outputs: String { root + "/out" }
    package var scratch: String { root + "/scratch" }
    package var home: String { root + "/home" }
    package var temporary: String { root + "/tmp" }
    package var log: String { root + "/log.jsonl" }
    /// Of all attempts at the stage: what a retry may resume from.
    package var checkpoints: String { root.prefix(upTo: root.lastIndex(of: "/") ?? root.endIndex) + "/checkpoints" }
}
