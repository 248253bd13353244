import Glibc
import SluiceGit
import SluiceModel
import SluiceStore

/// Puts our hooks into a repository and takes them out again; what was there is kept and chained.
struct HookInstaller {
    let context: RepositoryContext
    let installation: Installation

    enum Hook: String, CaseIterable {
        case postReceive = "post-receive"
        case preReceive = "pre-receive"
        case prePush = "pre-push"
    }

    /// What fits the repository where nothing is named.
    var defaults: [Hook] { context.git.isBare ? [.postReceive, .preReceive] : [.prePush] }

    func install(_ hooks: [Hook], for state: StateFolder) throws -> HookChanges {
        mkdir(context.git.hooksFolder, 0o755)
        var changes = HookChanges()
        for hook in hooks {
            let path = path(of: hook)
            if let kept = try keep(path) { changes.kept.append(kept) }
            try Files.replace(
                path, with: HookScript.text(hook: hook, executable: installation.executable, home: state.path),
                mode: 0o755)
            changes.installed.append(path)
        }
        try state.register(repository: context.repository.gitDirectory)
        try context.git.setConfiguration("sluice.path", to: ProcessEnvironment.searchPath)
        if hooks.contains(.postReceive) { try prepareForPushes() }
        return changes
    }

    /// Hides our pins from fetches and lets pushers send options.
    private func prepareForPushes() throws {
        try context.git.addConfiguration("transfer.hideRefs", value: "refs/sluice")
        if context.git.configuration("receive.advertisePushOptions") == nil {
            try context.git.setConfiguration("receive.advertisePushOptions", to: "true")
        }
    }

    /// Moves a hook of somebody else out of the way. Never over one that was kept before.
    private func keep(_ path: String) throws -> String? {
        guard Files.exists(path), try !isOurs(path) else { return nil }
        let kept = path + HookScript.keptEnding
        guard !Files.exists(kept) else {
            throw CommandFailure(
                .storage, "both \(path) and \(kept) are hooks of somebody else", hint: "merge them first")
        }
        guard rename(path, kept) == 0 else {
            throw CommandFailure(.storage, "cannot move \(path): \(Files.lastError())")
        }
        return kept
    }

    func uninstall(_ hooks: [Hook]) throws -> HookChanges {
        var changes = HookChanges()
        for hook in hooks {
            let path = path(of: hook)
            guard Files.exists(path), try isOurs(path) else { continue }
            let kept = path + HookScript.keptEnding
            guard Files.exists(kept) ? rename(kept, path) == 0 : unlink(path) == 0 else {
                throw CommandFailure(.storage, "cannot remove \(path): \(Files.lastError())")
            }
            if Files.exists(path) { changes.restored.append(path) } else { changes.removed.append(path) }
        }
        let left = try Hook.allCases.filter { try Files.exists(path(of: $0)) && isOurs(path(of: $0)) }
        if left.isEmpty { try context.git.removeConfiguration("sluice.path") }
        if !left.contains(.postReceive) {
            try context.git.removeConfiguration("transfer.hideRefs", value: "refs/sluice")
        }
        return changes
    }

    private func path(of hook: Hook) -> String { context.git.hooksFolder + "/" + hook.rawValue }

    private func isOurs(_ path: String) throws -> Bool {
        let text = String(decoding: try Files.bytes(at: path) ?? [], as: UTF8.self)
        return text.contains(HookScript.marker)
    }
}
