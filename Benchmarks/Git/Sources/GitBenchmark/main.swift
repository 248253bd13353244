import SluiceGit
import SluiceModel

// What is measured, one process each, as the git program is: see README.md.
let arguments = Array(CommandLine.arguments.dropFirst())

func commit(_ name: String, in git: GitRepository) throws -> Commit { try git.resolve(named: name).commit }

func changed() throws -> ChangedPaths {
    let git = try GitRepository.open(at: arguments[1])
    return try git.changedPaths(from: commit(arguments[2], in: git).oid, to: commit(arguments[3], in: git).oid)
}

switch (arguments.first, arguments.count) {
case ("changed", 4):
    if case .paths(let paths) = try changed() { print(paths.joined(separator: "\n")) } else { print("everything") }
case ("call", 4):
    // libgit2 is ready and nothing of the repository is: its files are opened and its objects read in the time.
    _ = try? GitRepository.open(at: "/nonexistent")
    let start = ContinuousClock.now
    _ = try changed()
    print((ContinuousClock.now - start) / .seconds(1))
case ("snapshot", 4):
    let git = try GitRepository.open(at: arguments[1])
    let tree = try git.tree(commit(arguments[2], in: git).tree)
    try tree.snapshot(tree.entries(under: ""), into: arguments[3])
default: print("GitBenchmark changed|call REPOSITORY OLD NEW | snapshot REPOSITORY REVISION EMPTY-FOLDER")
}
