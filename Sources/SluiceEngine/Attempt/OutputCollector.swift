import SluiceModel
import SluicePlanning

/// Takes what a good attempt made into the artifact store: declared outputs, then kept files.
struct OutputCollector {
    let ports: RunPorts
    let order: AttemptOrder
    let folder: AttemptFolder

    func collect(_ request: AttemptRequest) throws(ArtifactError) -> [Artifact] {
        var artifacts: [Artifact] = []
        // The grant's disk is for all of them together.
        var limit: Int64? { order.profile.request.disk.map { $0 - artifacts.reduce(0) { $0 + $1.size } } }
        for output in request.outputs {
            let isInWorkspace = output.path.hasPrefix(folder.workspace + "/")
            let root = isInWorkspace ? folder.workspace : folder.outputs
            artifacts.append(
                try ports.artifacts.ingest(
                    name: output.name, type: output.type, path: String(output.path.dropFirst(root.utf8.count + 1)),
                    root: root, limit: limit))
        }
        for path in try keptFiles() {
            artifacts.append(
                try ports.artifacts.ingest(name: path, type: .file, path: path, root: folder.workspace, limit: limit))
        }
        return artifacts
    }

    private func keptFiles() throws(ArtifactError) -> [String] {
        let globs = order.definition.definition.artifacts
        guard !globs.isEmpty else { return [] }
        do {
            return try ports.workspaces.files(below: folder.workspace, matching: globs)
        } catch {
            throw ArtifactError(.failed, "the workspace cannot be searched for artifacts: \(error)")
        }
    }
}
