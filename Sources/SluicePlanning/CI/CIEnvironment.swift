import SluiceModel

/// Reads which job of which CI system runs us from the variables that the systems document. Pure: `event` is the parsed
/// file that `GITHUB_EVENT_PATH` names.
package enum CIEnvironment {
    /// nil where no CI system runs us.
    package static func job(_ variables: [String: String], event: JSONValue? = nil) -> CIJob? {
        let variables = variables.filter { !$0.value.isEmpty }
        if variables["GITHUB_ACTIONS"] == "true" { return github(variables, event ?? .emptyObject) }
        if variables["GITLAB_CI"] != nil { return gitlab(variables) }
        guard isSet(variables["CI"]) else { return nil }
        return CIJob(system: .other, event: .other("ci"))
    }

    /// `CI=true`, `CI=1`, `CI=woodpecker`, …
    package static func isSet(_ value: String?) -> Bool { value.map { $0 != "false" && $0 != "0" } ?? false }

    /// GitHub Actions: "Default environment variables" and "Webhook events and payloads".
    private static func github(_ variables: [String: String], _ event: JSONValue) -> CIJob {
        let name = variables["GITHUB_EVENT_NAME"] ?? "unknown"
        let reference = variables["GITHUB_REF"].map { Reference($0) }
        var job = CIJob(
            system: .github, event: .other(name), reference: reference, commit: oid(variables["GITHUB_SHA"]),
            defaultBranch: branch(event["repository"]?["default_branch"]?.stringValue),
            workspace: variables["GITHUB_WORKSPACE"], summaryFile: variables["GITHUB_STEP_SUMMARY"])
        switch name {
        case "push":
            job.event = .push(before: oid(event["before"]?.stringValue))
        case "merge_group":
            let group = event["merge_group"]
            job.event = .change(
                into: CIJob.Target(
                    branch: (group?["base_ref"]?.stringValue).map { Reference($0) },
                    tip: oid(group?["base_sha"]?.stringValue)))
        case _ where name.hasPrefix("pull_request"):
            let request = event["pull_request"]
            job.event = .change(
                into: CIJob.Target(
                    branch: branch(variables["GITHUB_BASE_REF"]), tip: oid(request?["base"]?["sha"]?.stringValue),
                    isMerged: variables["GITHUB_REF"]?.hasSuffix("/merge") == true))
            job.head = oid(request?["head"]?["sha"]?.stringValue)
            // With `pull_request_target` the job's own reference is the target, and what is checked out is often not.
            if name == "pull_request_target", let number = event["number"].flatMap(\.doubleValue) {
                job.reference = Reference("refs/pull/\(Int(number))/head")
            }
        default: break
        }
        return job
    }

    /// GitLab CI/CD: "Predefined CI/CD variables reference".
    private static func gitlab(_ variables: [String: String]) -> CIJob {
        let source = variables["CI_PIPELINE_SOURCE"] ?? "unknown"
        var job = CIJob(
            system: .gitlab, event: .other(source), commit: oid(variables["CI_COMMIT_SHA"]),
            defaultBranch: branch(variables["CI_DEFAULT_BRANCH"]), workspace: variables["CI_PROJECT_DIR"])
        if variables["CI_MERGE_REQUEST_IID"] != nil || source == "merge_request_event" {
            let tip = oid(variables["CI_MERGE_REQUEST_TARGET_BRANCH_SHA"])
            job.reference = variables["CI_MERGE_REQUEST_REF_PATH"].map { Reference($0) }
            job.head = oid(variables["CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"])
            // Both SHAs of branches are set in pipelines of merged results alone.
            job.event = .change(
                into: CIJob.Target(
                    branch: branch(variables["CI_MERGE_REQUEST_TARGET_BRANCH_NAME"]), tip: tip,
                    mergeBase: tip == nil ? oid(variables["CI_MERGE_REQUEST_DIFF_BASE_SHA"]) : nil,
                    isMerged: tip != nil))
            return job
        }
        job.reference =
            branch(variables["CI_COMMIT_BRANCH"]) ?? variables["CI_COMMIT_TAG"].map { Reference("refs/tags/" + $0) }
        if source == "push" { job.event = .push(before: oid(variables["CI_COMMIT_BEFORE_SHA"])) }
        return job
    }

    private static func branch(_ name: String?) -> Reference? {
        name.flatMap { $0.isEmpty ? nil : Reference("refs/heads/" + $0) }
    }

    /// All zeros stand for nothing.
    private static func oid(_ text: String?) -> ObjectID? {
        text.flatMap { ObjectID(hex: $0) }.flatMap { $0.isZero ? nil : $0 }
    }
}
