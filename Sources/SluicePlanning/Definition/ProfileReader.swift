import SluiceModel

/// Reads a profile: under `profiles`, or a stage's `resources`.
struct ProfileReader {
    let findings: Findings

    func profile(_ node: YAMLNode, named name: String, _ what: String) -> Profile {
        let keys = RequestReader.keys + ["price", "executor", "interruptible"]
        let map = MapReader(node, what, keys: keys, in: findings)
        var request = RequestReader(map: map).request()
        request.pool = executor(map)
        return Profile(
            name: name, request: request, price: map.amount("price"),
            isInterruptible: map.boolean("interruptible") ?? false)
    }

    /// Whether the machine has it is for the linker to say. nil: the local one.
    func executor(_ map: MapReader) -> String? {
        guard let name = map.string("executor"), name != ResourceRequest.local,
            ValueReader(findings: findings).isName(
                name, at: map["executor"]?.location ?? map.location, kind: "an executor")
        else { return nil }
        return name
    }
}
