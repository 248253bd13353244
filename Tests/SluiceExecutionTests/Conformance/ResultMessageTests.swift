import SluiceModel
import Testing

@testable import SluiceExecution

@Suite("What an engine shows of a result")
struct ResultMessageTests {
    private func written(_ result: AttemptResult) throws -> (message: ResultMessage, bytes: Int) {
        let folder = try Attempts()
        try folder.write("message", String(repeating: "x", count: 5000))
        try #require(ResultMessage(of: result)).write(to: "\(folder.root)/message")
        let text = try #require(folder.read("message"))
        return (try #require(ResultMessage(text)), text.utf8.count)
    }

    @Test("a small result is whole")
    func small() throws {
        var result = AttemptResult(outcome: .succeeded, exit: 0, metrics: ["auc": 0.5])
        result.warnings = ["w"]
        let read = try written(result).message
        #expect(read.isWhole && read.result == result)
    }

    @Test("long words are left out first, then values, and it fits in any case")
    func large() throws {
        let long = String(repeating: "\u{1F511}\"\\\u{1}", count: 3000)
        var result = AttemptResult(
            outcome: .failed, reason: long, exit: 12,
            error: AttemptError(
                errorClass: .user, code: "x", message: "m", detail: long, stderr: [long, long], lastLine: long),
            metrics: ["auc": 0.5])
        result.reason = "r"
        let worded = try written(result)
        #expect(worded.message.isWhole && worded.bytes <= 4096 && worded.message.result.metrics == ["auc": 0.5])
        result.metrics = Dictionary(uniqueKeysWithValues: (0..<1000).map { ("metric \($0)", 1) })
        result.reason = long
        result.error?.message = long
        let cut = try written(result)
        #expect(!cut.message.isWhole && cut.bytes <= 4096 && cut.message.result.outcome == .failed)
        #expect(cut.message.result.exit == 12 && cut.message.result.error?.errorClass == .user)
    }

    @Test("the end of a log is no result")
    func other() { #expect(ResultMessage("Traceback: {\"outcome\":\"succeeded\"}") == nil) }
}
