import SluiceGit
import SluiceModel

// What is measured, one process each, as the git program is: see README.md.
let arguments = Array(CommandLine.arguments.dropFirst())

func commit(_ name: String, in git: GitRepository) throws -> Commit { try git.resolve(named: name).commit }

switch (arguments.first, arguments.count) {
case ("changed", 4):
    let git = try GitRepository.open(at: arguments[1])
    let changed = try git.changedPaths(from: commit(arguments[2], in: git).oid, to: commit(arguments[3], in: git).oid)
    if case .paths(let paths) = changed { print(paths.joined(separator: "\n")) } else { print("everything") }
case ("snapshot", 4):
    let git = try GitRepository.open(at: arguments[1])
    let tree = try git.tree(commit(arguments[2], in: git).tree)
    try tree.snapshot(tree.entries(under: ""), into: arguments[3])
default: print("GitBenchmark changed REPOSITORY OLD NEW | snapshot REPOSITORY REVISION EMPTY-FOLDER")
}
