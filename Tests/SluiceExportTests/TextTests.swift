import Foundation
import SluiceModel
import SluiceTesting
import Testing
import Yams

@testable import SluiceExport

/// Whatever a pipeline says arrives on the other side as that text, and as nothing else.
@Suite struct ExportedTextTests {
    private static let texts = [
        "", " ", "yes", "on", "null", "~", "1e3", "0x1f", "12:30", "- a", "a: b", "#x", "'", "\"", "\\", "\\\"",
        "a\nb\n",
        "\r\n\t", "{{ jinja }}", "${{ secrets.X }}", "$(id)", "`id`", "%s", "\"\"\"", "'''", "\"); import os; (\"",
        "zeile\u{85}\u{2028}\u{feff}", "ü", "\u{1F600}", "\u{7f}\u{1}", "<<", "*a", "&a", "!x", "|", ">",
    ]

    @Test("YAML is read back as the text that was written")
    func yaml() throws {
        let entries = Self.texts.enumerated().map { YAMLValue.Entry(key: "k\($0)", value: .list([.text($1)])) }
        let document = YAMLText.document(.map(entries + [.init(key: "on", value: .map([]))]))
        let read = try #require(try Yams.load(yaml: document) as? [String: Any])
        for (index, text) in Self.texts.enumerated() { #expect(read["k\(index)"] as? [String] == [text], "\(text)") }
        #expect(read.keys.contains("on"))
    }

    @Test("a Python literal is the text, for any text")
    func python() throws {
        let program = """
            import ast, sys
            for line in sys.argv[1].splitlines():
                print(ast.literal_eval(line).encode().hex())
            """
        let literals = Self.texts.map { PythonText.literal($0) }.joined(separator: "\n")
        let run = try ProgramRun.run(["python3", "-c", program, literals], environment: [:], folder: "/")
        let wanted = Self.texts.map { text in text.utf8.map { Hexadecimal.text(UInt32($0), digits: 2) }.joined() }
        #expect(run.output == wanted.map { $0 + "\n" }.joined(), "\(run.transcript)")
    }

    @Test("no value of a param and no name of a stage holds a tag of a template language")
    func arguments() {
        for text in Self.texts {
            let nested = JSONValue.object([text: .array([.string(text), .object(["a": .object(["b": .integer(1)])])])])
            for word in [JSONArgument.name(text), JSONArgument.override("k", nested)] {
                #expect(!word.contains("{{") && !word.contains("$") && !word.contains("`"), "\(word)")
            }
        }
    }

    @Test("instances whose names differ only in what engines do not take get names of their own")
    func slugs() {
        let names = ["train[a=1]", "train[a=.1]", "train-a-1", String(repeating: "x", count: 300)]
        let slugs = StageSlugs.unique(names)
        #expect(slugs["train[a=1]"] == "train-a-1" && slugs["train[a=.1]"] == "train-a-1-2")
        #expect(Set(slugs.values).count == names.count && slugs.values.allSatisfy { $0.utf8.count < 60 })
    }

    @Test("thousands of names with one slug are numbered in less than a moment's work each")
    func manySlugs() {
        let slugs = StageSlugs.unique(
            (0..<20_000).map { "a[k=\(String(repeating: "\u{1F600}", count: $0 % 7))#\($0)]" })
        #expect(Set(slugs.values).count == 20_000)
        let emoji = StageSlugs.unique((1...2_000).map { "a[k=\(String(repeating: "\u{1F600}", count: $0))]" })
        #expect(Set(emoji.values).count == 2_000 && emoji.values.contains("a-k-2000"))
        #expect(StageSlugs.unique(["x"], prefix: "of-", besides: ["of-x", "of-x-2"]) == ["x": "of-x-3"])
    }
}

/// Which references run a pipeline, in the words of CI systems.
@Suite struct ExportedPatternTests {
    private static let globs = [
        "main", "exp/**", "**", "*", "a+b", "x?", "x??", "?*", "**/x", "rel/**/x", "v*.*", "a{b", "(a|b)", "[ab]", "ü*",
        "a$",
        "a.b", "**x", "x/*/y",
    ]
    private static let names = [
        "main", "mainx", "exp", "exp/", "exp/a", "exp/a/b", "a+b", "aab", "x", "xy", "xyz", "x/y", "rel/x", "rel/a/x",
        "rel/a/b/x", "v1.2", "v1/2.3", "a{b", "(a|b)", "a", "b", "[ab]", "ü1", "a$", "a.b", "axb", "x/a/y", "x/a/b/y",
        "",
    ]

    @Test("GitLab's expression matches what the glob matches, and nothing else")
    func gitLab() throws {
        for glob in Self.globs {
            let expression = try NSRegularExpression(pattern: GitLabPattern.text(glob))
            for name in Self.names {
                let whole = NSRange(name.startIndex..., in: name)
                let matches = expression.firstMatch(in: name, range: whole) != nil
                #expect(matches == Glob(glob).matches(name), "\(glob) and \(name)")
            }
        }
    }

    @Test("GitHub's pattern escapes what is not a glob's, and never makes two stars of one character each")
    func gitHub() {
        let patterns = [
            "x??": "x*", "?*": "*", "*?": "*", "**?": "**", "a+b": "a\\+b", "[ab]": "\\[ab\\]", "!x": "\\!x",
            "exp/**": "exp/**",
        ]
        for (glob, pattern) in patterns { #expect(GitHubPattern.text(glob) == pattern) }
    }
}
