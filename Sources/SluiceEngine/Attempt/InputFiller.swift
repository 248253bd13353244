import SluiceModel
import SluicePlanning

/// Puts a stage's inputs where it reads them: copies of artifacts and of files of the commit, below `in/`.
struct InputFiller {
    let ports: RunPorts
    let folder: AttemptFolder

    func fill(_ inputs: [BoundInput]) throws(PreparationError) -> [AttemptRequest.Input] {
        var filled: [AttemptRequest.Input] = []
        for input in inputs {
            let root = folder.inputs + "/" + input.name
            var items: [AttemptRequest.Input.Item] = []
            for (position, item) in input.items.enumerated() {
                let path = try place(item, of: input, position: position, root: root)
                items.append(
                    AttemptRequest.Input.Item(
                        instance: input.isMany ? item.instance : nil, path: path, digest: item.digest,
                        type: input.type))
            }
            filled.append(AttemptRequest.Input(name: input.name, items: items, isMany: input.isMany))
        }
        return filled
    }

    /// One item lies at `in/NAME`, several at `in/NAME/0`, `in/NAME/1`, …; files of the commit keep their paths.
    private func place(
        _ item: BoundInput.Item, of input: BoundInput, position: Int, root: String
    ) throws(PreparationError) -> String {
        switch item.content {
        case .artifact(let artifact):
            let path = input.isMany ? root + "/\(position)" : root
            try during("input \(input.name)") { () throws(StoreError) in
                if input.isMany { try ports.workspaces.makeFolder(root) }
            }
            try during("input \(input.name)") { () throws(ArtifactError) in
                try ports.artifacts.restore(artifact, to: path)
            }
            return path
        case .tree(let entries, let base):
            try during("input \(input.name)") { () throws(StoreError) in try ports.workspaces.makeFolder(root) }
            try during("input \(input.name)") { () throws(GitError) in
                try ports.tree.snapshot(entries, into: root)
            }
            return base.isEmpty ? root : root + "/" + base
        case .external(let path): return path
        }
    }
}
