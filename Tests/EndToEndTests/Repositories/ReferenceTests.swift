import Foundation
import SluiceTesting
import Testing

/// What can be on the two ends of a line that git gives a hook.
@Suite struct ReferenceTests {
    private static let everywhere = Toy.single("run: 'true'").mapValues {
        $0.replacingOccurrences(of: "branches: [main]", with: "branches: [\"**\"], tags: [\"**\"]")
    }

    private func scene(trusting globs: String = "\"**\"") throws -> Scene {
        let scene = try Scene(Self.everywhere)
        try scene.configure(
            "trust: { branches: [\(globs)], tags: [\(globs)] }\nmax_runs_per_push: 100\n", in: scene.bare)
        return scene
    }

    /// Outcome by reference.
    private func outcomes(_ scene: Scene) throws -> [String: String] {
        let runs =
            try JSON(parsing: scene.sluice(["runs", "list", "--limit", "1000", "--json"]).output)["runs"]?.items ?? []
        return Dictionary(
            runs.map { ($0["revision"]?["reference"]?.text ?? "", $0["outcome"]?.text ?? "") }, uniquingKeysWith: { $1 }
        )
    }

    @Test("names that are commands, options or no text are only names")
    func hostileNames() throws {
        let scene = try scene()
        let names = [
            "exp/$(touch${IFS}pwned)", "exp/`touch${IFS}pwned`", "exp/a;touch${IFS}pwned", "exp/'q'", "exp/\"q\"",
            "-x", "--upload-pack=touch", "exp/ü", "exp/%41", "exp/<b>", "exp/&&id", "exp/|id", "exp/#x",
        ]
        for name in names { try scene.git(["update-ref", "refs/heads/\(name)", "HEAD"]) }
        _ = try Scene.shell("git update-ref \"refs/heads/$(printf 'exp/caf\\351')\" HEAD", in: scene.clone)
        try scene.push(["origin", "refs/heads/*:refs/heads/*"])
        let outcomes = try outcomes(scene)
        for name in names + ["main"] { #expect(outcomes["refs/heads/\(name)"] == "succeeded", "\(name)") }
        #expect(outcomes["refs/heads/exp/caf%E9"] == "succeeded", "\(outcomes)")
        let found = try Scene.shell("find '\(scene.root)' -name '*pwned' -not -path '*/refs/*'", in: "/")
        #expect(found.isEmpty, "\(found)")
    }

    @Test("annotated, lightweight and nested tags lead to their commit; a moved tag is compared with where it was")
    func tags() throws {
        let scene = try scene()
        try scene.git(["tag", "light"])
        try scene.git(["tag", "--annotate", "--message", "x", "heavy"])
        try scene.git(["tag", "--annotate", "--message", "x", "nested", "heavy"])
        try scene.push(["origin", "light", "heavy", "nested"])
        let head = try scene.head()
        let runs = try JSON(parsing: scene.sluice(["runs", "list", "--json"]).output)["runs"]?.items ?? []
        #expect(
            runs.count == 3
                && runs.allSatisfy { $0["revision"]?["oid"]?.text == head && $0["outcome"]?.text == "succeeded" })
        try scene.commit(["x": "x"])
        try scene.git(["tag", "--force", "light"])
        try scene.push(["--force", "origin", "light"])
        #expect(try scene.lastRun().revision["oid"] as? String == scene.head())
    }

    @Test("an octopus merge is planned, compared and run")
    func octopus() throws {
        let scene = try scene()
        for name in ["a", "b", "c"] {
            try scene.git(["checkout", "--quiet", "-b", name, "main"])
            try scene.commit([name: name])
        }
        try scene.git(["checkout", "--quiet", "main"])
        try scene.push()
        try scene.git(["merge", "--quiet", "--no-edit", "a", "b", "c"])
        #expect(try scene.git(["rev-list", "--parents", "-1", "HEAD"]).output.split(separator: " ").count == 4)
        #expect(try scene.sluice(["plan"]).status == 0)
        try scene.push()
        #expect(try scene.lastRun().outcome == "succeeded")
        #expect(try scene.lastRun().revision["oid"] as? String == scene.head())
    }

    @Test("forced and deleted references do what they should: the one runs, the other does not")
    func forcedAndDeleted() throws {
        let scene = try scene()
        try scene.push(["origin", "main", "main:topic"])
        #expect(try scene.runCount() == 2)
        try scene.git(["commit", "--quiet", "--amend", "--message", "Other"])
        try scene.push(["--force", "origin", "main", ":topic"])
        #expect(try scene.runCount() == 3)
        #expect(try scene.lastRun().revision["oid"] as? String == scene.head())
    }

    @Test("3,000 references in one mirror push are all looked at, and too many runs are none")
    func mirror() throws {
        let scene = try Scene(Self.everywhere)
        _ = try Scene.shell(
            "seq 3000 | sed \"s|.*|create refs/heads/many/& $(git rev-parse HEAD)|\" | git update-ref --stdin",
            in: scene.clone)
        let pushed = try scene.push(["--mirror", "origin"])
        #expect(
            pushed.status == 0 && pushed.errors.contains("asks for more than 20 runs"),
            "\(pushed.errors.suffix(500))")
        #expect(try scene.runCount() == 0)
        try scene.commit(Toy.single("run: 'true'"))
        let second = try scene.push(["--mirror", "origin"])
        #expect(second.status == 0 && second.errors.contains("run 1 queued"), "\(second.errors.suffix(500))")
    }
}
