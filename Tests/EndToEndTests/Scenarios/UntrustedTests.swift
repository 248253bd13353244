import Foundation
import Glibc
import SluiceTesting
import Testing

/// Code of references that nobody trusts, where the operator lets it run: it goes for everything that is not its own.
@Suite(
    "Untrusted runs", .enabled(if: SandboxTests.works, "bubblewrap cannot wall anything in on this machine"))
struct UntrustedTests {
    /// With triggers for every branch.
    private func files(_ all: [String: String]) -> [String: String] {
        all.mapValues { $0.replacingOccurrences(of: "branches: [main]", with: "branches: [\"**\"]") }
    }

    /// A plugin in Python that tries things; `tried` are the names of those that worked.
    private func thief(_ attempts: String) -> [String: String] {
        let manifest = "effects: network\ninputs: { data: { type: file } }"
        var all = files(Toy.plugin("", manifest: manifest, stage: "inputs: { data: given.txt }\n"))
        all["given.txt"] = "given\n"
        all["plugins/odd/plugin.yaml"] = all["plugins/odd/plugin.yaml"]?
            .replacingOccurrences(of: "[sh, ./odd.sh]", with: "[python3, ./odd.py]")
        all["plugins/odd/odd.sh"] = nil
        all["plugins/odd/odd.py"] = """
            import json, os, signal, socket, subprocess, sys
            start = json.loads(sys.stdin.readline())
            def say(type, **fields):
                print(json.dumps({"type": type, "token": start["token"], **fields}), flush=True)
            tried = []
            def attempt(name, action):
                try:
                    if action() is not False: tried.append(name)
                except (OSError, subprocess.CalledProcessError): pass
            \(attempts)
            say("output", name="tried", value=tried)
            say("result", status="ok")
            """
        return all
    }

    /// The system's own programs: what version managers put into a home is not there behind a strict wall.
    private static let path = "path: /usr/local/bin:/usr/bin:/bin\n"

    /// Where strict walls show everything by themselves: what is hidden there, is hidden by us.
    private func scene(_ files: [String: String]) throws -> Scene {
        let scene = try Scene(in: access("/opt", W_OK) == 0 ? "/opt" : nil)
        try scene.configure("untrusted: { run: true }\n" + Self.path, in: scene.bare)
        try scene.write(["../.config/sluice/sluice.yaml": "max_runs_per_push: 5\n"])
        try scene.commit(files)
        return scene
    }

    @Test("an untrusted plugin gets nothing that it tries: files, processes, network, inputs, cache, the runner")
    func thieves() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                #expect(bind(listener, raw, length) == 0 && listen(listener, 5) == 0)
                #expect(getsockname(listener, raw, &length) == 0)
            }
        }
        let port = UInt16(bigEndian: address.sin_port)
        let scene = try scene(["notes.txt": "x"])
        let attempts = """
            root, data = "\(scene.root)", start["inputs"]["data"]["path"]
            def read(path): return bool(os.listdir(path) if os.path.isdir(path) else open(path, "rb").read(9))
            def write(path): open(path + "/x" if os.path.isdir(path) else path, "w").write("x")
            for place in ["state/sluice.db", "state/artifacts", "state/environments", "server.git",
                          "server.git/sluice.yaml", "server.git/HEAD", ".config/sluice/sluice.yaml"]:
                attempt("read " + place, lambda: read(root + "/" + place))
                attempt("write " + place, lambda: write(root + "/" + place))
            for place in ["", "/state", "/state/runs"]: attempt("write " + place, lambda: write(root + place))
            attempt("neighbours", lambda: len(os.listdir(os.path.dirname(os.path.dirname(start["workspace"])))) > 1)
            def environments():
                for name in os.listdir("/proc"):
                    if name.isdigit() and int(name) not in (os.getpid(),):
                        if b"SLUICE_HOME" in open("/proc/" + name + "/environ", "rb").read(): return True
                return False
            attempt("environ", environments)
            attempt("runner", lambda: os.kill(\(getpid()), 0))
            attempt("input", lambda: open(data, "a").write("x"))
            attempt("replace", lambda: os.rename(start["scratch"], data))
            attempt("own folder", lambda: open(os.path.abspath(sys.argv[0]), "a").write("x"))
            attempt("network", lambda: socket.create_connection(("127.0.0.1", \(port)), timeout=2))
            attempt("scratch", lambda: write(start["scratch"]))
            attempt("mount", lambda: subprocess.run(["umount", "/tmp"], check=True, stderr=subprocess.DEVNULL))
            attempt("secrets", lambda: any("SLUICE_HOME" in name for name in os.environ))
            """
        try scene.commit(thief(attempts))
        let pushed = try scene.push(["origin", "main:evil"])
        #expect(pushed.errors.contains("evil is not trusted here: it runs in a strict sandbox"), "\(pushed.errors)")
        let run = try scene.lastRun()
        #expect(run.outcome == "succeeded", "\(run.json)")
        #expect((run.stage("only")["outputs"] as? [String: Any])?["tried"] as? [String] == ["scratch"], "\(run.json)")
        let attempt = try #require(run.attempts(of: "only").first)
        #expect(attempt["isolation"] as? [String: Bool] == ["strict": true, "network": false])
        try scene.configure("untrusted: { run: true, network: true }\n" + Self.path, in: scene.bare)
        try scene.push(["origin", "main:evil2"])
        let networked = try scene.lastRun()
        let tried = (networked.stage("only")["outputs"] as? [String: Any])?["tried"] as? [String]
        #expect(tried == ["network", "scratch"], "with the operator's word the network is there: \(networked.json)")
    }

    @Test("what kills all that it sees ends itself; the worker goes on")
    func killer() throws {
        let scene = try scene(files(Toy.single("run: kill -9 -1; kill -9 1; kill -9 $$")))
        try scene.push(["origin", "main:evil"])
        #expect(try scene.lastRun().outcome == "failed")
        try scene.commit(files(Toy.single("run: 'true'")))
        try scene.push(["origin", "main:evil"])
        #expect(try scene.lastRun().outcome == "succeeded")
    }

    @Test("what an untrusted run made is found by untrusted runs only, and what trusted ones made by both")
    func cache() throws {
        let scene = try scene(files(Toy.single("run: echo 1 > out\noutputs: { made: { type: file, path: out } }")))
        try scene.push(["origin", "main:evil"])
        #expect(try scene.lastRun().outcomes == ["only": "succeeded"])
        try scene.push(["origin", "main:evil2"])
        #expect(try scene.lastRun().outcomes == ["only": "cached"])
        try scene.push()
        #expect(try scene.lastRun().outcomes == ["only": "succeeded"], "never a hit for a trusted one")
        try scene.push(["origin", "main:evil3"])
        #expect(try scene.lastRun().outcomes == ["only": "cached"])
    }

    @Test("durations of untrusted runs are no history of trusted ones")
    func history() throws {
        let scene = try scene(files(Toy.single("run: date +%N\ncache: false")))
        for number in 0..<6 { try scene.push(["origin", "main:evil\(number)"]) }
        func source(_ reference: String) throws -> String? {
            let plan = try scene.json(scene.sluice(["plan", "--json", "--revision", reference], in: scene.bare))
            let stage = (plan["stages"] as? [[String: Any]])?.first
            return (stage?["estimate"] as? [String: Any])?["source"] as? String
        }
        #expect(try source("evil0") == "history")
        try scene.push(["-o", "sluice.skip", "origin", "main"])
        #expect(try source("main") == "default")
    }

    @Test("a deploy of an untrusted reference is refused before anything starts, and so are secrets and files outside")
    func refused() throws {
        let scene = try scene(["notes.txt": "x"])
        var deploy = files(Toy.plugin("echo", manifest: "", stage: ""))
        deploy["plugins/odd/plugin.yaml"]?.replace("role: other", with: "role: deploy")
        try scene.commit(deploy)
        try scene.push(["origin", "main:evil"])
        var run = try scene.lastRun()
        #expect(run.outcome == "refused" && run.attempts(of: "only").isEmpty, "\(run.json)")
        try scene.configure(
            "untrusted: { run: true }\nsecrets: { KEY: { env: HOME, plugins: [odd] } }\ninputs: { allow: [/etc] }\n",
            in: scene.bare)
        try scene.commit(files(Toy.plugin("echo", manifest: "secrets: [KEY]")))
        #expect(try scene.push(["origin", "main:evil"]).errors.contains("secret.not_granted"))
        run = try scene.lastRun()
        #expect(run.outcome == "refused" && run.attempts(of: "only").isEmpty, "\(run.json)")
        try scene.commit(files(Toy.single("run: cat ${inputs.x}\ninputs: { x: { file: /etc/hostname } }")))
        try scene.push(["origin", "main:evil"])
        #expect(try scene.lastRun().outcome == "refused")
    }

    @Test("where there is no sandbox, what is not trusted is planned only, and the pusher is told what would change it")
    func missing() throws {
        let scene = try scene(files(Toy.single("run: 'true'")))
        try scene.write(["../bin/bwrap*": "#!/bin/sh\necho 'no namespaces' >&2; exit 1\n"])
        try scene.configure("untrusted: { run: true }\npath: \(scene.root)/bin:/usr/bin:/bin\n", in: scene.bare)
        let pushed = try scene.push(["origin", "main:evil"])
        #expect(pushed.errors.contains("sandbox cannot be had: bubblewrap does not work here"), "\(pushed.errors)")
        #expect(pushed.errors.contains("hint: it needs user namespaces"), "\(pushed.errors)")
        #expect(try scene.lastRun().outcome == "refused")
    }
}
