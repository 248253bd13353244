import SluiceModel

/// Reads what an attempt asks of a pool, wherever a file says it.
struct RequestReader {
    /// What a pool has too.
    static let poolKeys = ["cpus", "memory", "gpus", "disk", "network", "custom"]
    static let keys = poolKeys + ["processes"]

    let map: MapReader

    /// What is left out comes from `base`.
    func request(over base: ResourceRequest = ResourceRequest()) -> ResourceRequest {
        var request = base
        if let cpus = map.amount("cpus") { request.cpus = cpus }
        if let memory = map.size("memory") { request.memory = memory }
        if let gpus = map.integer("gpus", in: 0...1_000_000) { request.gpus = gpus }
        if let disk = map.size("disk") { request.disk = disk }
        if let network = map.rate("network") { request.network = network }
        if let processes = map.integer("processes", in: 1...4_000_000) { request.processes = processes }
        if let custom = map["custom"] { request.custom = counts(custom) }
        return request
    }

    private func counts(_ node: YAMLNode) -> [String: Int64] {
        let values = ValueReader(findings: map.findings)
        var counts: [String: Int64] = [:]
        for entry in MapReader(named: node, "`custom`", in: map.findings).entries
        where values.isName(entry.key, at: entry.keyLocation, kind: "a resource") {
            counts[entry.key] = values.integer(entry.value, "`\(entry.key)`", in: 0...1_000_000_000)
        }
        return counts
    }
}
