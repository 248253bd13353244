import SluiceModel

/// Another value for one limit, as a person says it: `gpu_hours=14`, `deadline=2h`, `memory=64GiB`, `team.cost=20`,
/// `gpu-nodes.gpus=4`, `max_parallel.train=2`.
package struct LimitChange: Sendable, Equatable {
    enum Target: Sendable, Equatable {
        case budget(BudgetResource)
        /// Of an executor's pool; nil: the local one.
        case capacity(pool: String?, PoolResource)
        /// How many instances of a stage run at once.
        case parallel(stage: String)
        /// A limit of one of the operator's accounts.
        case account(String, BudgetResource)
    }

    /// As it was said.
    package let name: String
    package let amount: Amount
    let target: Target

    /// Why a text names no change, and what would.
    package struct Malformed: Error, Sendable, Equatable {
        package var message: String
        package var hint: String
    }

    package init(_ text: String) throws(Malformed) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[1].isEmpty else {
            throw Malformed(message: "`\(text)` is no limit with a value", hint: "as in gpu_hours=14 or deadline=2h")
        }
        name = parts[0]
        guard let target = Self.target(parts[0]) else {
            throw Malformed(
                message: "there is no limit `\(parts[0])`",
                hint: NearestName.hint(for: parts[0], of: Self.names, kind: "limits") ?? "")
        }
        guard let amount = Self.amount(parts[1], of: target) else {
            throw Malformed(
                message: "`\(parts[1])` is no value for \(parts[0])", hint: "for example \(Self.example(of: target))")
        }
        self.target = target
        self.amount = amount
    }

    private static let names =
        BudgetResource.allCases.map(\.rawValue) + ["deadline", "cpus", "memory", "gpus", "disk", "network"]

    private static func target(_ name: String) -> Target? {
        let name = name.hasPrefix("capacity:") ? String(name.dropFirst(9)) : name
        if name == "deadline" { return .budget(.wall) }
        if let resource = BudgetResource(rawValue: name) { return .budget(resource) }
        if let resource = PoolResource(name) { return .capacity(pool: nil, resource) }
        guard let dot = name.firstIndex(of: "."), dot > name.startIndex else { return nil }
        let (owner, rest) = (String(name[..<dot]), String(name[name.index(after: dot)...]))
        if owner == "max_parallel" { return .parallel(stage: rest) }
        if let resource = PoolResource(rest) { return .capacity(pool: owner, resource) }
        return account(name)
    }

    /// `team.gpu_hours`; the name of an account may have dots.
    private static func account(_ name: String) -> Target? {
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex,
            let resource = BudgetResource(rawValue: String(name[name.index(after: dot)...]))
        else { return nil }
        return .account(String(name[..<dot]), resource)
    }

    private static func amount(_ text: String, of target: Target) -> Amount? {
        let amount: Amount?
        switch target {
        case .budget(.wall), .account(_, .wall):
            amount = Units.duration(text).map { Amount(billionths: Int128($0.wholeMilliseconds) * 1_000_000) }
        case .capacity(_, .memory), .capacity(_, .disk), .budget(.egress), .budget(.storage), .account(_, .egress),
            .account(_, .storage):
            amount = Units.size(text).map { Amount($0) }
        case .capacity(_, .network):
            amount = Units.size(text.hasSuffix("/s") ? String(text.dropLast(2)) : text).map { Amount($0) }
        case .budget, .account, .capacity(_, .cpus): amount = Amount(decimal: text)
        case .capacity(_, .gpus), .capacity(_, .custom): amount = Int64(text).map { Amount($0) }
        case .parallel: amount = Int64(text).flatMap { $0 > 0 ? Amount($0) : nil }
        }
        return amount.flatMap { $0 < .zero ? nil : $0 }
    }

    private static func example(of target: Target) -> String {
        switch target {
        case .budget(.wall), .account(_, .wall): "2h30m"
        case .capacity(_, .memory), .capacity(_, .disk), .budget(.egress), .budget(.storage), .account(_, .egress),
            .account(_, .storage):
            "64GiB"
        case .capacity(_, .network): "100MB/s"
        default: "4"
        }
    }

    /// The resource whose unit the value has.
    package var resource: String {
        switch target {
        case .budget(let resource), .account(_, let resource): resource.rawValue
        case .capacity(_, let resource): resource.name
        case .parallel(let stage): "max_parallel.\(stage)"
        }
    }
}
