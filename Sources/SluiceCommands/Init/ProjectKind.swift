import SluiceGit
import SluiceModel

/// What a first pipeline is written for.
enum ProjectKind: Equatable {
    /// `entry`: the script that most likely trains or starts something.
    case python(entry: String?)
    case notebooks
    case other

    /// By the files of the working tree, tracked or not, but not ignored.
    static func found(in paths: [String]) -> ProjectKind {
        let isDeclared = paths.contains {
            ["requirements.txt", "pyproject.toml", "setup.py", "setup.cfg"].contains($0)
        }
        let hasScripts = paths.contains { $0.hasSuffix(".py") }
        let hasNotebooks = paths.contains { $0.hasSuffix(".ipynb") }
        if hasNotebooks && !hasScripts { return .notebooks }
        guard isDeclared || hasScripts else { return .other }
        let names = ["train.py", "src/train.py", "scripts/train.py", "main.py", "src/main.py"]
        let entry = names.first { paths.contains($0) } ?? paths.first { $0.hasSuffix("/train.py") && isPlain($0) }
        return .python(entry: entry)
    }

    /// It is written into a comment.
    private static func isPlain(_ path: String) -> Bool { path.utf8.allSatisfy { (0x21...0x7E).contains($0) } }

    var description: String {
        switch self {
        case .python: "a Python project"
        case .notebooks: "a repository of notebooks"
        case .other: "neither Python nor notebooks"
        }
    }
}
