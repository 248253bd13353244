import SluiceModel

/// Reads a profile: under `profiles`, or a stage's `resources`.
struct ProfileReader {
    let findings: Findings

    func profile(_ node: YAMLNode, named name: String, _ what: String) -> Profile {
        let keys = RequestReader.keys + ["price", "executor", "interruptible"]
        let map = MapReader(node, what, keys: keys, in: findings)
        return Profile(
            name: name, request: RequestReader(map: map).request(), price: map.amount("price"),
            executor: executor(map), isInterruptible: map.boolean("interruptible") ?? false)
    }

    /// Only the local one is there yet.
    func executor(_ map: MapReader) -> String? {
        guard let executor = map.string("executor") else { return nil }
        if executor != "local" {
            let finding = ValueFindings.unsupported("the executor `\(executor)`", of: map.what, in: findings.domain)
            findings.add(finding, at: map.keyLocation("executor"))
        }
        return executor
    }
}
