import Foundation
import SluiceModel
import SluicePlanning
import SluiceTesting
import Testing

/// Scripts are run by the real `/bin/sh`, and by bash where it is.
@Suite("Scripts")
struct ScriptTemplateTests {
    private static let hostile = [
        "", "a b", "*", "'", "\"", "$(id)", "`id`", "-n", "--help", "a\nb", "\\", "$HOME", "; id", "${x}", "a'b\"c",
        "#x",
        "~", "&& false", "!", "\t", "é", "%s", "EOF", "\nEOF\n", "a[$(id)]", "\\\\", "\u{1}",
    ]

    @Test(
        "a value is one word wherever it may stand",
        arguments: [
            "printf '%s|' ${params.v}", #"printf '%s|' "${params.v}""#, #"printf '%s|' "$(printf %s ${params.v})""#,
            #"printf '%s|' "`printf %s ${params.v}`""#, #"printf '%s|' "$(printf %s "${params.v}")""#,
            "x=${params.v}\nprintf '%s|' \"$x\"", "# it's ${params.v} \"\nprintf '%s|' ${params.v}",
            "printf '%s|' \"$(case a in b) echo;; a) printf %s ${params.v};; esac)\"",
            "printf '%s|' \"$${none:-${params.v}}\"", "printf '%s|' $${none:-${params.v}}",
            "f() { printf '%s|' ${params.v}; }; f", "(printf '%s|' ${params.v})",
            "if true; then printf '%s|' ${params.v}; fi",
            "echo 'it''s' >/dev/null; printf '%s|' ${params.v}", #"echo \" >/dev/null; printf '%s|' ${params.v}"#,
            "cat <<'X' >/dev/null\nit's \"\nX\nprintf '%s|' ${params.v}",
            "cat <<-X >/dev/null # don't\n\tit's \"\n\tX\nprintf '%s|' ${params.v}",
            "n=$((1 + (2)))\nprintf '%s|' ${params.v}",
            #"printf '%s|' "$(printf %s "`printf %s "${params.v}"`")""#,
            "case ${params.v} in (${params.v}) printf '%s|' ${params.v};; esac",
            "cat <<A <<B >/dev/null\n$(echo \"(\")\nA\n'\nB\nprintf '%s|' ${params.v}",
        ])
    func oneWord(script: String) throws {
        for value in Self.hostile {
            // `$(…)` takes off line breaks at the end.
            let value = value.hasSuffix("\n") ? value + "." : value
            #expect(try run(script, value: value) == value + "|", "value \(value.debugDescription)")
        }
    }

    @Test("a here-document holds the value as it is")
    func document() throws {
        for value in Self.hostile where value != "\nEOF\n" {
            let output = try run("cat <<EOF\nit's \"${params.v}\" $$ $(printf %s ${params.v})\nEOF", value: value)
            #expect(output.hasPrefix("it's \"\(value)\" "))
        }
    }

    @Test("texts around a value stay what they are")
    func prefix() throws {
        #expect(try run("printf '%s|' --x=${params.v}.y", value: "a  b") == "--x=a  b.y|")
        #expect(try run(#"printf '%s|' "\$$${params.v}" $$${params.v}"#, value: "5") == "$5|$5|")
        #expect(try run("x=1; printf '%s|' $x $${x} $$x 'a$$b' \"$(echo $x)\"", value: "") == "1|1|1|a$b|1|")
    }

    @Test(
        "a place where the shell replaces nothing is refused",
        arguments: [
            ("echo '${params.v}'", "pipeline.interpolation-in-quotes", 6),
            ("echo \"$(echo 'é${params.v}')\"", "pipeline.interpolation-in-quotes", 15),
            ("cat <<'E'\n${params.v}\nE", "pipeline.interpolation-in-quotes", 10),
            ("cat <<\\E\n${params.v}\nE", "pipeline.interpolation-in-quotes", 9),
            ("echo \\${params.v}", "pipeline.interpolation-in-quotes", 6),
            ("cat <<${params.v}", "pipeline.interpolation-in-quotes", 6),
            ("echo $((1 + ${params.v}))", "pipeline.interpolation-in-arithmetic", 12),
            ("echo ${HOME}", "pipeline.bad-interpolation", 7), ("echo ${params.v", "pipeline.bad-interpolation", 5),
        ])
    func refused(script: String, id: String, offset: Int) {
        let faults = ScriptTemplate.parse(script).faults
        #expect(faults.map(\.id) == [id])
        #expect(faults.first?.error.offset == offset)
    }

    @Test("all faults are found at once and each name has one variable")
    func several() {
        let (script, faults) = ScriptTemplate.parse("a ${params.v} '${params.v}' ${matrix.m} ${params.v} '${matrix.m}'")
        #expect(faults.map(\.error.offset) == [15, 53])
        #expect(script.references.map(\.variable) == ["SLUICE_VALUE_1", "SLUICE_VALUE_2"])
    }

    @Test("a comment keeps its text and needs nothing")
    func comment() {
        let (script, faults) = ScriptTemplate.parse("# ${HOME} '\ntrue # ${params.v}")
        #expect(faults.isEmpty)
        #expect(script.references.isEmpty)
        #expect(script.text == "# ${HOME} '\ntrue # ${params.v}")
    }

    @Test("a NUL in a value is an error")
    func nul() {
        let script = ScriptTemplate.parse("echo ${params.v}").script
        #expect(throws: ExpressionError.self) {
            try script.environment(in: Scope(params: .object(["v": .string("a\u{0}b")])))
        }
    }

    @Test("large and odd scripts are read in linear time without a crash")
    func large() {
        let word = String(repeating: "a", count: 500_000) + " ${params.v}"
        #expect(ScriptTemplate.parse(word).script.references.count == 1)
        for piece in [
            "(", "`", "$(", "\"", "<<a ", "$((", "$${", "${", "${params.v}", "'", "\\", "case ", "\n", "é${params.v}",
        ] {
            _ = ScriptTemplate.parse("$" + String(repeating: piece, count: 50_000))
        }
        var random = SplitMix(seed: 11)
        let pieces = [
            "(", ")", "`", "$(", "\"", "<<a", "\n", "a", "$((", "))", "$${", "}", "${params.v}", "'", "\\", "#",
            "case ", "esac", " ",
        ]
        for _ in 0..<3000 {
            let text = (0..<14).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &random)] }.joined()
            _ = ScriptTemplate.parse(text)
        }
    }

    private func run(_ source: String, value: String) throws -> String {
        let (script, faults) = ScriptTemplate.parse(source)
        #expect(faults.isEmpty)
        let environment = try #require(try script.environment(in: Scope(params: .object(["v": .string(value)]))))
        var output = try run(script.text, shell: "/bin/sh", environment: environment)
        if FileManager.default.isExecutableFile(atPath: "/bin/bash") {
            let other = try run(script.text, shell: "/bin/bash", environment: environment)
            if other != output { output = "sh: \(output), bash: \(other)" }
        }
        return output
    }

    private func run(_ script: String, shell: String, environment: [String: String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: shell)
        process.arguments = (shell.hasSuffix("bash") ? ["--posix"] : []) + ["-euc", script]
        process.environment = environment.merging(["PATH": "/usr/bin:/bin"]) { $1 }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
