import SluiceModel
import SluicePlanning

/// Takes what a good attempt made into the artifact store: declared outputs, then kept files.
struct OutputCollector {
    let ports: RunPorts
    let order: AttemptOrder
    let folder: AttemptFolder

    private static let mostKept = 10_000

    func collect(_ request: AttemptRequest, unless cancellation: Cancellation) throws(ArtifactError) -> [Artifact] {
        var artifacts: [Artifact] = []
        // The grant's disk is for all of them together.
        var limits: OutputLimits {
            OutputLimits(
                bytes: order.profile.request.disk.map { $0 - artifacts.reduce(0) { $0 + $1.size } },
                files: request.limits.files)
        }
        for output in request.outputs {
            let isInWorkspace = output.path.hasPrefix(folder.workspace + "/")
            let root = isInWorkspace ? folder.workspace : folder.outputs
            artifacts.append(
                try ports.artifacts.ingest(
                    name: output.name, type: output.type, path: String(output.path.dropFirst(root.utf8.count + 1)),
                    root: root, limits: limits, unless: cancellation))
        }
        for path in try keptFiles() {
            artifacts.append(
                try ports.artifacts.ingest(
                    name: path, type: .file, path: path, root: folder.workspace, limits: limits, unless: cancellation))
        }
        return artifacts
    }

    /// Each of them is a line of the record.
    private func keptFiles() throws(ArtifactError) -> [String] {
        let globs = order.definition.definition.artifacts
        guard !globs.isEmpty else { return [] }
        let paths: [String]
        do {
            paths = try ports.workspaces.files(below: folder.workspace, matching: globs)
        } catch {
            throw ArtifactError(.failed, "the workspace cannot be searched for artifacts: \(error)")
        }
        guard paths.count <= Self.mostKept else {
            let count = "\(paths.count) files of the workspace, more than \(Self.mostKept)"
            throw ArtifactError(.tooLarge, "`artifacts` matches \(count): keep them as a folder, as one of `outputs`")
        }
        return paths
    }
}
