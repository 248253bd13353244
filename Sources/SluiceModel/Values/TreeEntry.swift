package struct TreeEntry: Sendable, Hashable {
    package enum Kind: Sendable, Hashable { case file, executable, link, folder, submodule }

    package var path: String
    package var oid: ObjectID
    package var kind: Kind

    package init(path: String, oid: ObjectID, kind: Kind) {
        self.path = path
        self.oid = oid
        self.kind = kind
    }

    package var isRegular: Bool { kind == .file || kind == .executable }
}
