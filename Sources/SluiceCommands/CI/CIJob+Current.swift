#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import SluiceModel
import SluicePlanning

extension CIJob {
    /// The job that this process is part of; nil outside of CI systems.
    static func current() throws -> CIJob? { try read(ProcessEnvironment.all) }

    private static func read(_ variables: [String: String]) throws -> CIJob? {
        let path = variables["GITHUB_ACTIONS"] == "true" ? variables["GITHUB_EVENT_PATH"] : nil
        let bytes = try path.flatMap { try Files.bytes(at: $0, limit: largestEvent) }
        let event = bytes.flatMap { try? JSONDecoder().decode(JSONValue.self, from: Data($0)) }
        return CIEnvironment.job(variables, event: event)
    }

    /// Bytes; GitHub caps payloads of events at 25 MB.
    private static let largestEvent = 32 << 20
}
