import Clibgit2
import SluiceModel

/// The paths in which two trees differ, collected while libgit2 walks them: a commit that unfolds into billions of
/// paths is given up early, as "everything changed".
final class TreeDifference {
    private var paths: [[UInt8]] = []
    private var isTooLarge = false

    private init() {}

    static func paths(
        _ repository: OpaquePointer, from old: OpaquePointer, to new: OpaquePointer
    ) throws(GitError) -> ChangedPaths {
        let difference = TreeDifference()
        let status = difference.walk(repository, old, new)
        if difference.isTooLarge { return .everything }
        try LibGit2.check(status, "compare two commits")
        let sorted = difference.paths.sorted { $0.lexicographicallyPrecedes($1) }
        var texts: [String] = []
        for (index, path) in sorted.enumerated() where index == 0 || sorted[index - 1] != path {
            texts.append(TreePath.text(path))
        }
        return .paths(texts)
    }

    private func walk(_ repository: OpaquePointer, _ old: OpaquePointer, _ new: OpaquePointer) -> Int32 {
        var options = git_diff_options()
        git_diff_options_init(&options, UInt32(GIT_DIFF_OPTIONS_VERSION))
        options.payload = Unmanaged.passUnretained(self).toOpaque()
        options.notify_cb = { _, delta, _, payload in
            guard let delta, let payload else { return 0 }
            return Unmanaged<TreeDifference>.fromOpaque(payload).takeUnretainedValue().take(delta.pointee)
        }
        var diff: OpaquePointer?
        let status = withExtendedLifetime(self) { git_diff_tree_to_tree(&diff, repository, old, new, &options) }
        git_diff_free(diff)
        return status
    }

    /// Positive: not kept by libgit2, as it is kept here. Negative: stop.
    private func take(_ delta: git_diff_delta) -> Int32 {
        guard paths.count < TreeLimits.changedPaths else {
            isTooLarge = true
            return -1
        }
        if let path = delta.new_file.path ?? delta.old_file.path { paths.append(CBytes.of(path)) }
        return 1
    }
}
