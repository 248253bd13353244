import SluiceModel
import Testing

@testable import SluiceStore

@Suite("folder names of stages")
struct StageFolderNameTests {
    @Test("an ordinary instance keeps its name")
    func ordinary() {
        #expect(StageFolderName.name(of: "train[model=logreg,lr=0.1]") == "train[model=logreg,lr=0.1]")
        let folder = StateFolder(path: "/s")
        #expect(folder.attemptFolder(run: RunID(7), stage: "a b", number: 2) == "runs/7/a%20b/2")
    }

    @Test(
        "a hostile name stays one component that is not hidden and not too long",
        arguments: ["..", ".", "", "a/b", "../../x", "-rf", "a\nb", "\u{0}", "é", String(repeating: "/é", count: 500)])
    func hostile(stage: String) {
        let name = StageFolderName.name(of: stage)
        #expect(!name.isEmpty && name.utf8.count <= 100)
        #expect(!name.hasPrefix("."))
        #expect(name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "/") })
    }

    @Test("different names give different folders")
    func distinct() {
        let long = String(repeating: "x", count: 200)
        let names = ["a/b", "a%2fb", "a", "A", "", "%", ".", long + "1", long + "2", String(long.prefix(100))]
        #expect(Set(names.map(StageFolderName.name)).count == names.count)
    }
}
