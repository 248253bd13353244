import SluiceModel

/// Reads the operator's `sluice.yaml`.
package enum OperatorFile {
    private static let keys = [
        "executors", "accounts", "trust", "plugins", "inputs", "path", "max_runs_per_push", "pre_receive", "secrets",
        "python", "untrusted",
    ]
    private static let later = ["groups", "retention"]

    /// The configuration is nil where there is an error. What a later version knows is a warning, so that one file
    /// serves both.
    package static func parse(_ source: SourceText) -> (
        configuration: OperatorConfiguration?, diagnostics: [Diagnostic]
    ) {
        let findings = Findings(source, domain: "operator")
        let isBlank = source.text?.split(whereSeparator: \.isNewline).allSatisfy(isBlankLine) ?? false
        if isBlank { return (OperatorConfiguration(), []) }
        let configuration = YAMLReader.read(findings).map { read($0, findings) }
        return (findings.hasErrors ? nil : configuration, findings.sorted)
    }

    private static func isBlankLine(_ line: Substring) -> Bool {
        let text = line.drop { $0 == " " }
        return text.isEmpty || text.first == "#"
    }

    private static func read(_ root: YAMLNode, _ findings: Findings) -> OperatorConfiguration {
        let map = MapReader(root, "the configuration", keys: keys + later, in: findings)
        for key in later where map.has(key) {
            findings.add(OperatorFindings.unsupported("`\(key)`"), at: map.keyLocation(key))
        }
        var configuration = OperatorConfiguration()
        readExecutors(map["executors"], into: &configuration, findings)
        configuration.accounts = AccountReader(findings: findings).accounts(map["accounts"])
        configuration.trust = map["trust"].map { trust($0, findings) }
        configuration.untrusted = map["untrusted"].map { untrusted($0, findings) }
        configuration.preReceive = map["pre_receive"].map { preReceive($0, findings) }
        configuration.plugins = absolute(map, "plugins", findings)
        if let inputs = map["inputs"] {
            let inputs = MapReader(inputs, "`inputs`", keys: ["allow"], in: findings)
            configuration.allowedInputs = absolute(inputs, "allow", findings)
        }
        configuration.searchPath = map.string("path")
        configuration.secrets = SecretReader(findings: findings).secrets(map["secrets"])
        if let python = map["python"] {
            let python = MapReader(python, "`python`", keys: ["allow_source"], in: findings)
            configuration.allowsSourcePackages = python.boolean("allow_source")
        }
        if let limit = map.integer("max_runs_per_push", in: 1...10_000) { configuration.maxRunsPerPush = Int(limit) }
        return configuration
    }

    private static func trust(_ node: YAMLNode, _ findings: Findings) -> OperatorConfiguration.Trust {
        let map = MapReader(node, "`trust`", keys: ["branches", "tags"], in: findings)
        return OperatorConfiguration.Trust(branches: map.globs("branches") ?? [], tags: map.globs("tags") ?? [])
    }

    private static func untrusted(_ node: YAMLNode, _ findings: Findings) -> OperatorConfiguration.Untrusted {
        let map = MapReader(node, "`untrusted`", keys: ["run", "network"], in: findings)
        _ = map.required("run", example: "run: true")
        return OperatorConfiguration.Untrusted(
            runs: map.boolean("run") ?? false, hasNetwork: map.boolean("network") ?? false)
    }

    private static func preReceive(_ node: YAMLNode, _ findings: Findings) -> OperatorConfiguration.PreReceive {
        let map = MapReader(node, "`pre_receive`", keys: ["enforce", "pipelines"], in: findings)
        _ = map.required("enforce", example: "enforce: [main]")
        return OperatorConfiguration.PreReceive(
            enforce: map.globs("enforce") ?? [], pipelines: map.strings("pipelines") ?? [])
    }

    private static func readExecutors(
        _ node: YAMLNode?, into configuration: inout OperatorConfiguration, _ findings: Findings
    ) {
        for entry in MapReader(named: node, "`executors`", in: findings).entries {
            guard entry.key == ResourceRequest.local else {
                if let terms = ExecutorReader(findings: findings).terms(entry) { configuration.executors.append(terms) }
                continue
            }
            let local = MapReader(
                entry.value, "executor `local`",
                keys: ["capacity", "price", "enforcement", "sandbox", "new_privileges", "kind"], in: findings)
            configuration.localPrice = local.amount("price")
            configuration.enforcement = local.choice("enforcement", EnforcementChoice.self)
            configuration.sandbox = local.choice("sandbox", SandboxChoice.self)
            configuration.mayGainPrivileges = local.boolean("new_privileges")
            configuration.local = ExecutorReader(findings: findings).capacity(local)
        }
        configuration.executors.sort { $0.name < $1.name }
    }

    private static func absolute(_ map: MapReader, _ key: String, _ findings: Findings) -> [String] {
        (map.located(key) ?? []).compactMap { absolute($0, findings) }
    }

    static func absolute(_ path: Located<String>, _ findings: Findings) -> String? {
        let steps = path.value.split(separator: "/", omittingEmptySubsequences: false)
        if path.value.hasPrefix("/"), !steps.contains(".."), !steps.contains(".") {
            return path.value.count > 1 && path.value.hasSuffix("/") ? String(path.value.dropLast()) : path.value
        }
        findings.add(OperatorFindings.relativePath(path.value), at: path.location)
        return nil
    }
}

extension OperatorConfiguration {
    /// This configuration, the repository's, over the user's: what is said here holds, lists of folders add up.
    package func layered(over user: OperatorConfiguration) -> OperatorConfiguration {
        return OperatorConfiguration(
            local: local ?? user.local, localPrice: localPrice ?? user.localPrice,
            enforcement: enforcement ?? user.enforcement, executors: layeredExecutors(over: user.executors),
            sandbox: sandbox ?? user.sandbox, mayGainPrivileges: mayGainPrivileges ?? user.mayGainPrivileges,
            secrets: secrets.merging(user.secrets) { own, _ in own },
            allowsSourcePackages: allowsSourcePackages ?? user.allowsSourcePackages, trust: trust ?? user.trust,
            untrusted: untrusted ?? user.untrusted,
            plugins: plugins + user.plugins.filter { !plugins.contains($0) },
            allowedInputs: allowedInputs + user.allowedInputs.filter { !allowedInputs.contains($0) },
            searchPath: searchPath ?? user.searchPath,
            maxRunsPerPush: maxRunsPerPush ?? user.maxRunsPerPush,
            preReceive: preReceive ?? user.preReceive, accounts: layeredAccounts(over: user.accounts))
    }

    /// An executor of the same name is the repository's alone.
    private func layeredExecutors(over others: [ExecutorTerms]) -> [ExecutorTerms] {
        let own = Set(executors.map(\.name))
        return (executors + others.filter { !own.contains($0.name) }).sorted { $0.name < $1.name }
    }

    /// An account of the same name is the repository's alone.
    private func layeredAccounts(over others: [AccountRule]) -> [AccountRule] {
        let own = Set(accounts.map(\.account.name))
        return (accounts + others.filter { !own.contains($0.account.name) }).sorted {
            $0.account.name < $1.account.name
        }
    }
}
