import Foundation
import SluiceModel
import SluicePlanning
import Testing

@Suite("What a CI system says of its job") struct CIEnvironmentTests {
    private let old = String(repeating: "1", count: 40)
    private let new = String(repeating: "2", count: 40)
    private let head = String(repeating: "3", count: 40)
    private let zero = String(repeating: "0", count: 40)

    private func oid(_ hex: String) -> ObjectID? { ObjectID(hex: hex) }

    private func github(_ name: String, _ more: [String: String] = [:], event: String = "{}") throws -> CIJob {
        let variables = [
            "CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": name, "GITHUB_SHA": new,
            "GITHUB_REF": "refs/heads/main", "GITHUB_WORKSPACE": "/w", "GITHUB_STEP_SUMMARY": "/s",
        ].merging(more) { $1 }
        let value = try JSONDecoder().decode(JSONValue.self, from: Data(event.utf8))
        return try #require(CIEnvironment.job(variables, event: value))
    }

    @Test("a push to GitHub is compared with its `before`; a new branch with nothing")
    func githubPush() throws {
        let event = "{\"before\": \"\(old)\", \"repository\": {\"default_branch\": \"trunk\"}}"
        let job = try github("push", event: event)
        #expect(
            job
                == CIJob(
                    system: .github, event: .push(before: oid(old)), reference: Reference("refs/heads/main"),
                    commit: oid(new), defaultBranch: Reference("refs/heads/trunk"), workspace: "/w", summaryFile: "/s"))
        #expect(job.mayBeTrusted)
        #expect(try github("push", event: "{\"before\": \"\(zero)\"}").event == .push(before: nil))
        #expect(try github("push", event: "[1]").event == .push(before: nil), "an event of another shape says nothing")
    }

    @Test("a pull request on GitHub is its merge with the target, and never trusted")
    func githubPullRequest() throws {
        let event = """
            {"number": 7, "pull_request": {"base": {"sha": "\(old)"}, "head": {"sha": "\(head)"}}}
            """
        let request = ["GITHUB_REF": "refs/pull/7/merge", "GITHUB_BASE_REF": "main", "GITHUB_HEAD_REF": "main"]
        let job = try github("pull_request", request, event: event)
        let target = CIJob.Target(branch: Reference("refs/heads/main"), tip: oid(old), isMerged: true)
        #expect(job.event == .change(into: target))
        #expect(job.reference == Reference("refs/pull/7/merge"))
        #expect(!job.mayBeTrusted)
        #expect(try job.isAbout(#require(oid(new))) && job.isAbout(#require(oid(head))))
        #expect(try !job.isAbout(#require(oid(old))))
    }

    @Test("pull_request_target bears the target's name and is a pull request all the same")
    func githubTarget() throws {
        let job = try github("pull_request_target", ["GITHUB_BASE_REF": "main"], event: "{\"number\": 7}")
        #expect(job.reference == Reference("refs/pull/7/head") && !job.mayBeTrusted)
        guard case .change(let target) = job.event else { throw Surprise() }
        #expect(!target.isMerged)
    }

    @Test("whatever is not a push is not trusted", arguments: ["schedule", "workflow_dispatch", "issue_comment", ""])
    func githubOthers(name: String) throws { #expect(try !github(name).mayBeTrusted) }

    @Test("a push to GitLab is compared with CI_COMMIT_BEFORE_SHA; of a tag and a branch the reference is whole")
    func gitlabPush() throws {
        let variables = [
            "CI": "true", "GITLAB_CI": "true", "CI_PIPELINE_SOURCE": "push", "CI_COMMIT_SHA": new,
            "CI_COMMIT_BEFORE_SHA": old, "CI_COMMIT_BRANCH": "exp/a", "CI_DEFAULT_BRANCH": "main",
            "CI_PROJECT_DIR": "/w",
        ]
        let job = try #require(CIEnvironment.job(variables))
        #expect(
            job
                == CIJob(
                    system: .gitlab, event: .push(before: oid(old)), reference: Reference("refs/heads/exp/a"),
                    commit: oid(new), defaultBranch: Reference("refs/heads/main"), workspace: "/w"))
        #expect(job.mayBeTrusted)
        let tag = variables.merging(["CI_COMMIT_BRANCH": "", "CI_COMMIT_TAG": "v1", "CI_COMMIT_BEFORE_SHA": zero]) {
            $1
        }
        let tagged = try #require(CIEnvironment.job(tag))
        #expect(tagged.reference == Reference("refs/tags/v1") && tagged.event == .push(before: nil))
        #expect(CIEnvironment.job(variables.merging(["CI_PIPELINE_SOURCE": "web"]) { $1 })?.mayBeTrusted == false)
    }

    @Test("a merge request of GitLab says where it left its target, unless it is a merged result")
    func gitlabMergeRequest() throws {
        var variables = [
            "GITLAB_CI": "true", "CI_PIPELINE_SOURCE": "merge_request_event", "CI_COMMIT_SHA": new,
            "CI_MERGE_REQUEST_IID": "5", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": old, "CI_MERGE_REQUEST_REF_PATH": "refs/merge-requests/5/head",
            "CI_COMMIT_REF_NAME": "main",
        ]
        let job = try #require(CIEnvironment.job(variables))
        let main = Reference("refs/heads/main")
        #expect(job.event == .change(into: CIJob.Target(branch: main, mergeBase: oid(old))))
        #expect(job.reference == Reference("refs/merge-requests/5/head") && !job.mayBeTrusted)
        variables["CI_MERGE_REQUEST_TARGET_BRANCH_SHA"] = head
        let merged = try #require(CIEnvironment.job(variables))
        #expect(merged.event == .change(into: CIJob.Target(branch: main, tip: oid(head), isMerged: true)))
    }

    @Test("another system is known by CI alone; where it is not set, false or 0, there is none")
    func others() {
        #expect(CIEnvironment.job(["CI": "woodpecker"]) == CIJob(system: .other, event: .other("ci")))
        for variables in [[:], ["CI": ""], ["CI": "false"], ["CI": "0"], ["GITHUB_ACTIONS": "false"]] {
            #expect(CIEnvironment.job(variables) == nil, "\(variables)")
        }
    }

    private struct Surprise: Error {}
}
