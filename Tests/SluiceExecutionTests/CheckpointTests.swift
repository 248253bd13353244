import Foundation
import SluiceModel
import Testing

@testable import SluiceExecution

@Suite("Checkpoints")
struct CheckpointTests {
    private func request(_ attempts: Attempts, _ body: String, number: Int = 1) throws -> AttemptRequest {
        try attempts.plugin(python: body).with {
            $0.number = number
            $0.checkpoints = "\(attempts.root)/checkpoints"
        }
    }

    @Test("what is saved is answered, outlives a crash, and is what the next attempt resumes from")
    func resumes() async throws {
        let attempts = try Attempts()
        let body = """
            for step in (1, 2):
                os.makedirs(start["scratch"] + "/c/d", exist_ok=True)
                open(start["scratch"] + "/c/d/weights", "w").write("step %d" % step)
                say("checkpoint", id="step-%d" % step, path="c")
                assert json.loads(sys.stdin.readline()) == {"type": "saved", "checkpoint": "step-%d" % step}
                open(start["scratch"] + "/c/d/weights", "w").write("half written")
            os.kill(os.getpid(), signal.SIGKILL)
            """
        let crashed = await attempts.run(try request(attempts, body))
        #expect(crashed.isCrash && crashed.warnings == [], "\(crashed)")
        #expect(attempts.events.count { if case .checkpoint = $0 { true } else { false } } == 2)
        let second = """
            resume = start["resume"]
            say("output", name="id", value=resume["checkpoint"])
            say("output", name="weights", value=open(resume["path"] + "/d/weights").read())
            say("result", status="ok")
            """
        let resumed = await attempts.run(try request(attempts, second, number: 2))
        #expect(resumed.outcome == .succeeded, "\(resumed)")
        #expect(resumed.outputValues == ["id": .string("step-2"), "weights": .string("step 2")])
        #expect(access("\(attempts.root)/checkpoints", F_OK) != 0, "a stage that succeeded leaves none")
    }

    @Test("a first attempt resumes from nothing, and one whose executor has no place is told by a warning")
    func nothing() async throws {
        let attempts = try Attempts()
        let body = "say('output', name='r', value=start.get('resume')); say('result', status='ok')"
        #expect(await attempts.run(try request(attempts, body)).outputValues["r"] == .null)
        let offer = "say('checkpoint', id='a', path='b'); say('result', status='ok')"
        let result = await attempts.run(try attempts.plugin(python: offer))
        #expect(result.outcome == .succeeded && result.warnings.count == 1, "\(result)")
    }

    @Test(
        "links, what lies elsewhere and what is missing is not saved, and the attempt goes on",
        arguments: ["link", "../outside", "/etc/hostname", "missing", "fifo", "folder"])
    func refused(_ path: String) async throws {
        let attempts = try Attempts()
        try attempts.write("outside", "not ours")
        let body = """
            os.chdir(start["scratch"])
            os.symlink("../outside", "link"); os.mkfifo("fifo"); os.mkdir("folder")
            os.symlink("/etc/hostname", "folder/link")
            say("checkpoint", id="c", path="\(path)")
            say("result", status="failed"); sys.exit(10)
            """
        let result = await attempts.run(try request(attempts, body))
        #expect(result.outcome == .failed && result.error == nil, "\(result)")
        #expect(result.warnings.contains { $0.hasPrefix("checkpoint 'c' is not saved") }, "\(result)")
        #expect(Checkpoints(folder: "\(attempts.root)/checkpoints").latest == nil)
        #expect((folderNames("\(attempts.root)/checkpoints") ?? []).isEmpty, "nothing is left of it")
    }

    @Test(
        "why a checkpoint is not saved is said of what is wrong with its path",
        arguments: [
            ("missing/file", "No such file or directory"), ("/etc/hostname", "no file /etc/hostname in scratch"),
        ])
    func reason(_ path: String, _ words: String) async throws {
        let attempts = try Attempts()
        let body = """
            os.makedirs(start["scratch"] + "/etc"); open(start["scratch"] + "/etc/hostname", "w")
            say("checkpoint", id="c", path="\(path)")
            say("result", status="failed"); sys.exit(10)
            """
        let result = await attempts.run(try request(attempts, body))
        #expect(result.warnings.contains { $0.contains(words) }, "\(result.warnings)")
    }

    @Test("of checkpoints that are offered faster than anybody reads some are shown")
    func flood() async throws {
        let attempts = try Attempts()
        let body = """
            open(start["scratch"] + "/c", "w").close()
            for _ in range(3000): say("checkpoint", id="c", path="c")
            say("result", status="ok")
            """
        #expect(await attempts.run(try request(attempts, body)).outcome == .succeeded)
        let shown = attempts.events.count { if case .checkpoint = $0 { true } else { false } }
        #expect(shown >= 10 && shown < 3000, "\(shown)")
    }

    @Test("one of more bytes or files than `start` says is not saved, nothing of it is left, and the attempt goes on")
    func limits() async throws {
        let attempts = try Attempts()
        let body = """
            os.chdir(start["scratch"])
            limits = start["limits"]
            say("output", name="limits", value=[limits["checkpoint"], limits["checkpoint_files"]])
            for name, size, count in (("just", 1000, 9), ("large", 1001, 1), ("many", 0, 10), ("folders", 0, 0)):
                os.mkdir(name)
                for index in range(count): open(name + "/%d" % index, "wb").write(b"x" * (size // count))
                if name == "just": open("just/0", "ab").write(b"x" * (size % count))
            for index in range(10): os.mkdir("folders/%d" % index)
            for name in ("just", "large", "many", "folders"):
                say("checkpoint", id=name, path=name)
                if name == "just": assert json.loads(sys.stdin.readline())["checkpoint"] == "just"
                else: time.sleep(0.3)
            say("result", status="failed"); sys.exit(10)
            """
        let result = await attempts.run(
            try request(attempts, body).with {
                $0.limits.checkpoint = 1000
                $0.limits.checkpointFiles = 10
            })
        #expect(result.outcome == .failed && result.outputValues["limits"] == .array([.integer(1000), .integer(10)]))
        #expect(
            result.warnings == [
                "checkpoint 'large' is not saved: it has more than 1000 bytes",
                "checkpoint 'many' is not saved: it has more than 10 files and folders",
                "checkpoint 'folders' is not saved: it has more than 10 files and folders",
            ])
        let store = Checkpoints(folder: "\(attempts.root)/checkpoints")
        #expect(store.latest?.id == "just" && (folderNames(store.folder) ?? []).count == 2)
    }

    @Test("what a grant says of the disk is what a checkpoint may have")
    func granted() async throws {
        let attempts = try Attempts()
        let body = "say('output', name='c', value=start['limits']['checkpoint']); say('result', status='ok')"
        #expect(await attempts.run(try request(attempts, body)).outputValues["c"] == .integer(64 << 30))
        let told = await attempts.run(try request(attempts, body).with { $0.grant.request.disk = 1 << 30 })
        #expect(told.outputValues["c"] == .integer(1 << 30))
    }

    @Test("a large checkpoint is copied while the plugin goes on talking, and the newest of many is what is left")
    func large() async throws {
        let attempts = try Attempts()
        let body = """
            path = start["scratch"] + "/big"
            open(path, "wb").write(b"x" * (40 << 20))
            for number in range(20): say("checkpoint", id=str(number), path="big")
            for number in range(2000): sys.stderr.write("y" * 500 + "\\n")
            while json.loads(sys.stdin.readline())["checkpoint"] != "19": pass
            say("error", **{"class": "user", "code": "x", "message": "m"}); sys.exit(12)
            """
        let result = await attempts.run(try request(attempts, body))
        #expect(result.error?.code == "x", "\(result)")
        let store = Checkpoints(folder: "\(attempts.root)/checkpoints")
        #expect(store.latest?.id == "19" && (folderNames(store.folder) ?? []).count == 2)
    }
}
