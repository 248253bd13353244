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

    func install(_ hooks: [Hook], for state: StateFolder) throws -> [String] {
        let folder = context.git.hooksFolder
        mkdir(folder, 0o755)
        var told: [String] = []
        for hook in hooks {
            let path = folder + "/" + hook.rawValue
            if let kept = try keep(path) { told.append("kept the hook that was there as \(kept); it runs first") }
            try Files.replace(
                path, with: HookScript.text(hook: hook, executable: installation.executable, home: state.path),
                mode: 0o755)
            told.append("installed \(path)")
        }
        try state.register(repository: context.repository.gitDirectory)
        try context.git.setConfiguration("sluice.path", to: ProcessEnvironment.searchPath)
        if hooks.contains(.postReceive) { try prepareForPushes() }
        return told
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

    func uninstall(_ hooks: [Hook]) throws -> [String] {
        var told: [String] = []
        for hook in hooks {
            let path = context.git.hooksFolder + "/" + hook.rawValue
            guard Files.exists(path), try isOurs(path) else { continue }
            let kept = path + HookScript.keptEnding
            guard Files.exists(kept) ? rename(kept, path) == 0 : unlink(path) == 0 else {
                throw CommandFailure(.storage, "cannot remove \(path): \(Files.lastError())")
            }
            told.append(Files.exists(path) ? "restored \(path)" : "removed \(path)")
        }
        try context.git.removeConfiguration("sluice.path")
        try context.git.removeConfiguration("transfer.hideRefs", value: "refs/sluice")
        return told
    }

    private func isOurs(_ path: String) throws -> Bool {
        let text = String(decoding: try Files.bytes(at: path) ?? [], as: UTF8.self)
        return text.contains(HookScript.marker)
    }
}
