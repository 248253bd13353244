import Foundation
import Glibc
import SluiceTesting
import Testing

/// A run in the foreground as somebody at a terminal sees it.
@Suite struct TerminalTests {
    private static let hasScript = FileManager.default.isExecutableFile(atPath: "/usr/bin/script")

    @Test(
        "what is told while the live view stands takes its place first, so that neither is lost",
        .enabled(if: hasScript, "there is no `script` to make a terminal"))
    func toldBesideLiveView() throws {
        let scene = try Scene(withHook: false)
        let (pid, mark) = (scene.root + "/pid", scene.root + "/mark")
        try scene.commit(Toy.single("run: touch '\(mark)'; sleep 600\nsources: []\ngrace: 1s"))
        let program = try StartedProgram(
            ["script", "-qec", "echo $$ >'\(pid)'; exec '\(Scene.binary)' run", scene.root + "/typescript"],
            environment: scene.environment.merging(["TERM": "xterm"]) { $1 }, folder: scene.clone)
        #expect(comesToHold { FileManager.default.fileExists(atPath: mark) })
        #expect(comesToHold { program.outputSoFar.contains("1 running") })
        let number = try String(contentsOfFile: pid, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        kill(try #require(Int32(number)), SIGINT)
        let done = program.wait()
        #expect(done.status == 130, "\(done.transcript)")
        #expect(
            done.output.contains("\u{1B}[Jsluice: cancelling; once more kills at once"),
            "\(done.output.replacing("\u{1B}", with: "ESC"))")
    }
}
