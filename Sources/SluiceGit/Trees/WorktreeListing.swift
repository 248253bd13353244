import Clibgit2
import SluiceModel

/// Asks libgit2 which paths of a working tree count.
struct WorktreeListing {
    let repository: OpaquePointer

    /// A path that is tracked or not ignored; whether it is there, and as what, only the disk knows.
    struct Candidate {
        let path: String
        let submodule: ObjectID?
    }

    /// Sorted by path bytes. Names that are not UTF-8 are left out, as in `GitTree`.
    func files() throws(GitError) -> [Candidate] {
        let submodules = try submodules()
        var paths: Set<[UInt8]> = []
        try collect(into: &paths)
        paths.formUnion(submodules.keys)
        guard paths.count <= TreeLimits.entries else {
            throw GitError(.tooLarge, "the working tree has more than \(TreeLimits.entries) files")
        }
        return paths.sorted { $0.lexicographicallyPrecedes($1) }.compactMap { bytes in
            CBytes.text(bytes).map { Candidate(path: $0, submodule: submodules[bytes]) }
        }
    }

    private func collect(into paths: inout Set<[UInt8]>) throws(GitError) {
        var options = git_status_options()
        git_status_options_init(&options, UInt32(GIT_STATUS_OPTIONS_VERSION))
        options.show = GIT_STATUS_SHOW_WORKDIR_ONLY
        options.flags =
            GIT_STATUS_OPT_INCLUDE_UNTRACKED.rawValue | GIT_STATUS_OPT_RECURSE_UNTRACKED_DIRS.rawValue
            | GIT_STATUS_OPT_INCLUDE_UNMODIFIED.rawValue | GIT_STATUS_OPT_EXCLUDE_SUBMODULES.rawValue
        let list = try LibGit2.made("list the working tree") { git_status_list_new(&$0, repository, &options) }
        defer { git_status_list_free(list) }
        for index in 0..<git_status_list_entrycount(list) {
            guard let entry = git_status_byindex(list, index), let delta = entry.pointee.index_to_workdir,
                let path = delta.pointee.new_file.path
            else { continue }
            paths.insert(CBytes.of(path))
        }
    }

    private func submodules() throws(GitError) -> [[UInt8]: ObjectID] {
        let index = try LibGit2.made("read the index") { git_repository_index(&$0, repository) }
        defer { git_index_free(index) }
        try LibGit2.check(git_index_read(index, 0), "read the index")
        var found: [[UInt8]: ObjectID] = [:]
        for position in 0..<git_index_entrycount(index) {
            guard let entry = git_index_get_byindex(index, position), let path = entry.pointee.path,
                entry.pointee.mode == GIT_FILEMODE_COMMIT.rawValue
            else { continue }
            var oid = entry.pointee.id
            found[CBytes.of(path)] = ObjectID(&oid)
        }
        return found
    }
}
