import SluiceModel
import Testing

@testable import SluiceGit

@Suite("What git tells its hooks") struct HookInputTests {
    private let one = String(repeating: "1", count: 40)
    private let zero = String(repeating: "0", count: 40)
    private let long = String(repeating: "a", count: 64)

    @Test("every line of a push is an update: creation, deletion or change")
    func receive() throws {
        let text = "\(zero) \(one) refs/heads/a\n\(one) \(zero) refs/tags/b\n\(one) \(one) refs/heads/c d"
        let (updates, malformed) = HookInput.parseReceive(Array(text.utf8))
        #expect(malformed.isEmpty)
        #expect(updates.map(\.kind) == [.creation, .deletion, .change])
        #expect(updates.map(\.reference.name) == ["refs/heads/a", "refs/tags/b", "refs/heads/c d"])
        #expect(updates[0].new.hex == one && updates[0].old.isZero)
    }

    @Test("names of 64 digits and references that are not UTF-8 are taken as they are")
    func bytes() throws {
        let line = Array("\(long) \(String(repeating: "0", count: 64)) refs/heads/".utf8) + [0xFF, 0xE9, 0x0A]
        let (updates, malformed) = HookInput.parseReceive(line)
        #expect(malformed.isEmpty)
        #expect(updates.first?.reference.bytes.suffix(2) == [0xFF, 0xE9])
        #expect(updates.first?.kind == .deletion)
    }

    @Test("a bad line is told by its number and costs no other line")
    func malformed() throws {
        let bad = [
            "", "x", "\(one) \(one)", "\(one) \(one) ", "\(one)  \(one) refs/heads/a", "\(one) \(long) refs/heads/a",
            "\(one)g \(one) refs/heads/a", "\(one) \(one) refs/heads/a\0b", "\(one) \(one) refs/heads/a\r",
            "\(one) \(one) refs/heads/" + String(repeating: "x", count: 100_000),
        ]
        let good = "\(one) \(one) refs/heads/good"
        let text = bad.map { $0 + "\n" + good + "\n" }.joined()
        let (updates, malformed) = HookInput.parseReceive(Array(text.utf8))
        #expect(updates.count == bad.count)
        #expect(malformed.map(\.number) == bad.indices.map { $0 * 2 + 1 })
        #expect(HookInput.parseReceive([]).updates.isEmpty && HookInput.parseReceive([]).malformed.isEmpty)
    }

    @Test("random bytes neither crash the reader nor lose a line")
    func randomBytes() {
        var generator = SystemRandomNumberGenerator()
        let seed = UInt64.random(in: 0...UInt64.max, using: &generator)
        var state = seed | 1
        for _ in 0..<500 {
            let input = (0..<200).map { _ -> UInt8 in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let alphabet: [UInt8] = [0, 10, 10, 32, 32, 48, 49, 97, 0xFF, UInt8(truncatingIfNeeded: state >> 40)]
                return alphabet[Int(state >> 33) % alphabet.count]
            }
            let lines = input.split(separator: 10, omittingEmptySubsequences: false).count - (input.last == 10 ? 1 : 0)
            let receive = HookInput.parseReceive(input)
            #expect(receive.updates.count + receive.malformed.count == lines, "seed \(seed)")
            let prePush = HookInput.parsePrePush(input)
            #expect(prePush.updates.count + prePush.malformed.count == lines, "seed \(seed)")
        }
    }

    @Test("pre-push lines may begin with any expression or with (delete)")
    func prePush() throws {
        let text = """
            refs/heads/a \(one) refs/heads/b \(zero)
            HEAD@{1 day ago} \(one) refs/heads/c \(one)
            (delete) \(zero) refs/heads/d \(one)
            nonsense \(one)

            """
        let (updates, malformed) = HookInput.parsePrePush(Array(text.utf8))
        #expect(updates.map(\.local.name) == ["refs/heads/a", "HEAD@{1 day ago}", "(delete)"])
        #expect(updates.map(\.update.kind) == [.creation, .change, .deletion])
        #expect(updates.map(\.remote.name) == ["refs/heads/b", "refs/heads/c", "refs/heads/d"])
        #expect(malformed.map(\.number) == [4])
    }

    @Test("our pins and notes are bookkeeping, and still in the list")
    func bookkeeping() {
        let names = ["refs/sluice/runs/1", "refs/notes/commits", "refs/heads/sluice", "refs/heads/refs/sluice/x"]
        let text = names.map { "\(zero) \(one) \($0)\n" }.joined()
        #expect(
            HookInput.parseReceive(Array(text.utf8)).updates.map(\.isBookkeeping) == [true, true, false, false])
    }
}
