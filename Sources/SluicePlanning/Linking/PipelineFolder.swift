import SluiceModel

/// Finds the pipeline definitions of a revision: `pipelines/*.yaml` and `*.yml`.
package enum PipelineFolder {
    package struct Contents: Sendable, Equatable {
        /// Sorted by path.
        package var files: [SourceText]
        /// Of what cannot be a definition: links, submodules, files over 1 MiB.
        package var diagnostics: [Diagnostic]
    }

    package static let name = "pipelines"
    /// Nothing is read of a folder that holds more.
    package static let mostDefinitions = 64

    package static func definitions(in tree: any TreeReader) throws(GitError) -> Contents {
        var contents = Contents(files: [], diagnostics: [])
        if let folder = try tree.entry(at: name), folder.kind == .link || folder.kind == .submodule {
            contents.diagnostics.append(diagnostic(LinkFindings.pipelinesFolder(folder.kind), at: name))
            return contents
        }
        let definitions = try tree.entries(under: name).filter { isDefinition($0.path) }
        guard definitions.count <= mostDefinitions else {
            let finding = PipelineFindings.tooMany("pipelines", definitions.count, limit: mostDefinitions)
            contents.diagnostics.append(diagnostic(finding, at: name))
            return contents
        }
        for entry in definitions {
            switch entry.kind {
            case .link: contents.diagnostics.append(diagnostic(LinkFindings.pipelineLink, at: entry.path))
            case .submodule: contents.diagnostics.append(diagnostic(LinkFindings.pipelineSubmodule, at: entry.path))
            case .folder: continue
            case .file, .executable: try read(entry, of: tree, into: &contents)
            }
        }
        return contents
    }

    /// Directly in the folder, and not hidden.
    private static func isDefinition(_ path: String) -> Bool {
        let steps = path.split(separator: "/")
        guard steps.count == 2, !steps[1].hasPrefix(".") else { return false }
        return path.hasSuffix(".yaml") || path.hasSuffix(".yml")
    }

    private static func read(
        _ entry: TreeEntry, of tree: any TreeReader, into contents: inout Contents
    ) throws(GitError) {
        do throws(GitError) {
            let bytes = try tree.contents(of: entry, limit: YAMLReader.maximumBytes)
            contents.files.append(SourceText(path: entry.path, bytes: bytes))
        } catch {
            guard error.code == .tooLarge else { throw error }
            contents.diagnostics.append(diagnostic(LinkFindings.definitionTooLarge, at: entry.path))
        }
    }

    private static func diagnostic(_ finding: Finding, at path: String) -> Diagnostic {
        SourceText(path: path, bytes: []).diagnostic(finding, at: SourceLocation(file: path))
    }
}
