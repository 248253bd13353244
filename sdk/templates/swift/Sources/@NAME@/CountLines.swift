import Foundation
import PluginContract

/// Counts the lines of the input `text` into the output `count`.
@main struct CountLines: SluicePlugin {
    func run(_ context: PluginContext) throws {
        let text = try Data(contentsOf: URL(filePath: try context.input("text").path))
        try context.check()  // throws when the runner has asked to stop
        let skipsEmpty = context.params["skip_empty"]?.boolValue ?? false
        let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: skipsEmpty)
        let count = lines.count - (!skipsEmpty && (text.isEmpty || text.last == UInt8(ascii: "\n")) ? 1 : 0)
        print("counted \(count) lines")  // a line of the log: stdout is not the protocol any more
        try context.metric("lines", Double(count))
        let wanted = context.params["at_least"]?.integerValue ?? 0
        guard count >= wanted else { throw Verdict.failed(reason: "\(count) lines, and \(wanted) are wanted") }
        try Data("\(count)\n".utf8).write(to: URL(filePath: try context.place("count").path))
    }

    func estimate(_ context: PluginContext) -> [ProfileEstimate] {
        [ProfileEstimate(context.start.grant.profile, p50: 1, p90: 2)]
    }
}
