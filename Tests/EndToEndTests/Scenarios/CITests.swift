import Foundation
import SluiceTesting
import Testing

/// `sluice ci` with the variables that the systems document, byte by byte.
@Suite struct CITests {
    private static let pipeline = """
        schema: sluice/v1
        name: one
        stages:
          look:
            if: changed("data/**")
            run: |
              echo "::error::owned"
              echo "$(env | grep -c GITHUB) ${inputs.rows}"
              printf '{"auc": 0.9}' > metrics.json
            sources: []
            inputs: { rows: data/rows.csv }
            metrics: metrics.json
            checks:
              - { metric: auc, min: 0.95, severity: warn }
        """

    /// main: two commits on the server; `topic`: one more from the first, which changes nothing below `data`.
    private func scene(_ pipeline: String = pipeline) throws -> Scene {
        let scene = try Scene(withHook: false)
        try scene.commit(["pipelines/one.yaml": pipeline, "data/rows.csv": "1\n"])
        try scene.git(["checkout", "--quiet", "-b", "topic"])
        try scene.commit(["notes.txt": "x"])
        try scene.git(["checkout", "--quiet", "main"])
        try scene.commit(["data/rows.csv": "2\n"])
        try scene.git(["push", "--quiet", "origin", "main", "topic"])
        try scene.git(["remote", "set-head", "origin", "--delete"])
        try Data("trust: { branches: [\"**\"] }\n".utf8).write(to: URL(filePath: scene.root + "/operator.yaml"))
        return scene
    }

    private func oid(_ name: String, _ scene: Scene, in folder: String? = nil) throws -> String {
        try scene.git(["rev-parse", name], in: folder).output.trimmingCharacters(in: .newlines)
    }

    private func github(_ scene: Scene, _ name: String, event: String, _ more: [String: String] = [:]) throws
        -> [String: String]
    {
        try Data(event.utf8).write(to: URL(filePath: scene.root + "/event.json"))
        return [
            "CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": name, "GITHUB_TOKEN": "secret",
            "GITHUB_EVENT_PATH": scene.root + "/event.json", "GITHUB_WORKSPACE": scene.clone,
            "GITHUB_STEP_SUMMARY": scene.root + "/summary.md", "SLUICE_CONFIG": scene.root + "/operator.yaml",
        ].merging(more) { $1 }
    }

    /// Without what differs from run to run.
    private func shape(_ text: String) -> [String] {
        text.replacing(/section_(start|end):\d+/, with: { "section_\($0.output.1):TIME" })
            .replacing(/\b[0-9a-f]{10}\b/, with: "OID").replacing(/\/[^ ]*\/rows\.csv/, with: "FILE")
            .replacing(/\b\d+(\.\d+)?m?s\b/, with: "TIME").replacing(/cost [0-9.e-]+/, with: "cost N")
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    @Test("a push on GitHub: groups, an annotation at the check's line, a summary; nothing of a stage is obeyed")
    func githubPush() throws {
        let scene = try scene()
        let event = "{\"before\": \"\(try oid("main~1", scene))\", \"repository\": {\"default_branch\": \"main\"}}"
        let push = ["GITHUB_REF": "refs/heads/main", "GITHUB_SHA": try oid("main", scene)]
        let done = try scene.sluice(
            ["ci", "--junit", scene.root + "/junit.xml"], environment: github(scene, "push", event: event, push))
        #expect(done.status == 0, "\(done.transcript)")
        let lines = shape(done.output)
        let wanted = [
            "sluice: GitHub Actions, push of refs/heads/main at OID",
            "sluice: changed since OID, what the push replaced",
            "sluice: run 1 planned: 1 stage, 0 cached, admitted",
            "::group::look, attempt 1",
            "[look] attempt 1 started, profile default, local",
            "[look] \\::error::owned",
            "[look] 0 FILE",
        ]
        #expect(Array(lines.prefix(wanted.count)) == wanted, "\(done.output)")
        #expect(lines.contains("::endgroup::"))
        #expect(
            lines.contains(
                "::warning file=pipelines/one.yaml,line=14,col=9,title=look%3A auc::"
                    + "check failed: auc is 0.9, wanted >= 0.95"), "\(done.output)")
        #expect(lines.count { $0.hasPrefix("::") } == 3)
        let summary = try String(contentsOfFile: scene.root + "/summary.md", encoding: .utf8)
        #expect(
            summary.hasPrefix("### ✓ succeeded: one\n")
                && summary.contains("| look: auc | 0.9 | &gt;= 0.95 | fail, warning |"))
        let junit = try String(contentsOfFile: scene.root + "/junit.xml", encoding: .utf8)
        #expect(junit.contains("<testcase name=\"look\" classname=\"one\""))
    }

    @Test("a pull request on GitHub is compared with the target that it was merged into, and never trusted")
    func githubPullRequest() throws {
        let scene = try scene()
        try scene.git(["checkout", "--quiet", "--detach", "main"])
        try scene.git(["merge", "--quiet", "--no-ff", "--no-edit", "topic"])
        let merge = try oid("HEAD", scene)
        let event = """
            {"number": 1, "pull_request": {"base": {"sha": "\(try oid("main~1", scene))"},
             "head": {"sha": "\(try oid("topic", scene))"}}}
            """
        let request = ["GITHUB_REF": "refs/pull/1/merge", "GITHUB_BASE_REF": "main", "GITHUB_SHA": merge]
        let variables = try github(scene, "pull_request", event: event, request)
        let done = try scene.sluice(["ci"], environment: variables)
        #expect(
            done.output.contains("changed since \(try oid("main", scene).prefix(10)), the target"), "\(done.transcript)"
        )
        #expect(done.output.contains("a pull request is never trusted"))
        try scene.git(["checkout", "--quiet", "topic"])
        let head = try scene.sluice(["ci"], environment: variables)
        #expect(
            head.output.contains("changed since \(try oid("main~1", scene).prefix(10)), where the request left"),
            "\(head.transcript)")
        try scene.git(["checkout", "--quiet", "-B", "main", "topic"])
        let disguised = try scene.json(scene.sluice(["plan", "--json"], environment: variables))
        #expect(
            (disguised["revision"] as? [String: Any])?["trusted"] as? Bool == false, "whatever the branch is called")
    }

    @Test(
        "in a clone that is too shallow everything counts as changed, with the setting that helps",
        arguments: ["github", "gitlab"])
    func shallow(system: String) throws {
        let scene = try scene()
        let folder = scene.root + "/shallow"
        try scene.git(["clone", "--quiet", "--depth", "1", "file://" + scene.bare, folder], in: scene.root)
        let (old, new) = (try oid("main~1", scene), try oid("main", scene))
        let isGitHub = system == "github"
        let variables =
            isGitHub
            ? try github(
                scene, "push", event: "{\"before\": \"\(old)\"}",
                ["GITHUB_REF": "refs/heads/main", "GITHUB_SHA": new, "GITHUB_WORKSPACE": folder])
            : gitlab(scene, new, ["CI_COMMIT_BRANCH": "main", "CI_COMMIT_BEFORE_SHA": old])
        let done = try scene.sluice(["ci"], in: folder, environment: variables)
        #expect(done.status == 0, "\(done.transcript)")
        let setting = isGitHub ? "give actions/checkout `fetch-depth: 0`" : "set the variable `GIT_DEPTH: 0`"
        #expect(
            done.output.contains(
                "sluice: everything counts as changed: what the push replaced is not in this shallow clone; \(setting)\n"
            ),
            "\(done.transcript)")
        #expect(done.output.contains("[look] succeeded"), "changed() holds")
    }

    private func gitlab(_ scene: Scene, _ commit: String, _ more: [String: String]) -> [String: String] {
        [
            "CI": "true", "GITLAB_CI": "true", "CI_PIPELINE_SOURCE": "push", "CI_COMMIT_SHA": commit,
            "CI_DEFAULT_BRANCH": "main", "CI_PROJECT_DIR": scene.clone, "SLUICE_CONFIG": scene.root + "/operator.yaml",
        ].merging(more) { $1 }
    }

    @Test("a push on GitLab: sections, and a code quality report with the failed stage")
    func gitlabPush() throws {
        let scene = try scene(Self.pipeline.replacingOccurrences(of: "severity: warn", with: "severity: error"))
        try scene.git(["checkout", "--quiet", "--detach", "main"])
        let variables = gitlab(
            scene, try oid("main", scene),
            ["CI_COMMIT_BRANCH": "main", "CI_COMMIT_BEFORE_SHA": try oid("main~1", scene)])
        let report = scene.root + "/quality.json"
        let done = try scene.sluice(["ci", "--code-quality", report], environment: variables)
        #expect(done.status == 1, "\(done.transcript)")
        let lines = shape(done.output)
        #expect(lines.first == "sluice: GitLab CI, push of refs/heads/main at OID")
        #expect(
            lines.contains(
                "\u{1b}[0Ksection_start:TIME:sluice_run1_1[collapsed=true]\r\u{1b}[0Klook, attempt 1"), "\(lines)")
        #expect(lines.contains("\u{1b}[0Ksection_end:TIME:sluice_run1_1\r\u{1b}[0K"))
        let issues = try JSON(parsing: String(contentsOfFile: report, encoding: .utf8)).items
        #expect(issues.compactMap { $0["check_name"]?.text } == ["stage.failed", "check.failed"])
        #expect(issues.compactMap { $0["location"]?["lines"]?["begin"]?.number } == [4, 14])
        #expect(
            issues.allSatisfy {
                $0["location"]?["path"]?.text == "pipelines/one.yaml" && $0["severity"]?.text == "major"
            })
    }

    @Test("a merge request on GitLab is compared with its diff base, which needs no history")
    func gitlabMergeRequest() throws {
        let scene = try scene()
        try scene.git(["checkout", "--quiet", "topic"])
        let variables = gitlab(
            scene, try oid("topic", scene),
            [
                "CI_PIPELINE_SOURCE": "merge_request_event", "CI_MERGE_REQUEST_IID": "1",
                "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
                "CI_MERGE_REQUEST_REF_PATH": "refs/merge-requests/1/head",
                "CI_MERGE_REQUEST_DIFF_BASE_SHA": try oid("main~1", scene),
                "CI_COMMIT_BEFORE_SHA": String(repeating: "0", count: 40),
            ])
        let done = try scene.sluice(["ci"], environment: variables)
        #expect(
            done.output.contains("changed since \(try oid("main~1", scene).prefix(10)), where the request left"),
            "\(done.transcript)")
        #expect(done.output.contains("a merge request is never trusted"))
    }

    @Test("what is wrong with a definition is annotated at its place, and ends with 65")
    func invalid() throws {
        let scene = try scene(Self.pipeline.replacingOccurrences(of: "metrics: metrics.json", with: "metrisc: a"))
        let push = ["GITHUB_REF": "refs/heads/main", "GITHUB_SHA": try oid("main", scene)]
        let done = try scene.sluice(["ci"], environment: github(scene, "push", event: "{}", push))
        #expect(done.status == 65, "\(done.transcript)")
        let annotations = done.output.split(separator: "\n").filter { $0.hasPrefix("::") }
        #expect(annotations.count == 1, "said once")
        #expect(
            annotations.first?.hasPrefix("::error file=pipelines/one.yaml,line=12,col=5,title=pipeline.unknown-key::")
                == true,
            "\(done.output)")
        #expect(annotations.first?.contains("%0Ahint: ") == true)
    }

    @Test(
        "other systems get plain lines; a commit that the event is not about is not trusted; without CI there is no job"
    )
    func others() throws {
        let scene = try scene()
        let plain = try scene.sluice(
            ["ci", "--changed-since", "HEAD"], environment: ["CI": "1", "SLUICE_CONFIG": scene.root + "/operator.yaml"])
        #expect(plain.status == 0 && plain.output.contains("as --changed-since says"), "\(plain.transcript)")
        #expect(!plain.output.contains("::"))
        let push = ["GITHUB_REF": "refs/heads/main", "GITHUB_SHA": String(repeating: "a", count: 40)]
        let other = try scene.sluice(["ci"], environment: github(scene, "push", event: "{}", push))
        #expect(other.status == 77 && other.output.contains("the job is about another commit"), "\(other.transcript)")
        #expect(try scene.sluice(["ci"]).status == 64)
    }
}
