import Glibc
import SluiceModel

/// Takes a folder in: looks through all of it first, so that what is refused stays whole for a look at it.
struct FolderIngest {
    let objects: ObjectFolder
    let output: OutputPath
    let limits: OutputLimits

    func run(name: String, type: ArtifactType) throws(ArtifactError) -> Artifact {
        let walk = TreeWalk(shown: output.shown, mostFolders: limits.files)
        try check(walk)
        var builder = FolderManifestBuilder()
        try walk.visit(output.name, of: output.parent) { (file) throws(ArtifactError) in
            let shown = output.shown + "/" + ShownPath.text(of: file.path)
            builder.add(path: file.path, try objects.store(file.name, of: file.folder, shown: shown))
        }
        let (manifest, digest) = builder.build()
        try objects.store(manifest: manifest.bytes, digest: digest)
        return Artifact(name: name, digest: digest, size: builder.size, type: type, isFolder: true)
    }

    private func check(_ walk: TreeWalk) throws(ArtifactError) {
        var (files, size) = (0, Int64(0))
        try walk.visit(output.name, of: output.parent) { (file) throws(ArtifactError) in
            files += 1
            let sum = size.addingReportingOverflow(Int64(file.status.st_size))
            size = sum.overflow ? .max : sum.partialValue
            try limits.check(size, of: output.shown)
            guard files <= limits.files else {
                throw ArtifactError(.tooLarge, "\(output.shown) has more than \(limits.files) files")
            }
        }
    }
}
