import SluiceModel
import SluicePlanning

/// Puts a stage's inputs where it reads them: copies of artifacts and of files of the commit, below `in/`.
struct InputFiller {
    let ports: RunPorts
    let folder: AttemptFolder

    func fill(
        _ inputs: [BoundInput], unless cancellation: Cancellation
    ) throws(PreparationError) -> [AttemptRequest.Input] {
        for input in inputs {
            for (position, item) in input.items.enumerated() {
                try cancellation.check()
                try place(item, of: input, at: path(of: item, in: input, position), unless: cancellation)
            }
        }
        return filled(inputs)
    }

    /// The inputs of an attempt where they are put already.
    func filled(_ inputs: [BoundInput]) -> [AttemptRequest.Input] {
        inputs.map { input in
            let items = input.items.enumerated().map { position, item in
                AttemptRequest.Input.Item(
                    instance: input.isMany ? item.instance : nil, path: path(of: item, in: input, position),
                    digest: item.digest, type: input.type)
            }
            return AttemptRequest.Input(name: input.name, items: items, isMany: input.isMany)
        }
    }

    private func root(of input: BoundInput) -> String { folder.inputs + "/" + input.name }

    /// One item lies at `in/NAME`, several at `in/NAME/0`, `in/NAME/1`, …; files of the commit keep their paths.
    private func path(of item: BoundInput.Item, in input: BoundInput, _ position: Int) -> String {
        switch item.content {
        case .artifact: input.isMany ? root(of: input) + "/\(position)" : root(of: input)
        case .tree(_, let base): base.isEmpty ? root(of: input) : root(of: input) + "/" + base
        case .external(let path): path
        }
    }

    private func place(
        _ item: BoundInput.Item, of input: BoundInput, at path: String, unless cancellation: Cancellation
    ) throws(PreparationError) {
        let root = root(of: input)
        switch item.content {
        case .artifact(let artifact):
            try during("input \(input.name)") { () throws(StoreError) in
                if input.isMany { try ports.workspaces.makeFolder(root) }
            }
            do {
                try during("input \(input.name)") { () throws(ArtifactError) in
                    try ports.artifacts.restore(artifact, to: path, unless: cancellation)
                }
            } catch {
                try cancellation.check()
                throw error
            }
        case .tree(let entries, _):
            try during("input \(input.name)") { () throws(StoreError) in try ports.workspaces.makeFolder(root) }
            try during("input \(input.name)") { () throws(GitError) in
                try ports.tree.snapshot(entries, into: root)
            }
        case .external: break
        }
    }
}
