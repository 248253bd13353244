import Glibc
import SluicePlanning

/// The folder of a new plugin, copied from `sdk/templates/LANGUAGE` with its name in place of `@NAME@`.
struct PluginTemplate {
    private static let mark = "@NAME@"

    let name: String
    /// The folder `sdk` beside the binary.
    let sources: String

    /// As manifests name plugins; at most 100 characters.
    static func isName(_ name: String) -> Bool {
        let isAllowed = name.utf8.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                || $0 == UInt8(ascii: "-")
        }
        return isAllowed && name.first?.isLetter == true && name.count <= 100
    }

    func write(_ language: String, into folder: String) throws {
        guard !Files.exists(folder) else {
            throw CommandFailure(.usage, "\(folder) is there already", hint: "choose another name, or --folder")
        }
        try copy("\(sources)/templates/\(language)", to: folder)
        switch language {
        case "shell": try copy("\(sources)/shell/sluice-plugin.sh", to: folder + "/sluice-plugin.sh")
        case "swift": try copy("\(sources)/swift/PluginContract", to: folder + "/Sources/PluginContract")
        default: break
        }
    }

    private func copy(_ source: String, to place: String) throws {
        var information = stat()
        guard stat(source, &information) == 0 else {
            throw CommandFailure(.unavailable, "\(source) is not there: the installation is not whole")
        }
        if information.st_mode & S_IFMT == S_IFDIR {
            try Files.makeFolder(place)
            for name in try Files.names(in: source) {
                let target = name.replacing(Self.mark, with: self.name)
                try copy("\(source)/\(name)", to: "\(place)/\(target)")
            }
        } else {
            let text = String(decoding: try Files.bytes(at: source) ?? [], as: UTF8.self)
            try Files.replace(
                place, with: text.replacing(Self.mark, with: name), mode: information.st_mode & 0o111 | 0o644)
        }
    }
}
