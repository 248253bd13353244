import Glibc

/// What a folder holds, as far as it can be listed.
enum FolderNames {
    static func all(in folder: String) -> [String] {
        guard let place = try? Descriptor.open(folder, Descriptor.folderFlags), let reader = try? FolderReader(place)
        else { return [] }
        var names: [String] = []
        while let name = try? reader.next() { names.append(String(decoding: name.bytes, as: UTF8.self)) }
        return names
    }
}
