import Glibc
import SluiceModel

extension ObjectFolder {
    /// Opens an object for reading, hashed again when its stamp says that it was touched. One that has changed is
    /// moved aside, so that it can be made anew. Errors: `.missing`, `.corrupt`.
    func open(_ key: Key) throws(ArtifactError) -> (Descriptor, stat) {
        let file: Descriptor
        do { file = try folder.open(key.path, Descriptor.readFlags) } catch {
            guard error.number == ENOENT else { throw error.artifactError }
            throw ArtifactError(.missing, "the artifact \(key.digest) is not in the store")
        }
        do throws(FileError) {
            let status = try file.status()
            if !ObjectStamp(status, key.digest).isOn(status) { try verify(file, status, key) }
            return (file, try file.status())
        } catch {
            if error.number == EBADMSG {
                throw ArtifactError(.corrupt, "the stored artifact \(key.digest) has changed since it was stored")
            }
            throw error.artifactError
        }
    }

    private func verify(_ file: Descriptor, _ status: stat, _ key: Key) throws(FileError) {
        guard status.isFile, try ContentHash.digest(of: file, unless: isGivenUp).digest == key.digest else {
            let aside = FileName(bytes: key.path.bytes + Array(".changed".utf8))
            renameat(folder.number, key.path.characters, folder.number, aside.characters)
            throw FileError("check", "an artifact", EBADMSG)
        }
        guard lseek(file.number, 0, SEEK_SET) == 0 else { throw FileError("read", "an artifact") }
        try ObjectStamp(status, key.digest).put(on: file)
    }
}
