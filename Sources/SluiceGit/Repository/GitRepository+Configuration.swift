import Clibgit2
import SluiceModel

extension GitRepository {
    /// The effective value of a variable, nil where it is not set. Values of `git -c` do not count.
    package func configuration(_ name: String) -> String? {
        try? withConfiguration { (configuration) throws(GitError) -> String? in
            var buffer = git_buf()
            defer { git_buf_dispose(&buffer) }
            guard git_config_get_string_buf(&buffer, configuration, name) == 0 else { return nil }
            return buffer.ptr.map { String(cString: $0) }
        }
    }

    /// All values of a variable that may have several.
    package func configurationValues(_ name: String) -> [String] {
        let values = try? withConfiguration { (configuration) throws(GitError) in
            Self.values(of: name, in: configuration)
        }
        return values ?? []
    }

    /// Sets a variable of the repository itself.
    package func setConfiguration(_ name: String, to value: String) throws(GitError) {
        try withOwnConfiguration { (configuration) throws(GitError) in
            try LibGit2.check(git_config_set_string(configuration, name, value), "set \(name)")
        }
    }

    /// Adds a value to those that the variable has; one that it has in this repository is not added again.
    package func addConfiguration(_ name: String, value: String) throws(GitError) {
        try withOwnConfiguration { (configuration) throws(GitError) in
            guard !Self.values(of: name, in: configuration).contains(value) else { return }
            // A pattern that no value matches: nothing is replaced.
            try LibGit2.check(git_config_set_multivar(configuration, name, "a^", value), "add to \(name)")
        }
    }

    /// Removes one value of a variable of the repository itself, or all; none is fine.
    package func removeConfiguration(_ name: String, value: String? = nil) throws(GitError) {
        try withOwnConfiguration { (configuration) throws(GitError) in
            let pattern = value.map { "^" + Self.literal($0) + "$" } ?? ".*"
            let status = git_config_delete_multivar(configuration, name, pattern)
            guard status != GIT_ENOTFOUND.rawValue else { return }
            try LibGit2.check(status, "remove \(name)")
        }
    }

    /// Where git looks for hooks: `core.hooksPath`, or `hooks` beside the objects. A relative `core.hooksPath` counts
    /// from where git runs hooks: the top of the working tree, or the folder of a bare repository.
    package var hooksFolder: String {
        let path = try? withConfiguration { (configuration) throws(GitError) -> String? in
            var buffer = git_buf()
            defer { git_buf_dispose(&buffer) }
            guard git_config_get_path(&buffer, configuration, "core.hooksPath") == 0 else { return nil }
            return buffer.ptr.map { String(cString: $0) }
        }
        guard let path, !path.isEmpty else { return commonDirectory + "/hooks" }
        return path.hasPrefix("/") ? path : (workTree ?? gitDirectory) + "/" + path
    }

    private func withConfiguration<T: Sendable>(
        _ body: (OpaquePointer) throws(GitError) -> T
    ) throws(GitError) -> T {
        try handle.withPointer { (repository) throws(GitError) in
            let configuration = try LibGit2.made("read git's configuration") {
                git_repository_config(&$0, repository)
            }
            defer { git_config_free(configuration) }
            return try body(configuration)
        }
    }

    /// Only the repository's own file, so that a write never lands in the user's.
    private func withOwnConfiguration(_ body: (OpaquePointer) throws(GitError) -> Void) throws(GitError) {
        try withConfiguration { (all) throws(GitError) in
            let own = try LibGit2.made("open the repository's configuration") {
                git_config_open_level(&$0, all, GIT_CONFIG_LEVEL_LOCAL)
            }
            defer { git_config_free(own) }
            try body(own)
        }
    }

    private static func values(of name: String, in configuration: OpaquePointer) -> [String] {
        var made: OpaquePointer?
        guard git_config_multivar_iterator_new(&made, configuration, name, nil) == 0 else { return [] }
        defer { git_config_iterator_free(made) }
        var values: [String] = []
        var entry: UnsafeMutablePointer<git_config_entry>?
        while git_config_next(&entry, made) == 0 {
            if let value = entry?.pointee.value { values.append(String(cString: value)) }
        }
        return values
    }

    /// A regular expression that matches the text alone.
    private static func literal(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            scalar.isASCII && !scalar.properties.isAlphabetic && scalar.properties.numericType == nil
                ? "\\" + String(scalar) : String(scalar)
        }.joined()
    }
}
