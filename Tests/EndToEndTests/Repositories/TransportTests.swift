import Foundation
import Glibc
import SluiceTesting
import Testing

/// One push each over every way to a server; the hook, the worker and the record are the same behind all of them.
/// ssh and git talk to a server that they start themselves (`ProxyCommand`, `core.gitProxy`), HTTP to a port that the
/// system chooses.
@Suite struct TransportTests {
    @Test("a push over the file protocol is queued and run")
    func file() throws {
        let scene = try Scene(Toy.files)
        try pushAndCheck(scene, to: "file://" + scene.bare)
    }

    @Test("a push over ssh is queued and run", .enabled(if: SSHServer.isInstalled, "there is no sshd"))
    func ssh() throws {
        let scene = try Scene(Toy.files)
        let server = try SSHServer(in: scene.root)
        try pushAndCheck(
            scene, to: "ssh://\(server.user)@loopback\(scene.bare)", environment: ["GIT_SSH_COMMAND": server.command])
    }

    @Test("a push to git daemon is queued and run")
    func daemon() throws {
        let scene = try Scene(Toy.files)
        try scene.write([
            "../daemon*": """
            #!/bin/sh
            exec git daemon --inetd --export-all --enable=receive-pack --base-path='\(scene.root)'
            """
        ])
        try scene.git(["config", "core.gitProxy", scene.root + "/daemon"])
        try pushAndCheck(scene, to: "git://loopback/server.git")
    }

    @Test(
        "a push over HTTP is judged, queued and run", .enabled(if: HTTPServer.isInstalled, "there is no http-backend"))
    func http() throws {
        let scene = try Scene(Toy.files)
        try scene.git(["config", "http.receivepack", "true"], in: scene.bare)
        let server = try HTTPServer(of: scene)
        let url = try server.url() + "/server.git"
        try scene.configure("pre_receive: { enforce: [guarded], pipelines: [other] }\n", in: scene.bare)
        let rejected = try ProgramRun.run(
            ["git", "push", url, "main:guarded"], environment: scene.environment, folder: scene.clone)
        #expect(
            rejected.status != 0 && rejected.errors.contains("remote: sluice: other has to be on guarded"),
            "\(rejected.transcript)")
        try pushAndCheck(scene, to: url)
    }

    private func pushAndCheck(_ scene: Scene, to url: String, environment: [String: String] = [:]) throws {
        try scene.git(["remote", "set-url", "origin", url])
        let pushed = try scene.git(["push", "origin", "main"], environment: environment)
        #expect(pushed.errors.contains("remote: sluice: run 1 queued"), "\(pushed.transcript)")
        try scene.waitForQuiet()
        #expect(try scene.lastRun().outcome == "succeeded")
    }
}

/// An sshd with keys and a configuration of its own, started for each connection.
private struct SSHServer {
    static let program = "/usr/sbin/sshd"
    static var isInstalled: Bool { access(program, X_OK) == 0 && access("/usr/bin/ssh", X_OK) == 0 }

    let user: String
    /// What git runs for `ssh`.
    let command: String

    init(in folder: String) throws {
        let keys = folder + "/ssh"
        try FileManager.default.createDirectory(atPath: keys, withIntermediateDirectories: false)
        for name in ["host", "client"] { _ = try Scene.shell("ssh-keygen -q -t ed25519 -N '' -f \(name)", in: keys) }
        user = String(cString: getpwuid(geteuid()).pointee.pw_name)
        // Without this folder sshd does not start as root.
        if geteuid() == 0 { mkdir("/run/sshd", 0o755) }
        let server = """
            HostKey \(keys)/host
            AuthorizedKeysFile \(keys)/client.pub
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            PermitRootLogin prohibit-password
            PidFile none
            """
        try Data(server.utf8).write(to: URL(filePath: keys + "/sshd_config"))
        command =
            "/usr/bin/ssh -F none -i \(keys)/client -o BatchMode=yes -o StrictHostKeyChecking=no "
            + "-o UserKnownHostsFile=/dev/null -o LogLevel=ERROR "
            + "-o 'ProxyCommand=\(Self.program) -i -e -f \(keys)/sshd_config'"
    }
}

/// A server of a scene's repositories over smart HTTP; it ends with this value.
private final class HTTPServer {
    static var isInstalled: Bool {
        let found = try? Scene.shell("test -x \"$(git --exec-path)/git-http-backend\" && echo yes", in: "/")
        return found?.hasPrefix("yes") == true
    }

    private let program: StartedProgram

    init(of scene: Scene) throws {
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/http-backend.py")
        program = try StartedProgram(
            ["python3", script.path, scene.root], environment: scene.environment, folder: scene.root)
    }

    deinit {
        kill(program.pid, SIGKILL)
        _ = program.wait()
    }

    func url() throws -> String {
        #expect(comesToHold { program.outputSoFar.hasSuffix("\n") }, "\(program.errorsSoFar)")
        return "http://127.0.0.1:" + program.outputSoFar.trimmingCharacters(in: .newlines)
    }
}
