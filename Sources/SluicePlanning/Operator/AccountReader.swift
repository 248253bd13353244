import SluiceModel

/// Reads the operator's `accounts`.
struct AccountReader {
    let findings: Findings
    private var values: ValueReader { ValueReader(findings: findings) }

    init(findings: Findings) { self.findings = findings }

    /// In the order of their names.
    func accounts(_ node: YAMLNode?) -> [AccountRule] {
        MapReader(named: node, "`accounts`", in: findings).entries.map { entry in
            _ = values.isName(entry.key, at: entry.keyLocation, kind: "an account")
            if entry.key == "run" || entry.key == "pool" {
                findings.add(OperatorFindings.reservedAccount(entry.key), at: entry.keyLocation)
            }
            return account(entry)
        }.sorted { $0.account.name < $1.account.name }
    }

    private func account(_ entry: YAMLNode.Entry) -> AccountRule {
        let what = "account `\(entry.key)`"
        let map = MapReader(entry.value, what, keys: ["match", "window", "limits"], in: findings)
        let window = map.required("window", example: "window: month").flatMap(self.window)
        let limits = map.required("limits", example: "limits: { cost: 100 }").map(self.limits) ?? []
        // A window that cannot be read is an error already; what it is read as then does not matter.
        var rule = AccountRule(account: Account(name: entry.key, window: window ?? .run, limits: limits))
        if let match = map["match"] {
            let match = MapReader(match, "`match`", keys: ["branch", "pipeline", "repository"], in: findings)
            rule.branches = match.globs("branch")
            rule.pipelines = match.globs("pipeline")
            rule.repositories = match.globs("repository")
        }
        return rule
    }

    /// `run`, `month`, or how long back: `7d`.
    private func window(_ node: YAMLNode) -> AccountWindow? {
        switch node.text {
        case "run": return .run
        case "month": return .month
        case let text?:
            if let length = Units.duration(text)?.wholeMilliseconds, length > 0 {
                return .rolling(milliseconds: length)
            }
            findings.add(OperatorFindings.window(text), at: node)
        case nil: findings.add(values.wrongType("`window`", "`run`, `month` or a duration", node), at: node)
        }
        return nil
    }

    private func limits(_ node: YAMLNode) -> [BudgetLimit] {
        let reader = BudgetReader(findings: findings)
        let limits = reader.limits(node)
        return BudgetResource.allCases.compactMap { resource in limits.first { $0.resource == resource } }
    }
}
