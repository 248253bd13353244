import Foundation
import Glibc
import SluiceTesting
import Testing

/// What an engine that keeps the order gets of `sluice attempt stage`.
@Suite struct StageAttemptTests {
    private static let pipeline = """
        schema: sluice/v1
        name: toy
        params: { word: one }
        stages:
          first:
            run: echo ${params.word} > ${outputs.text}
            outputs: { text: file }
            sources: []
          each:
            run: cat ${inputs.text} > ${outputs.text}; echo ${matrix.k} >> ${outputs.text}
            matrix: { k: ["it's", "{{z}}"] }
            inputs: { text: first.text }
            outputs: { text: file }
            sources: []
          all:
            run: printf '%s\\n' ${inputs.texts} | xargs cat
            inputs: { texts: each.text }
            sources: []
          elsewhere:
            if: reference == 'refs/heads/other'
            run: exit 1
            sources: []
          fragile:
            run: kill -SEGV $$$$
            needs: [elsewhere]
            sources: []
          behind:
            run: echo no
            needs: [fragile]
            sources: []
          always:
            run: echo always
            after: any
            needs: [fragile]
            sources: []
        """

    private let scene: Scene

    init() throws { scene = try Scene(["pipelines/toy.yaml": Self.pipeline], withHook: false) }

    @discardableResult
    private func attempt(_ stage: String, _ more: [String] = []) throws -> (status: Int32, transcript: String) {
        let run = try scene.sluice(
            ["attempt", "stage", stage, "--reference", "refs/heads/main", "--exchange", scene.root + "/exchange"] + more
        )
        return (run.status, run.transcript)
    }

    @Test("a commit and a value that begin with a dash are what they are, not options")
    func dashes() throws {
        try scene.git(["update-ref", "refs/heads/-odd", "HEAD"])
        let odd = ["--revision=-odd", "--set=word=-two"]
        for stage in ["first", "each[k=it's]", #""each[k=\u007b\u007bz}}]""#] {
            let done = try attempt(stage, odd)
            #expect(done.status == 0, "\(stage): \(done.transcript)")
        }
        let last = try attempt("all", odd)
        #expect(last.status == 0 && last.transcript.contains("[all] -two"), "\(last.transcript)")
        for target in [["airflow"], ["argo", "--image", "i", "--claim", "c"], ["gitlab"]] {
            let exported = try scene.sluice(["export"] + target + odd)
            #expect(exported.status == 0 && !exported.output.isEmpty, "\(exported.transcript)")
            if target[0] != "gitlab" { #expect(exported.output.contains("--set=word="), "\(exported.output)") }
        }
        let unknown = try scene.sluice(["export", "airflow", "--set=-x=1"])
        #expect(unknown.status == 65 && unknown.errors.contains("-x"), "\(unknown.transcript)")
    }

    @Test("stages that are started one by one give each other what they made")
    func chain() throws {
        for stage in ["first", "each[k=it's]", #""each[k=\u007b\u007bz}}]""#] {
            let done = try attempt(stage)
            #expect(done.status == 0, "\(done.transcript)")
        }
        let all = try attempt("all")
        #expect(all.status == 0, "\(all.transcript)")
        let lines = all.transcript.split(separator: "\n").filter { $0.hasPrefix("[all] ") }.map { $0.dropFirst(6) }
        #expect(lines.filter { ["one", "it's", "{{z}}"].contains($0) } == ["one", "it's", "one", "{{z}}"])
        #expect(!FileManager.default.fileExists(atPath: scene.home), "no state folder was asked for")
    }

    @Test("a stage before what it needs is no attempt, and one that has ended well is not run again")
    func order() throws {
        let early = try attempt("all")
        #expect(early.status == 74 && early.transcript.contains("has left no result in the exchange"))
        #expect(try attempt("first").status == 0)
        let again = try attempt("first")
        #expect(again.status == 0 && !again.transcript.contains("attempt 1 started"), "\(again.transcript)")
    }

    @Test("the pipeline's retry says how often it is tried again: 75, then 1")
    func retry() throws {
        #expect(try attempt("elsewhere", ["--skip-status", "99"]).status == 99)
        #expect(try attempt("fragile").status == 75)
        let last = try attempt("fragile")
        #expect(last.status == 1 && last.transcript.contains("attempt 2 started"), "\(last.transcript)")
        #expect(try attempt("behind", ["--skip-status", "99"]).status == 99)
        let always = try attempt("always")
        #expect(always.status == 0 && always.transcript.contains("[always] always"), "\(always.transcript)")
    }

    @Test("an attempt whose process died is lost, and the next one is its second")
    func lost() throws {
        try scene.commit([
            "pipelines/toy.yaml": """
            schema: sluice/v1
            name: toy
            stages:
              slow:
                run: echo x >> \(scene.root)/started; [ -e \(scene.root)/go ] || sleep 60
                sources: []
            """
        ])
        let arguments = ["attempt", "stage", "slow", "--exchange", scene.root + "/exchange"]
        let temporary = ["TMPDIR": scene.root + "/tmp"]
        try FileManager.default.createDirectory(atPath: scene.root + "/tmp", withIntermediateDirectories: true)
        let started = try StartedProgram(
            [Scene.binary] + arguments, environment: scene.environment.merging(temporary) { $1 }, folder: scene.clone)
        #expect(comesToHold { FileManager.default.fileExists(atPath: scene.root + "/started") })
        let meanwhile = try scene.sluice(arguments, environment: temporary)
        #expect(meanwhile.status == 75, "another process is at work on it")
        #expect(try scene.sluice(["export", "airflow", "--quiet"], environment: temporary).status == 0)
        #expect(states(in: "/tmp").count == 1, "whoever is at work keeps its folder")
        kill(started.pid, SIGKILL)
        _ = started.wait()
        _ = FileManager.default.createFile(atPath: scene.root + "/go", contents: nil)
        let second = try scene.sluice(arguments, environment: temporary)
        #expect(second.status == 0 && second.transcript.contains("attempt 2 started"), "\(second.transcript)")
        #expect(
            comesToHold {
                (try? scene.sluice(["export", "airflow"], environment: temporary)) != nil
                    && states(in: "/tmp").isEmpty
            }, "what was left goes as soon as nothing of it is alive")
    }

    @Test("a cancelled attempt is over within its grace, and the next process goes on with another one")
    func cancelled() throws {
        try scene.commit([
            "pipelines/toy.yaml": """
            schema: sluice/v1
            name: toy
            stages:
              slow:
                if: changed("**")
                run: touch \(scene.root)/started; [ -e \(scene.root)/go ] || exec sleep 60
                retry: { limit: 0 }
                sources: []
            """
        ])
        let arguments = [
            "attempt", "stage", "slow", "--changed-since", "", "--reference", "", "--exchange",
            scene.root + "/exchange",
        ]
        let started = try scene.start(arguments)
        #expect(comesToHold { FileManager.default.fileExists(atPath: scene.root + "/started") })
        kill(started.pid, SIGTERM)
        #expect(started.wait().status == 130)
        _ = FileManager.default.createFile(atPath: scene.root + "/go", contents: nil)
        let second = try scene.sluice(arguments)
        #expect(second.status == 0 && second.transcript.contains("attempt 2 started"), "\(second.transcript)")
    }

    private func states(in folder: String) -> [String] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: scene.root + folder)) ?? []
        return all.filter { $0.hasPrefix("sluice-state-") }
    }

    @Test("exchanges that nobody has used for long go, but for what is deployed; everything else stays")
    func collection() throws {
        func attempt(_ exchange: String, _ more: [String] = []) throws {
            let path = scene.root + "/exchanges/" + exchange
            let done = try scene.sluice(["attempt", "stage", "first", "--exchange", path] + more)
            #expect(done.status == 0, "\(done.transcript)")
        }
        func there(_ path: String) -> Bool { FileManager.default.fileExists(atPath: scene.root + "/exchanges/" + path) }
        for name in ["old", "deployed", "used", "new"] { try attempt(name) }
        _ = try Scene.shell(
            "mkdir -p deployed/deployments/app foreign; touch deployed/deployments/app/model foreign/file; "
                + "find old deployed foreign -exec touch -h -d '3 days ago' {} +; "
                + "find used -exec touch -h -d '3 days ago' {} +; touch used/locks",
            in: scene.root + "/exchanges")
        try attempt("new", ["--keep-days", "4"])
        #expect(there("old/run.json"))
        try attempt("new", ["--keep-days", "2"])
        #expect(!there("old"))
        #expect(there("deployed/deployments/app/model") && !there("deployed/stages") && !there("deployed/artifacts"))
        #expect(there("foreign/file") && there("used/stages") && there("new/stages"))
        let late = try scene.sluice(
            ["attempt", "stage", "first", "--exchange", scene.root + "/exchanges/deployed", "--keep-days", "0"])
        #expect(late.status == 64, "\(late.transcript)")
        try attempt("deployed")
    }

    @Test("an exchange is of one run: another commit, other params or a reference without the commit are refused")
    func identity() throws {
        #expect(try attempt("first").status == 0)
        let other = try attempt("first", ["--set", "word=two"])
        #expect(other.status == 74 && other.transcript.contains("is the exchange of toy"), "\(other.transcript)")
        let elsewhere = try scene.sluice(
            ["attempt", "stage", "first", "--reference", "refs/heads/none", "--exchange", scene.root + "/another"])
        #expect(elsewhere.status == 74 && elsewhere.transcript.contains("is not on refs/heads/none"))
        #expect(try attempt("none").status == 65)
    }

    @Test("with a shared state folder the result is in the cache and in the records")
    func state() throws {
        let state = ["--state", scene.home]
        #expect(try attempt("first", state).status == 0)
        let again = try scene.sluice(
            ["attempt", "stage", "first", "--reference", "refs/heads/main", "--exchange", scene.root + "/next"] + state)
        #expect(again.status == 0 && !again.transcript.contains("attempt 1 started"), "\(again.transcript)")
        let each = try attempt("each[k=it's]", state)
        #expect(each.status == 0, "\(each.transcript)")
        let view = try scene.lastRun()
        #expect(view.outcomes == ["first": "succeeded", "each[k=it's]": "succeeded"], "\(view.outcomes)")
    }
}
