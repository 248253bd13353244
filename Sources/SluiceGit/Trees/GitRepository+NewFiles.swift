import Glibc
import SluiceModel

extension GitRepository {
    /// Writes new files into the working tree, never over one that is there and never through a link. The paths of
    /// those that were there already, in their order.
    ///
    /// Errors: `.invalid` (a bare repository, a path that leaves it), `.failed`.
    package func addToWorkTree(_ files: [(path: String, text: String)]) throws(GitError) -> [String] {
        guard let workTree else {
            throw GitError(.invalid, "a bare repository has no working tree", hint: "go to a clone of it")
        }
        var writer = try SnapshotWriter(folder: workTree)
        var kept: [String] = []
        for file in files {
            var status = stat()
            guard lstat(workTree + "/" + file.path, &status) != 0 else {
                kept.append(file.path)
                continue
            }
            var new = try writer.create(file.path, isExecutable: false)
            let bytes = Array(file.text.utf8)
            // What a closure that throws its own kind of error would need is a loop here.
            let failure: GitError? = bytes.withUnsafeBytes { bytes in
                do throws(GitError) {
                    try new.write(bytes)
                    return nil
                } catch {
                    return error
                }
            }
            if let failure { throw failure }
            try new.close()
        }
        return kept
    }
}
