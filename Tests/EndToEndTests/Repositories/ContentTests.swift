import Foundation
import Glibc
import SluiceTesting
import Testing

/// What a commit may hold.
@Suite struct ContentTests {
    @Test("a submodule is named where a stage would need it, and nothing follows it")
    func submodules() throws {
        let scene = try Scene(Toy.single("run: ls -A > ${outputs.list}\noutputs: { list: file }"))
        let other = try ScratchRepository()
        try other.commit("secret", to: "inner.txt")
        try scene.git(["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", other.path, "vendor"])
        try scene.git(["commit", "--quiet", "--message", "Add a submodule"])
        let plan = try scene.sluice(["plan", "--json"])
        #expect(plan.status == 0 && plan.output.contains("input.submodule"), "\(plan.transcript)")
        #expect(try scene.run().outcome == "succeeded")
        let list = scene.root + "/list"
        #expect(try scene.sluice(["artifact", "get", "1/only/list", "-o", list]).status == 0)
        #expect(try String(contentsOfFile: list, encoding: .utf8) == ".gitmodules\n")
        try scene.commit(Toy.single("run: cat ${inputs.data}\ninputs: { data: vendor/inner.txt }"))
        let input = try scene.sluice(["plan"])
        #expect(input.status == 65 && input.errors.contains("submodule"), "\(input.transcript)")
    }

    @Test("an LFS pointer is no data: a diagnostic with the fix, not a stage that reads 130 bytes")
    func lfsPointer() throws {
        let scene = try Scene(Toy.single("run: cat ${inputs.data}\ninputs: { data: data.csv }"))
        try scene.commit([
            "data.csv": """
            version https://git-lfs.github.com/spec/v1
            oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393
            size 12345

            """
        ])
        let plan = try scene.sluice(["plan"])
        #expect(plan.status == 65 && plan.errors.contains("input.lfs-pointer"), "\(plan.transcript)")
        #expect(plan.errors.contains("git lfs migrate export"))
    }

    @Test("filters of .gitattributes never run, and bytes stay as they were committed")
    func filters() throws {
        let scene = try Scene(Toy.single("run: cp rows.csv ${outputs.copy}\noutputs: { copy: file }"))
        let plain = "a\nb $Id$\n"
        try scene.commit(["rows.csv": plain])
        try scene.commit([".gitattributes": "*.csv filter=evil ident eol=crlf\n"])
        for folder in [scene.clone, scene.bare] {
            for kind in ["smudge", "clean", "process"] {
                try scene.git(["config", "filter.evil.\(kind)", "touch \(scene.root)/pwned; cat"], in: folder)
            }
            try scene.git(["config", "filter.evil.required", "true"], in: folder)
        }
        try scene.push()
        #expect(try scene.lastRun().outcome == "succeeded")
        let copy = scene.root + "/copy"
        #expect(try scene.sluice(["artifact", "get", "1/only/copy", "-o", copy]).status == 0)
        #expect(try String(contentsOfFile: copy, encoding: .utf8) == plain)
        unlink(scene.root + "/pwned")
        #expect(try scene.run(["--worktree"]).outcome == "succeeded")
        #expect(access(scene.root + "/pwned", F_OK) != 0)
    }

    @Test("paths that differ only by case are two files; links out of the tree are not followed")
    func oddPaths() throws {
        let scene = try Scene(Toy.single("run: ls -A > ${outputs.list}; cat A a\noutputs: { list: file }"))
        try scene.write(["A": "1", "a": "2"])
        symlink("/etc/passwd", scene.clone + "/passwd")
        symlink("../../..", scene.clone + "/up")
        try scene.commit([:])
        #expect(try scene.run().outcome == "succeeded")
        let list = scene.root + "/list"
        #expect(try scene.sluice(["artifact", "get", "1/only/list", "-o", list]).status == 0)
        #expect(try Set(String(contentsOfFile: list, encoding: .utf8).split(separator: "\n")) == ["A", "a"])
        try scene.commit(Toy.single("run: cat ${inputs.data}\ninputs: { data: passwd }"))
        let input = try scene.sluice(["plan"])
        #expect(input.status == 65 && input.errors.contains("input.link"), "\(input.transcript)")
    }

    @Test("a repository of 100,000 files is planned, and a stage gets those that it names")
    func manyFiles() throws {
        let scene = try Scene(Toy.single("run: ls d7 | wc -l\nsources: [\"d7/**\"]\nif: changed(\"d7/**\")"))
        let script = """
            { echo 'commit refs/heads/main'; echo 'committer A <a@example.org> 1700000000 +0000'; echo 'data 1'; echo x
              echo "from $(git rev-parse HEAD)"
              i=0; while [ $i -lt 100 ]; do j=0; while [ $j -lt 1000 ]; do
                printf 'M 100644 inline d%s/f%s\\ndata 8\\n%08d\\n' $i $j $((i * 1000 + j)); j=$((j + 1))
              done; i=$((i + 1)); done; echo done; } | git fast-import --quiet --force --done
            """
        _ = try Scene.shell(script, in: scene.clone)
        #expect(try scene.git(["ls-tree", "-r", "--name-only", "HEAD"]).output.split(separator: "\n").count == 100_001)
        let run = try scene.run()
        #expect(run.outcome == "succeeded", "\(run.json)")
        #expect(try scene.sluice(["logs", "1"]).output.contains("1000"))
    }

    @Test(
        "a file of 1 GiB reaches a stage whole",
        .enabled(if: getenv("SLUICE_LARGE_TESTS") != nil, "set SLUICE_LARGE_TESTS to run it"))
    func largeFile() throws {
        let scene = try Scene(Toy.single("run: wc -c < ${inputs.data}\ninputs: { data: large.bin }"))
        _ = try Scene.shell("truncate -s 1G large.bin; printf end >> large.bin", in: scene.clone)
        try scene.commit([:])
        #expect(try scene.run().outcome == "succeeded")
        #expect(try scene.sluice(["logs", "1"]).output.contains("1073741827"))
    }
}
