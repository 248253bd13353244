import SluiceModel

/// The pipeline and the plugin that `sluice init` writes: small ones that run as they are and can be built upon.
struct FirstFiles {
    /// A pipeline's name.
    let name: String
    /// What a push triggers.
    let branch: String
    let kind: ProjectKind

    /// The pipeline last: where one before it cannot be written, none is there that would miss it.
    var files: [(path: String, text: String)] { pluginFiles + [("pipelines/\(name).yaml", head + stages)] }

    private var pluginFiles: [(path: String, text: String)] {
        switch kind {
        case .python:
            [
                ("plugins/inspect-python/plugin.yaml", Self.pythonManifest),
                ("plugins/inspect-python/inspect_python.py", Self.pythonPlugin),
            ]
        case .notebooks:
            [
                ("plugins/inspect-notebooks/plugin.yaml", Self.notebookManifest),
                ("plugins/inspect-notebooks/inspect_notebooks.py", Self.notebookPlugin),
            ]
        case .other:
            [
                ("plugins/fit-line/plugin.yaml", Self.lineManifest), ("plugins/fit-line/fit_line.py", Self.linePlugin),
                ("data/points.csv", Self.points),
            ]
        }
    }

    /// A name that a pipeline may have, made of a folder's.
    static func pipelineName(of folder: String) -> String {
        let letters = folder.lowercased().unicodeScalars.map { scalar -> Character in
            let isKept = scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
            return isKept ? Character(scalar) : "-"
        }
        let words = String(letters).split(separator: "-").joined(separator: "-")
        let name = String(words.drop { !$0.isLetter }.prefix(40))
        return name.isEmpty ? "first" : name
    }

    private var head: String {
        """
        # What happens to a commit. `sluice plan` shows it, `sluice run` does it.
        schema: sluice/v1
        name: \(name)
        triggers:
        \(push)# what a server with the hook runs
          pre_push: {}                                      # what `git push` checks here, with the hook
        profiles:
          small: { cpus: 1, memory: 1GiB, price: 0.05 }     # price per hour, in your currency
        budget:
          limits: { cost: 0.50, wall: 30m }                 # of one run; refused before it starts if it cannot fit
        defaults: { profile: small, timeout: 20m }
        stages:

        """
    }

    /// Up to the column of the comments.
    private var push: String {
        let text = "  push: { branches: [\(JSONValue.string(branch).canonicalText)] }"
        return text + String(repeating: " ", count: max(1, 52 - text.count))
    }

    private var stages: String {
        switch kind {
        case .python(let entry): Self.pythonStages + Self.nextStage(running: "python3 \(entry ?? "train.py")")
        case .notebooks: Self.notebookStages + Self.nextStage(running: "jupyter execute train.ipynb")
        case .other: Self.lineStages
        }
    }

    /// What most projects want next, to be made theirs.
    private static func nextStage(running command: String) -> String {
        """
          # The next one: what it reads of the commit, what it makes, and what it must reach.
          # train:
          #   run: |
          #     \(command)
          #   sources: ["**"]
          #   outputs: { model: { type: model, path: model.bin } }
          #   metrics: metrics.json                             # a file with numbers, such as {"accuracy": 0.93}
          #   checks:
          #     - { metric: accuracy, min: 0.9 }
          #   estimate: 10m

        """
    }
}
