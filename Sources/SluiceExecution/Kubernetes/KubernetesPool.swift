import SluiceModel

/// What a namespace may use.
package struct KubernetesPool: Sendable {
    private let terms: KubernetesTerms
    private let kubectl: Kubectl

    package init(_ terms: KubernetesTerms, searchPath: String, home: String?) {
        self.terms = terms
        kubectl = Kubectl(terms: terms, searchPath: searchPath, home: home)
    }

    /// The namespace's quotas, the smallest of each resource; what they leave open is the sum of the nodes.
    package func capacity() -> Result<ResourceRequest, EngineUnreachable> {
        let quotas: Result<KubernetesObjects.List<Quota>, UnreadableFile> = kubectl.get(["resourcequotas"])
        let hard: [[String: String]]
        switch quotas {
        case .failure(let failure): return .failure(EngineUnreachable(message: failure.message))
        case .success(let list): hard = list.items.compactMap { $0.status?.hard ?? $0.spec?.hard }
        }
        let limits = KubernetesAmounts(hard, gpu: terms.gpu, prefixes: ["requests.", "limits.", ""])
        if let whole = limits.request { return .success(whole) }
        let nodes: Result<KubernetesObjects.List<Node>, UnreadableFile> = kubectl.get(["nodes"])
        guard case .success(let list) = nodes else {
            let hint = "name its `capacity`: there is no quota for cpu and memory, and nodes may not be read"
            return .failure(EngineUnreachable(message: hint))
        }
        let sums = KubernetesAmounts.sum(
            of: list.items.filter(\.works).compactMap { $0.status?.allocatable }, terms.gpu)
        return .success(limits.filled(from: sums))
    }

    private struct Quota: Decodable {
        struct Part: Decodable { var hard: [String: String]? }
        var spec: Part?
        var status: Part?
    }

    private struct Node: Decodable {
        struct Spec: Decodable { var unschedulable: Bool? }
        struct Status: Decodable {
            var allocatable: [String: String]?
            var conditions: [KubernetesObjects.Condition]?
        }
        var spec: Spec?
        var status: Status?

        var works: Bool {
            spec?.unschedulable != true
                && status?.conditions?.contains { $0.type == "Ready" && $0.status == "True" } == true
        }
    }
}

/// Cores, bytes and devices as the cluster counts them; nil where nothing is said.
struct KubernetesAmounts: Equatable {
    var cpus: Amount?
    var memory: Int64?
    var gpus: Int64?

    /// The least of each resource under any of the prefixes.
    init(_ tables: [[String: String]], gpu: String, prefixes: [String]) {
        func least(_ name: String) -> Amount? {
            tables.flatMap { table in prefixes.compactMap { table[$0 + name] } }.compactMap(KubernetesQuantity.amount)
                .min()
        }
        cpus = least("cpu")
        memory = least("memory").map(KubernetesQuantity.whole)
        gpus = least(gpu).map(KubernetesQuantity.whole)
    }

    static func sum(of tables: [[String: String]], _ gpu: String) -> ResourceRequest {
        tables.map { KubernetesAmounts([$0], gpu: gpu, prefixes: [""]) }.reduce(
            into: ResourceRequest(cpus: .zero, memory: 0, gpus: 0)
        ) { sum, node in
            sum.cpus += node.cpus ?? .zero
            sum.memory += node.memory ?? 0
            sum.gpus += node.gpus ?? 0
        }
    }

    /// Where cores and memory are both limited. Devices that no quota names are none.
    var request: ResourceRequest? {
        guard let cpus, let memory else { return nil }
        return ResourceRequest(cpus: cpus, memory: memory, gpus: gpus ?? 0)
    }

    func filled(from nodes: ResourceRequest) -> ResourceRequest {
        ResourceRequest(cpus: cpus ?? nodes.cpus, memory: memory ?? nodes.memory, gpus: gpus ?? nodes.gpus)
    }
}

/// Kubernetes' way to write amounts: `500m`, `1.5`, `16Gi`, `2k`, `1e3`.
enum KubernetesQuantity {
    private static let suffixes: [(String, Amount)] = [
        ("Ki", Amount(1 << 10)), ("Mi", Amount(1 << 20)), ("Gi", Amount(1 << 30)), ("Ti", Amount(1 << 40)),
        ("k", Amount(1_000)), ("M", Amount(1_000_000)), ("G", Amount(1_000_000_000)),
        ("T", Amount(1_000_000_000_000)), ("m", Amount(billionths: Amount.unit / 1000)),
        ("u", Amount(billionths: Amount.unit / 1_000_000)), ("n", Amount(billionths: 1)),
    ]

    /// nil for what is none, and for more than a model can say.
    static func amount(_ text: String) -> Amount? {
        guard let (suffix, factor) = suffixes.first(where: { text.hasSuffix($0.0) }) else {
            return Amount(decimal: text)
        }
        guard let number = Amount(decimal: text.dropLast(suffix.count)) else { return nil }
        let (product, isTooLarge) = number.billionths.multipliedReportingOverflow(by: factor.billionths)
        return isTooLarge ? nil : Amount(billionths: product / Amount.unit)
    }

    /// Rounded down: nothing is promised that is not there.
    static func whole(_ amount: Amount) -> Int64 { Int64(clamping: amount.billionths / Amount.unit) }
}
