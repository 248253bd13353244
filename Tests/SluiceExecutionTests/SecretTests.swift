import Foundation
import SluiceModel
import Testing

@testable import SluiceExecution

@Suite("Secrets")
struct SecretTests {
    static let values = [
        "correct horse", #"a"b'c\d/e$f`g"#, "p$(touch x)&<y>=z;%41", "schlüssel-🔑-ключ", "tab\tand\\n+more==",
        "-----BEGIN KEY-----\nAbCdEfGhIjKl\nMnOp+/QrStUv==\n-----END KEY-----",
        String(repeating: "0123456789abcdef", count: 12),
    ]

    /// What a program might print of a value.
    private static let printer = #"""
        import base64, urllib.parse, json as j
        value = os.environ["KEY"]
        raw = value.encode()
        forms = [value, j.dumps(value), j.dumps(value, ensure_ascii=False), j.dumps(value).replace("/", "\\/"),
                 j.dumps([value]), urllib.parse.quote(value),
                 urllib.parse.quote(value, safe=""), urllib.parse.quote_plus(value), repr(value)[1:1]]
        for pad in (b"", b"u", b"us", b"usr"):
            for tail in (b"", b"\n", b"ab"):
                forms.append(base64.b64encode(pad + raw + tail).decode())
                forms.append(base64.urlsafe_b64encode(pad + raw + tail).decode())
        forms.append(base64.encodebytes(raw).decode())
        for form in forms:
            print("said <%s>" % form); sys.stderr.write("said <%s>\n" % form)
        sys.stdout.flush()
        """#

    @Test("no form of a value comes through, in the log, the events, the record or the metrics", arguments: values)
    func masked(_ value: String) async throws {
        let attempts = try Attempts()
        let body =
            Self.printer + """

                for piece in (value[:len(value) // 2], value[len(value) // 2:] + "\\n"):
                    sys.stderr.write(piece); sys.stderr.flush(); time.sleep(0.02)
                say("log", message="with " + value, fields={value: [value]})
                say("metric", name="m " + value.replace("\\n", " ").replace("\\t", " "), value=1, step=1)
                say("output", name="o", value={"k": [value]})
                say("progress", done=1, message=value)
                say("error", **{"class": "user", "code": "x", "message": value[:300], "hint": value, "detail": value})
                sys.exit(12)
                """
        let request = try attempts.plugin(python: body).with {
            $0.secrets = [Secret(name: "KEY", value: Array(value.utf8))]
        }
        let result = await attempts.run(request)
        #expect(result.error?.errorClass == .user, "\(result)")
        let record = String(decoding: try JSONEncoder().encode(result), as: UTF8.self)
        let shown = attempts.events.map { "\($0)" }.joined(separator: "\n")
        let stored = ["log.jsonl", "log.jsonl.metrics", "log.jsonl.transcript"].compactMap(attempts.read).joined()
        #expect(stored.contains("***") && shown.contains("***") && record.contains("***"))
        for text in [record, shown, stored] {
            for form in SecretForms.all(of: Array(value.utf8)) {
                let form = String(decoding: form, as: UTF8.self)
                #expect(!text.contains(form), "\(form)")
            }
        }
        let log = (attempts.read("log.jsonl") ?? "").split(separator: "\n").filter { $0.contains("said <") }
        #expect(log.count >= 2 * 30)
        let longest = value.split(separator: "\n").map(\.count).max() ?? 0
        for line in log { #expect(line.count < 200 + longest, "what is left of a form is its edges: \(line)") }
    }

    @Test("a value that is written byte by byte is found; what only begins like it comes through")
    func split() throws {
        let mask = try #require(SecretMask([Secret(name: "K", value: Array("hunter2-hunter3".utf8))]))
        var stream = SecretMask.Stream(mask: mask)
        var out: [UInt8] = []
        for byte in "a hunter2-hunter2 b hunter2-hunter3 c hunter2".utf8 { out += stream.append([byte]) }
        #expect(String(decoding: out, as: UTF8.self) == "a hunter2-hunter2 b *** c ")
        out += stream.finish()
        #expect(String(decoding: out, as: UTF8.self) == "a hunter2-hunter2 b *** c hunter2")
    }

    @Test("every cut of a text into two writes masks it alike")
    func everyCut() throws {
        let value = "s3cr3t \"quoted\" ü"
        let mask = try #require(SecretMask([Secret(name: "K", value: Array(value.utf8))]))
        let text = Array("x\(value)y\(value)\(value.prefix(9))\nz".utf8)
        for cut in 0...text.count {
            var stream = SecretMask.Stream(mask: mask)
            let out = stream.append(text[..<cut]) + stream.append(text[cut...]) + stream.finish()
            #expect(String(decoding: out, as: UTF8.self) == "x***y***\(value.prefix(9))\nz", "cut at \(cut)")
        }
    }

    @Test("it is given as a variable, in no argument, and the value is never encoded")
    func delivered() async throws {
        let attempts = try Attempts()
        let secret = Secret(name: "KEY", value: Array("it's $HOME \"x\"".utf8))
        let body = """
            open("given", "w").write(os.environ["KEY"])
            said = open("/proc/self/cmdline").read() + json.dumps(start)
            say("output", name="said", value=os.environ["KEY"] in said or "KEY" in said)
            say("result", status="ok")
            """
        let request = try attempts.plugin(python: body).with { $0.secrets = [secret] }
        let result = await attempts.run(request)
        #expect(result.outcome == .succeeded && result.outputValues["said"] == .bool(false), "\(result)")
        #expect(
            attempts.read("workspace/given") == "it's $HOME \"x\"", "what a plugin writes to files is its own affair")
        let encoded = String(decoding: try JSONEncoder().encode(request), as: UTF8.self)
        #expect(encoded.contains("\"KEY\"") && !encoded.contains("$HOME") && !"\(request)".contains("$HOME"))
    }

    @Test("values come from a file, a variable or a command, without one last line feed; short ones are refused")
    func sources() throws {
        let attempts = try Attempts()
        try attempts.write("key", "from a file\n\n")
        try attempts.write("short", "1234567\n")
        try attempts.write("binary", "12345678\u{0}")
        let sources = SecretSources(
            [
                "FILE": SecretRule(source: .file("\(attempts.root)/key")),
                "VARIABLE": SecretRule(source: .environment("V")),
                "COMMAND": SecretRule(source: .command(["/bin/sh", "-c", "echo \"$V\"; echo two"])),
                "SHORT": SecretRule(source: .file("\(attempts.root)/short")),
                "BINARY": SecretRule(source: .file("\(attempts.root)/binary")),
                "GONE": SecretRule(source: .file("\(attempts.root)/gone")),
                "NONE": SecretRule(source: .environment("NONE")),
                "FAILS": SecretRule(source: .command(["/bin/sh", "-c", "echo from a command; exit 1"])),
            ], environment: ["V": "from a variable", "PATH": "/usr/bin:/bin"])
        let read = try sources.read(["FILE", "VARIABLE", "COMMAND"]).map { String(decoding: $0.value, as: UTF8.self) }
        #expect(read == ["from a file\n", "from a variable", "from a variable\ntwo"])
        for name in ["SHORT", "BINARY", "GONE", "NONE", "FAILS", "UNKNOWN"] {
            let error = #expect(throws: PluginError.self) { try sources.read([name]) }
            #expect(error?.code == .secretUnavailable && error?.message.contains(name) == true)
            #expect(error?.message.contains("1234567") == false && error?.message.contains("from a") == false)
        }
    }
}
