import Clibgit2
import SluiceModel

/// Says which of git's newer formats keeps libgit2 from reading a repository.
enum UnreadableFormat {
    static func found(at path: String) -> GitError? {
        var folder = git_buf()
        defer { git_buf_dispose(&folder) }
        guard git_repository_discover(&folder, path, 0, nil) == 0, let text = folder.ptr else { return nil }
        var configuration: OpaquePointer?
        guard git_config_open_ondisk(&configuration, String(cString: text) + "config") == 0 else { return nil }
        defer { git_config_free(configuration) }
        if value("extensions.objectformat", configuration) == "sha256" {
            return GitError(
                .unsupported, "this repository names its objects by SHA-256, which libgit2 cannot read",
                hint: "convert it, or push to a repository made with `git init --object-format=sha1`")
        }
        if value("extensions.refstorage", configuration) == "reftable" {
            return GitError(
                .unsupported, "this repository keeps its references as reftable, which libgit2 cannot read",
                hint: "`git refs migrate --ref-format=files`")
        }
        return nil
    }

    private static func value(_ name: String, _ configuration: OpaquePointer?) -> String? {
        var buffer = git_buf()
        defer { git_buf_dispose(&buffer) }
        guard git_config_get_string_buf(&buffer, configuration, name) == 0, let text = buffer.ptr else { return nil }
        return String(cString: text).lowercased()
    }
}
