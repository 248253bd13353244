import SluiceModel
import Testing

@Suite("LFS pointers") struct LFSPointerTests {
    private let digest = String(repeating: "4d", count: 32)

    @Test("a pointer is known by its form, extensions included")
    func pointers() {
        let head = "version https://git-lfs.github.com/spec/v1\n"
        let plain = LFSPointer(Array("\(head)oid sha256:\(digest)\nsize 12345\n".utf8))
        #expect(plain?.digest == digest && plain?.size == 12345)
        let extended = "\(head)ext-0-foo sha256:\(digest)\noid sha256:\(digest)\nsize 1\n"
        #expect(LFSPointer(Array(extended.utf8)) != nil)
    }

    @Test("an ordinary file is none, however near it comes")
    func ordinary() {
        let head = "version https://git-lfs.github.com/spec/v1\n"
        let texts = [
            "", "version 1\n", "\(head)size 1\noid sha256:\(digest)\n ", "\(head)size 1\noid sha256:\(digest)\n",
            "\(head)oid sha256:xyz\nsize 1\n", "\(head)oid sha256:\(digest)\nsize -1\n",
            "\(head)oid sha256:\(digest)\nsize 1",
            "\(head)oid sha256:\(digest)\nsize 1\n" + String(repeating: "z", count: 1024),
            "oid sha256:\(digest)\nsize 1\nversion x\n", "\(head)oid sha256:\(digest)\nsize 99999999999999999999\n",
        ]
        for text in texts { #expect(LFSPointer(Array(text.utf8)) == nil, "\(text.prefix(80))") }
    }
}
