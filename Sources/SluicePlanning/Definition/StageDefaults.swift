import SluiceModel

/// What `defaults` says for every stage that says nothing itself.
struct StageDefaults {
    var profile: Profile?
    var timeout = Duration.seconds(3600)
    var retry = RetryPolicy()
    var env: [String: String] = [:]
    var cache: CachePolicy?

    init(_ node: YAMLNode?, profiles: [Profile], in findings: Findings) {
        guard let node else { return }
        let map = MapReader(
            node, "`defaults`", keys: ["profile", "timeout", "retry", "env", "cache"], in: findings)
        let policies = PolicyReader(findings: findings)
        profile = map["profile"].flatMap { policies.profile($0, among: profiles) }
        timeout = map.duration("timeout") ?? timeout
        retry = map["retry"].map { policies.retry($0, over: RetryPolicy()) } ?? retry
        env = policies.environment(map["env"])
        cache = map["cache"].flatMap(policies.cache)
    }
}
