import Foundation
import SluiceTesting
import Testing

/// What is exported, read by what its targets are read with elsewhere: models, schemas, a linter and a runner from PyPI.
@Suite("Exports as others read them", .enabled(if: Exports.validators != nil, "no validators"))
struct ExportValidationTests {
    private func validate(_ tool: [String], in scene: Scene) throws -> ProgramRun {
        let validators = try #require(Exports.validators)
        return try ProgramRun.run(
            [validators + "/" + tool[0]] + tool.dropFirst(), environment: scene.environment, folder: scene.clone)
    }

    private static let checkWorkflow = ["python", Exports.root + "/scripts/check-workflow", "argo.yaml"]
    private static let tools = [
        checkWorkflow,
        ["check-jsonschema", "--builtin-schema", "vendor.github-workflows", ".github/workflows/sluice.yml"],
        [
            "check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci",
            "gitlab-ci.yml",
        ],
        ["zizmor", "--offline", "--quiet", "--config", "zizmor.yml", ".github/workflows/sluice.yml"],
    ]
    /// Actions are named by their version: which commits of them are meant is for whoever takes the file over.
    private static let zizmor = "rules: { unpinned-uses: { config: { policies: { \"actions/*\": ref-pin } } } }\n"

    @Test("models and schemas of the targets take what is written, and know every key; a linter finds no injection")
    func validated() throws {
        for (scene, options) in [
            (try Exports.example(), []), (try Exports.scene(Exports.odd), ["--set", Exports.override]),
        ] {
            for target in Exports.targets {
                let text = try Exports.export(target.name, target.options + options, in: scene)
                let file = target.name == "github-actions" ? ".github/workflows/sluice.yml" : target.file
                try scene.write([file: text, "zizmor.yml": Self.zizmor])
            }
            for tool in Self.tools {
                let run = try validate(tool, in: scene)
                #expect(run.status == 0, "\(run.transcript)")
            }
        }
    }

    @Test("an unknown key, a task that is there twice, a tag that nothing fills in and a missing account are refused")
    func refused() throws {
        let scene = try Exports.scene(Exports.odd)
        let text = try Exports.export("argo", Exports.targets[0].options, in: scene)
        let faults = [
            ("entrypoint:", "entrypont:"), ("name: told", "name: half"), ("workflow.uid", "workflow.id"),
            ("  securityContext:", "  automountServiceAccountToken: false\n  securityContext:"),
            ("matrix-of-each.Succeeded", "each.Succeeded"),
        ]
        for (part, fault) in faults {
            try scene.write(["argo.yaml": text.replacing(part, with: fault)])
            let run = try validate(Self.checkWorkflow, in: scene)
            #expect(text.contains(part) && run.status != 0, "\(fault)")
        }
        try scene.write([
            "zizmor.yml": Self.zizmor,
            ".github/workflows/sluice.yml": """
            on: push
            permissions: {}
            jobs: { a: { runs-on: ubuntu-24.04, steps: [{ run: "echo ${{ github.head_ref }}" }] } }
            """,
        ])
        #expect(try validate(Self.tools[3], in: scene).status != 0)
    }

    @Test("the exported jobs of GitLab run and plan the pipeline, with an override as it was written")
    func run() throws {
        let scene = try Exports.scene([
            "pipelines/toy.yaml": """
            schema: sluice/v1
            name: toy
            params: { word: one }
            triggers: { push: { branches: [main] } }
            stages:
              say: { run: 'echo "it is ${params.word}"', sources: [] }
            """
        ])
        let word = #"$(id) "$HOME" `id` {{x}} 'y' $CI_COMMIT_SHA"#
        let file = try Exports.export("gitlab", ["--set", "word=" + word], in: scene)
        let folder = URL(filePath: Scene.binary).deletingLastPathComponent().path
        try scene.write([".gitlab-ci.yml": file, "sluice.yaml": "trust: { branches: [main] }\n"])
        let path = scene.environment["PATH"] ?? "/usr/bin:/bin"
        let commit = try scene.git(["rev-parse", "HEAD"]).output.trimmingCharacters(in: .whitespacesAndNewlines)
        let variables = [
            "GITLAB_CI": "true", "CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "main",
            "CI_PROJECT_DIR": scene.clone, "CI_COMMIT_SHA": commit, "CI_MERGE_REQUEST_DIFF_BASE_SHA": commit,
            "SLUICE_CONFIG": scene.clone + "/sluice.yaml", "PATH": folder + ":" + path, "NO_COLOR": "1",
        ]
        let validators = try #require(Exports.validators)
        let run = try ProgramRun.run(
            [validators + "/gitlabci-local", "--host", "--quiet", "--pipeline"],
            environment: scene.environment.merging(variables) { $1 }, folder: scene.clone)
        #expect(run.status == 0 && run.output.contains("[say] it is " + word + "\n"), "\(run.transcript)")
        #expect(run.output.contains("plan of toy"), "\(run.transcript)")
        #expect(FileManager.default.fileExists(atPath: scene.clone + "/.sluice-state"), "\(run.transcript)")
    }
}
