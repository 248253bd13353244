import Foundation
import Glibc
import SluiceTesting
import Testing

/// What `sluice init` writes is linted and really run.
@Suite struct InitTests {
    private static let notebook = """
        {"cells": [{"cell_type": "code", "execution_count": 1, "source": ["1 / 0"],
          "outputs": [{"output_type": "error", "ename": "ZeroDivisionError"}]}],
         "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        """

    /// Files of a project, the stages that are written for it, and what they measure.
    static let projects: [(name: String, files: [String: String], metrics: [String: [String: Double]])] = [
        (
            "requirements",
            ["requirements.txt": "numpy==1.26.4\npandas\n", "train.py": "print(1)\n", "bad.py": "def\n"],
            ["inspect": ["syntax_errors": 1, "unpinned_requirements": 1]]
        ),
        (
            "pyproject", ["pyproject.toml": "[project]\nname = \"x\"\n", "src/a.py": "A = 1\n"],
            ["inspect": ["syntax_errors": 0]]
        ),
        ("notebooks", ["a.ipynb": notebook, "deep/b.ipynb": "{"], ["inspect": ["stored_errors": 1, "unreadable": 1]]),
        ("empty", [:], ["fit": [:]]),
    ]

    @Test("what is written for a project passes lint and runs, uncommitted and committed", arguments: projects.indices)
    func runs(index: Int) throws {
        let (name, files, metrics) = Self.projects[index]
        let scene = try Scene(withHook: false)
        try scene.write(files)
        let made = try scene.sluice(["init"])
        #expect(made.status == 0 && made.output.contains("wrote  pipelines/clone.yaml"), "\(name) \(made.transcript)")
        let lint = try scene.sluice(["lint"])
        #expect(lint.status == 0 && lint.errors.contains("nothing to complain about"), "\(name) \(lint.transcript)")
        let unborn = try scene.sluice(["run", "--worktree", "--json"])
        #expect(unborn.status == 0, "\(name) \(unborn.transcript)")
        try scene.git(["add", "--all"])
        try scene.git(["commit", "--quiet", "--message", "Add a pipeline"])
        let run = RunView(try scene.json(scene.sluice(["run", "--json"])))
        #expect(run.outcome == "succeeded", "\(name)")
        for (stage, wanted) in metrics {
            let found = run.stage(stage)["metrics"] as? [String: Double] ?? [:]
            #expect(!found.isEmpty && wanted.allSatisfy { found[$0] == $1 }, "\(name) \(found)")
        }
    }

    @Test("it never writes over a file, through a link, or beside a pipeline")
    func neverOverwrites() throws {
        let scene = try Scene(withHook: false)
        try scene.write(["plugins/fit-line/plugin.yaml": "mine\n"])
        let made = try scene.sluice(["init"])
        #expect(made.output.contains("kept   plugins/fit-line/plugin.yaml"), "\(made.transcript)")
        #expect(try String(contentsOfFile: scene.clone + "/plugins/fit-line/plugin.yaml", encoding: .utf8) == "mine\n")
        let again = try scene.sluice(["init", "--json"])
        #expect(again.status == 0)
        let answer = try scene.json(again)
        #expect(answer["written"] as? [String] == [] && answer["kept"] as? [String] == ["pipelines/clone.yaml"])

        let linked = try Scene(withHook: false)
        try FileManager.default.createDirectory(atPath: linked.root + "/outside", withIntermediateDirectories: false)
        symlink(linked.root + "/outside", linked.clone + "/plugins")
        #expect(try linked.sluice(["init"]).status == 74)
        #expect(try FileManager.default.contentsOfDirectory(atPath: linked.root + "/outside").isEmpty)
        #expect(try linked.sluice(["init"], in: linked.bare).status == 64)
    }
}
