import Glibc
import SluiceModel

/// Reads secrets from where the operator keeps them, right before an attempt.
package struct SecretSources: Sendable {
    /// Bytes of one value.
    private static let sizeLimit = 64 << 10
    /// Milliseconds for a command.
    private static let patience: Int64 = 30_000

    private let rules: [String: SecretRule]
    private let environment: [String: String]

    /// `environment`: of this process.
    package init(_ rules: [String: SecretRule], environment: [String: String]) {
        self.rules = rules
        self.environment = environment
    }

    /// In the order of the names.
    package func read(_ names: [String]) throws(PluginError) -> [Secret] {
        var secrets: [Secret] = []
        for name in names { secrets.append(try read(name)) }
        return secrets
    }

    private func read(_ name: String) throws(PluginError) -> Secret {
        guard let rule = rules[name] else { throw refusal(name, "is not in the operator's configuration any more") }
        var value = try bytes(of: name, from: rule.source)
        if value.last == 0x0A { value.removeLast() }
        guard let text = String(validating: value, as: UTF8.self), !value.contains(0) else {
            throw refusal(name, "is no text")
        }
        guard text.unicodeScalars.count >= Secret.shortest else {
            throw refusal(name, "has fewer than \(Secret.shortest) characters, which cannot be kept from being shown")
        }
        return Secret(name: name, value: value)
    }

    private func bytes(of name: String, from source: SecretRule.Source) throws(PluginError) -> [UInt8] {
        switch source {
        case .file(let path):
            guard let bytes = smallFile(path, limit: Self.sizeLimit) else {
                throw refusal(name, "cannot be read from its file: \(errorText(errno))")
            }
            return bytes
        case .environment(let variable):
            guard let value = environment[variable] else {
                throw refusal(name, "is not there: the runner has no variable \(variable)")
            }
            return Array(value.utf8)
        case .command(let words): return try output(of: words, for: name)
        }
    }

    private func output(of words: [String], for name: String) throws(PluginError) -> [UInt8] {
        let launch = ProcessLaunch(
            path: words[0], arguments: words, environment: environment, folder: "/", orphanKill: 1000,
            mayGainPrivileges: true)
        var tool = SupervisedTool(launch: launch, timeout: Self.patience)
        tool.rawLimit = Self.sizeLimit
        guard let ending = tool.run(), ending.isGood else {
            throw refusal(name, "is not there: its command \(words[0]) failed")
        }
        return ending.raw
    }

    /// Its message holds no part of a value.
    private func refusal(_ name: String, _ what: String) -> PluginError {
        PluginError(.secretUnavailable, "the secret \(name) \(what)")
    }
}
