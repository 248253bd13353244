import Glibc
import PluginContract

/// Reads the file of numbers that a program of the tier `command` leaves in its workspace.
enum CommandMetrics {
    static let sizeLimit = 1 << 20

    enum Reading: Equatable {
        case metrics([String: Double])
        case failure(String)
    }

    /// `path` is relative to the folder; no part of it may be a link. Objects within are flattened with dots, what
    /// is no number is left out.
    static func read(_ path: String, in folder: String) -> Reading {
        guard let file = openFile(path, beneath: folder) else { return .failure("there is no regular file \(path)") }
        var information = stat()
        guard fstat(file.number, &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
            return .failure("\(path) is no regular file")
        }
        guard information.st_size <= sizeLimit else { return .failure("\(path) is over \(sizeLimit) bytes") }
        guard let bytes = contents(of: file) else { return .failure("\(path) cannot be read") }
        do throws(JSONError) {
            let json = try JSONReader.read(bytes)
            guard case .object = json else { return .failure("\(path) is no JSON object") }
            var metrics: [String: Double] = [:]
            flatten(json, "", into: &metrics)
            return .metrics(metrics)
        } catch {
            return .failure("\(path): \(error)")
        }
    }

    private static func flatten(_ json: JSON, _ prefix: String, into metrics: inout [String: Double]) {
        if let number = json.doubleValue { metrics[prefix] = number }
        for (name, value) in json.objectValue ?? [:] {
            flatten(value, prefix.isEmpty ? name : "\(prefix).\(name)", into: &metrics)
        }
    }

    private static func contents(of file: Descriptor) -> [UInt8]? {
        var bytes: [UInt8] = []
        return withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 1) { buffer in
            while bytes.count <= sizeLimit {
                switch file.read(into: buffer) {
                case .count(let count): bytes += buffer[..<count]
                case .ended: return bytes
                case .wouldBlock: return nil
                }
            }
            return nil
        }
    }
}
