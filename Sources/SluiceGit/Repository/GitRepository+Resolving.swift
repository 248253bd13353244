import Clibgit2
import SluiceModel

extension GitRepository {
    /// The commit that an oid names, tags followed.
    ///
    /// Errors: `.notFound`, `.notACommit`, `.unsupported` (64 digits).
    package func resolve(_ oid: ObjectID) throws(GitError) -> Commit {
        let raw = try oid.raw()
        return try explainingShallow { () throws(GitError) in
            try handle.withPointer { (repository) throws(GitError) in
                try GitObjects(repository: repository).commit(raw)
            }
        }
    }

    /// The commit that a reference leads to now, by its full name.
    package func resolve(_ reference: Reference) throws(GitError) -> Commit {
        guard let oid = try target(of: reference)?.oid else {
            throw GitError(.notFound, "there is no reference \(reference.name)")
        }
        return try resolve(oid)
    }

    /// The commit that a person names: `HEAD`, a reference (full or short), an oid (seven digits or more), each with
    /// any number of `~N` and `^N` behind it. The reference is nil for oids, a detached HEAD and ancestors.
    ///
    /// Deliberately not git's whole grammar: libgit2's `git_revparse` can be kept busy for ever by what is pushed.
    package func resolve(named text: String) throws(GitError) -> (commit: Commit, reference: Reference?) {
        let expression = try RevisionExpression(text)
        let (oid, reference) = try base(expression.base)
        var commit = try resolve(oid)
        for step in expression.steps { commit = try parent(step, of: commit, in: text) }
        return (commit, expression.steps.isEmpty ? reference : nil)
    }

    private func base(_ text: String) throws(GitError) -> (ObjectID, Reference?) {
        if let oid = ObjectID(hex: text) { return (oid, nil) }
        for name in Self.candidates(for: text) {
            guard let found = try target(of: Reference(name)) else { continue }
            return (found.oid, found.name.bytes == Array("HEAD".utf8) ? nil : found.name)
        }
        if text == "HEAD" {
            throw GitError(.unborn, "this repository has no commit on HEAD yet", hint: "commit something first")
        }
        if let oid = try abbreviated(text) { return (oid, nil) }
        throw GitError(
            .notFound, "there is no commit, branch or tag `\(text)` here",
            hint: isShallow ? "the clone is shallow; `git fetch --unshallow` brings the rest" : nil)
    }

    private static func candidates(for text: String) -> [String] {
        if text == "HEAD" || text.hasPrefix("refs/") { return [text] }
        return ["refs/heads/" + text, "refs/tags/" + text, "refs/remotes/" + text, "refs/remotes/\(text)/HEAD"]
    }

    private func parent(
        _ step: RevisionExpression.Step, of commit: Commit, in text: String
    ) throws(GitError) -> Commit {
        switch step {
        case .parent(0): return commit
        case .parent(let number): return try parent(number, of: commit, text)
        case .ancestor(let count):
            var commit = commit
            for _ in 0..<count { commit = try parent(1, of: commit, text) }
            return commit
        }
    }

    private func parent(_ number: Int, of commit: Commit, _ text: String) throws(GitError) -> Commit {
        guard let oid = try parentID(number, of: commit.oid) else {
            throw GitError(.notFound, "`\(text)` goes beyond \(commit.oid.short), which has no parent \(number)")
        }
        return try resolve(oid)
    }

    /// The n-th parent, 1 being the first; whether it is here is another question. nil where the commit has fewer.
    package func parentID(_ number: Int, of oid: ObjectID) throws(GitError) -> ObjectID? {
        let raw = try oid.raw()
        return try handle.withPointer { (repository) throws(GitError) in
            guard var parent = try GitObjects(repository: repository).parent(number, of: raw) else { return nil }
            return ObjectID(&parent)
        }
    }

    /// A beginning of an oid; nil where the text is none or nothing begins so, `.invalid` where several objects do.
    private func abbreviated(_ text: String) throws(GitError) -> ObjectID? {
        let digits = text.utf8.count
        guard (7..<40).contains(digits), text.utf8.allSatisfy({ UnicodeScalar($0).properties.isASCIIHexDigit })
        else { return nil }
        return try handle.withPointer { (repository) throws(GitError) in
            var short = git_oid()
            try LibGit2.check(git_oid_fromstrn(&short, text, digits), "read the object id \(text)", code: .invalid)
            var object: OpaquePointer?
            let status = git_object_lookup_prefix(&object, repository, &short, digits, GIT_OBJECT_ANY)
            guard status != GIT_ENOTFOUND.rawValue else { return nil }
            guard status != GIT_EAMBIGUOUS.rawValue else {
                throw GitError(.invalid, "several objects begin with \(text)", hint: "give more digits")
            }
            try LibGit2.check(status, "look for an object that begins with \(text)")
            defer { git_object_free(object) }
            return git_object_id(object).map { ObjectID($0) }
        }
    }

    private func explainingShallow<T>(_ body: () throws(GitError) -> T) throws(GitError) -> T {
        do throws(GitError) {
            return try body()
        } catch {
            guard error.code == .notFound, error.hint == nil, isShallow else { throw error }
            throw GitError(
                .notFound, error.message, hint: "the clone is shallow; `git fetch --unshallow` brings the rest")
        }
    }
}
