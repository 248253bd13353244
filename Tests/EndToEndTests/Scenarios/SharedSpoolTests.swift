import Foundation
import Glibc
import Testing

/// Hooks of other users leave events, and only events. Needs root, to become somebody else.
@Suite(.enabled(if: geteuid() == 0)) struct SharedSpoolTests {
    @Test("a push by another user is noted, and the service user's worker runs it")
    func anotherUser() throws {
        let scene = try Scene(Toy.files, withHook: false)
        #expect(try scene.sluice(["hook", "install", "--shared"], in: scene.bare).status == 0)
        let pushed = try pushAsNobody(scene)
        #expect(pushed.contains("the push is noted"), "\(pushed)")
        #expect(try scene.sluice(["worker", "--once"]).status == 0)
        #expect(try scene.lastRun().outcome == "succeeded")
    }

    @Test("an event of another user counts for no repository of his own, and for no commit off its reference")
    func forgedEvents() throws {
        let scene = try Scene(Toy.files, withHook: false)
        #expect(try scene.sluice(["hook", "install", "--shared"], in: scene.bare).status == 0)
        try scene.git(["push", "--quiet", "-o", "sluice.skip", "origin", "main:exp/a"])
        let oid = try scene.git(["rev-parse", "HEAD"]).output.trimmingCharacters(in: .newlines)
        for (number, repository) in [scene.clone + "/.git", scene.bare].enumerated() {
            try leaveEvent(in: scene, number: number, repository: repository, oid: oid)
        }
        let worked = try scene.sluice(["worker", "--once"])
        #expect(worked.errors.contains("without our hook"), "\(worked.transcript)")
        #expect(try scene.runCount() == 0, "main does not hold the commit in the one, the other has no hook")
    }

    private func leaveEvent(in scene: Scene, number: Int, repository: String, oid: String) throws {
        let event = """
            {"schema":"sluice.intake/v1","id":"\(String(repeating: "\(number)", count: 32))",
            "time":"2026-01-01T00:00:00.000Z","repository":{"gitDirectory":"\(repository)","isBare":true},
            "updates":[{"old":"\(String(repeating: "0", count: 40))","new":"\(oid)","reference":"refs/heads/main"}],
            "options":[],"trigger":"push"}
            """
        let path = scene.home + "/spool/new/000000000000000000\(number)-x.json"
        try Data(event.utf8).write(to: URL(filePath: path))
        chown(path, 65_534, 65_534)
    }

    /// As `nobody`, who may write the repository but owns nothing. Git must be told to trust the place.
    private func pushAsNobody(_ scene: Scene) throws -> String {
        _ = try Scene.shell("chmod -R a+rwX '\(scene.bare)' '\(scene.clone)'", in: "/")
        try Data("[safe]\n directory = *\n".utf8).write(to: URL(filePath: scene.root + "/.gitconfig"))
        return try Scene.shell(
            "setpriv --reuid=65534 --regid=65534 --clear-groups env HOME='\(scene.root)' git push origin main 2>&1",
            in: scene.clone)
    }
}
