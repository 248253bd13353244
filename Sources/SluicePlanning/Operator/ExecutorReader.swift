import SluiceModel

/// Reads what the operator says of executors.
struct ExecutorReader {
    let findings: Findings

    private enum Kind: String, CaseIterable { case slurm, kubernetes, local }

    private static let shared = ["kind", "capacity", "price", "shared_root", "config", "patience", "sandbox"]
    private static let own: [Kind: [String]] = [
        .slurm: ["partition", "account", "qos", "allocation"],
        .kubernetes: ["namespace", "image", "claim", "sub_path", "context", "service_account", "gpu", "sluice"],
    ]

    /// One beside the local one.
    func terms(_ entry: YAMLNode.Entry) -> ExecutorTerms? {
        let values = ValueReader(findings: findings)
        guard values.isName(entry.key, at: entry.keyLocation, kind: "an executor") else { return nil }
        let said = entry.value["kind"]?.text.flatMap(Kind.init)
        let own = said.flatMap { Self.own[$0] } ?? Self.own.values.flatMap(\.self).sorted()
        let map = MapReader(entry.value, "executor `\(entry.key)`", keys: Self.shared + own, in: findings)
        _ = map.required("kind", example: "kind: slurm")
        guard let kind = map.choice("kind", Kind.self) else { return nil }
        guard kind != .local else {
            findings.add(OperatorFindings.secondLocal(entry.key), at: map.keyLocation("kind"))
            return nil
        }
        return ExecutorTerms(
            name: entry.key, capacity: capacity(map), price: map.amount("price"),
            sandbox: map.choice("sandbox", SandboxChoice.self),
            engine: kind == .slurm ? .slurm(slurm(map)) : .kubernetes(kubernetes(map)))
    }

    private static let rootExample = "shared_root: /shared/sluice"

    private func slurm(_ map: MapReader) -> SlurmTerms {
        _ = map.required("shared_root", example: Self.rootExample)
        return SlurmTerms(
            partition: word(map, "partition"), account: word(map, "account"), qos: word(map, "qos"),
            sharedRoot: path(map, "shared_root") ?? "/", configuration: path(map, "config"),
            patience: map.duration("patience") ?? .seconds(600), allocation: allocation(map))
    }

    private func allocation(_ executor: MapReader) -> AllocationTerms? {
        guard let node = executor["allocation"] else { return nil }
        let map = MapReader(
            node, "`allocation`", keys: ["cpus", "memory", "gpus", "time", "idle"], in: findings)
        for (key, example) in [("cpus", "cpus: 8"), ("memory", "memory: 16GiB"), ("time", "time: 1h")] {
            _ = map.required(key, example: example)
        }
        let size = RequestReader(map: map).request(over: ResourceRequest(cpus: .zero, memory: 0, gpus: 0))
        return AllocationTerms(
            cpus: Int64(size.cpus.doubleValue.rounded(.up)), memory: size.memory, gpus: size.gpus,
            time: map.duration("time") ?? .zero, idle: map.duration("idle") ?? .seconds(30))
    }

    private func kubernetes(_ map: MapReader) -> KubernetesTerms {
        _ = map.required("image", example: "image: registry/sluice:1")
        // A volume is both; without it files are carried.
        if ["shared_root", "claim", "sub_path"].contains(where: { map[$0] != nil }) {
            _ = map.required("shared_root", example: Self.rootExample)
            _ = map.required("claim", example: "claim: sluice-data")
        }
        var terms = KubernetesTerms(
            namespace: word(map, "namespace") ?? "default", image: map.string("image") ?? "",
            claim: word(map, "claim"), sharedRoot: path(map, "shared_root"), configuration: path(map, "config"),
            context: map.string("context"), serviceAccount: word(map, "service_account"),
            patience: map.duration("patience") ?? .seconds(600))
        terms.gpu = map.string("gpu") ?? terms.gpu
        terms.sluice = path(map, "sluice") ?? terms.sluice
        terms.subPath = relativePath(map, "sub_path")
        return terms
    }

    /// What it has, where that is said.
    func capacity(_ executor: MapReader) -> ResourceRequest? {
        executor["capacity"].map {
            let map = MapReader($0, "`capacity`", keys: RequestReader.poolKeys, in: findings)
            // A pool without cores or memory would run nothing.
            for (key, example) in [("cpus", "cpus: 8"), ("memory", "memory: 32GiB")] {
                _ = map.required(key, example: example)
            }
            return RequestReader(map: map).request(over: ResourceRequest(cpus: .zero, memory: 0, gpus: 0))
        }
    }

    private func path(_ map: MapReader, _ key: String) -> String? {
        guard let text = map.string(key) else { return nil }
        return OperatorFile.absolute(Located(text, at: map[key]?.location ?? map.location), findings)
    }

    private func relativePath(_ map: MapReader, _ key: String) -> String? {
        guard let text = map.string(key) else { return nil }
        let steps = text.split(separator: "/", omittingEmptySubsequences: false)
        if steps.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) { return text }
        findings.add(OperatorFindings.noRelativePath(text), at: map[key]?.location ?? map.location)
        return nil
    }

    /// A word that a program gets as an option's value.
    private func word(_ map: MapReader, _ key: String) -> String? {
        guard let text = map.string(key) else { return nil }
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: ","):
                true
            default: false
            }
        }
        if isPlain, !text.isEmpty, !text.hasPrefix("-") { return text }
        findings.add(OperatorFindings.engineWord(key, text), at: map[key]?.location ?? map.location)
        return nil
    }
}
