import SluiceModel
import SluiceStore

/// A store of artifacts and a stage's output folder beside it.
struct ArtifactSandbox {
    let state: StateSandbox
    let files: ArtifactFiles
    let out: String

    init() throws {
        state = try StateSandbox()
        try state.folder.prepare()
        files = ArtifactFiles(folder: state.folder)
        out = state.path + "/out"
        try Disk.makeFolder(out)
    }

    func ingest(
        _ path: String, _ limits: OutputLimits = OutputLimits(), unless cancellation: Cancellation = Cancellation()
    ) throws -> Artifact {
        try files.ingest(name: "o", type: .file, path: path, root: out, limits: limits, unless: cancellation)
    }

    /// The object of a file's digest in the store.
    func object(_ artifact: Artifact) -> String {
        state.folder.artifacts + "/" + artifact.digest.hex.prefix(2) + "/" + artifact.digest.hex.dropFirst(2)
    }

    func target(_ name: String) -> String { state.path + "/" + name }
}
