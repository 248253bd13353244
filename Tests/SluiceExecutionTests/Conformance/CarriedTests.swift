import Foundation
import Glibc
import SluiceModel
import Testing

@testable import SluiceExecution

/// Pods that share no folder with their runner.
@Suite("Attempts that are carried to pods and back", .enabled(if: Kubernetes.carries, "no kubectl, or no mounts"))
struct CarriedTests {
    /// An attempt as the engine lays it out, below a folder with other things in it.
    private func laidOut(_ attempts: Attempts, _ script: String) throws -> AttemptRequest {
        let stage = attempts.root + "/runs/7/train"
        let own = stage + "/1"
        for name in ["work", "in", "out", "scratch", "home", "tmp"] {
            try FileManager.default.createDirectory(atPath: "\(own)/\(name)", withIntermediateDirectories: true)
        }
        try attempts.write("mine", "of the runner")
        try attempts.write("runs/7/train/1/in/data", "1 2 3")
        return attempts.script(script).with {
            $0.folders = .init(
                workspace: own + "/work", scratch: own + "/scratch", home: own + "/home", temporary: own + "/tmp",
                log: own + "/log.jsonl")
            $0.outputs = [.init(name: "model", type: .file, path: own + "/out/model")]
            $0.environment = ["IN": own + "/in/data", "OUT": own + "/out/model", "MINE": attempts.root + "/mine"]
        }
    }

    @Test("inputs go there, outputs, kept files and the log come back, and nothing else of the runner's is there")
    func there() async throws {
        let cluster = try Kubernetes.Cluster()
        let attempts = try Attempts()
        let script = #"[ ! -e "$MINE" ]; cat "$IN" > "$OUT"; echo 4 >> "$OUT"; mkdir kept; echo k > kept/file; echo hi"#
        let request = try laidOut(attempts, script)
        let result = await attempts.run(request, by: Lane.remote(cluster.engine(carrying: attempts.root), attempts))
        #expect(result.outcome == .succeeded, "\(result)")
        #expect(attempts.read("runs/7/train/1/out/model") == "1 2 34\n")
        #expect(attempts.read("runs/7/train/1/work/kept/file") == "k\n" && attempts.shown.contains("hi"))
        #expect(attempts.read("runs/7/train/1/log.jsonl")?.contains(#""text":"hi""#) == true)
        #expect(cluster.jobs == [])
    }

    @Test(
        "a runner that died before it sent anything, or after, is followed by one that goes on",
        arguments: [false, true])
    func takenUp(_ isSent: Bool) async throws {
        let cluster = try Kubernetes.Cluster()
        let attempts = try Attempts()
        let request = try laidOut(attempts, #"echo ran; echo model > "$OUT""#)
        let engine = cluster.engine(carrying: attempts.root)
        let files = AttemptFiles(of: request)
        mkdir(files.folder, 0o700)
        let key = Token.random()
        let order = JobOrder(key: key, request: request, files: files, sluice: Slurm.sluice, on: engine)
        #expect(files.write(JobRecord(key: key), to: files.job) && files.write(request, to: files.request))
        guard case .accepted(let job) = engine.submit(order) else { throw TestFailure("it was not accepted") }
        if isSent {
            let carrier = try #require(engine.carrier(order, of: request, job: job))
            for _ in 0..<6000 where engine.sighting(of: job, in: "") != .running {
                #expect(carrier.step() == .good)
                usleep(10_000)
            }
            #expect(engine.sighting(of: job, in: "") == .running)
        }
        let result = await attempts.run(request, by: Lane.remote(engine, attempts))
        #expect(result.outcome == .succeeded && attempts.shown.filter { $0 == "ran" }.count == 1, "\(result)")
        #expect(attempts.read("runs/7/train/1/out/model") == "model\n")
        engine.unwatch(job)
    }

    @Test("a cancel reaches the pod with its reason, and what was made until then comes back")
    func cancel() async throws {
        let cluster = try Kubernetes.Cluster()
        let attempts = try Attempts()
        let script =
            "echo half > half; echo 3 > $KEPT/step; trap 'echo bye; exit 1' TERM; echo ready; while :; do sleep 0.05; done"
        let kept = attempts.root + "/runs/7/train/checkpoints"
        let request = try laidOut(attempts, script).with {
            $0.checkpoints = kept
            $0.environment["KEPT"] = kept
        }
        mkdir(kept, 0o700)
        let cancellation = Cancellation()
        async let running = attempts.run(
            request, cancellation, by: Lane.remote(cluster.engine(carrying: attempts.root), attempts))
        try await attempts.holds { $0.shown.contains("ready") }
        cancellation.cancel(.superseded)
        let result = await running
        #expect(result.outcome == .cancelled && result.reason == "superseded", "\(result)")
        #expect(attempts.read("runs/7/train/1/work/half") == "half\n" && attempts.shown.contains("bye"))
        #expect(attempts.read("runs/7/train/checkpoints/step") == "3\n")
    }

    @Test("its log can be read while it runs, and is kept where its supervisor dies before it comes home")
    func log() async throws {
        let cluster = try Kubernetes.Cluster()
        let attempts = try Attempts()
        let script = #"""
            read -r start; token=$(echo "$start" | sed 's/.*"token":"\([0-9a-f]*\)".*/\1/')
            echo "pid $$"; echo; echo last
            printf '{"type":"metric","token":"%s","name":"loss","value":0.5,"step":1}\n' "$token"; sleep 600
            """#
        let request = try laidOut(attempts, script).with { $0.wire = .sluice1 }
        let log = "runs/7/train/1/log.jsonl"
        async let running = attempts.run(request, by: Lane.remote(cluster.engine(carrying: attempts.root), attempts))
        try await attempts.holds { $0.read(log + ".metrics")?.contains("0.5") == true }
        let told = try #require(attempts.read(log))
        #expect(told.split(separator: "\n").count == 3 && told.hasSuffix("\"last\"}\n"), "\(told)")
        #expect(attempts.read(log + ".transcript")?.contains("${token}") == true)
        let plugin = try #require(attempts.shown.compactMap { Int32($0.dropFirst(4)) }.first)
        let supervisor = try #require(parent(of: plugin).flatMap(parent))
        #expect(supervisor > 1 && supervisor != getpid() && kill(supervisor, SIGKILL) == 0)
        #expect(await running.outcome == .lost)
        #expect(attempts.read(log) == told)
    }

    @Test("what comes back in the place of a folder and is none is not taken")
    func links() throws {
        let attempts = try Attempts()
        let request = try laidOut(attempts, "true")
        let parcel = Parcel(of: request, root: attempts.root)
        #expect(parcel.back == ["log.jsonl", "log.jsonl.metrics", "log.jsonl.transcript", "out", "work"])
        #expect(!parcel.there.contains("mine") && parcel.there.last == "runs/7/train/1/node/carried")
        mkdir("\(attempts.root)/back", 0o700)
        symlink("/etc", "\(attempts.root)/back/work")
        symlink("/etc/passwd", "\(attempts.root)/back/log.jsonl")
        #expect(parcel.place("\(attempts.root)/back"))
        var status = stat()
        #expect(lstat("\(attempts.root)/runs/7/train/1/work", &status) == 0 && status.st_mode & S_IFMT == S_IFDIR)
        #expect(lstat("\(attempts.root)/runs/7/train/1/log.jsonl", &status) != 0)
    }

    @Test("files that cannot be sent are told of, and given up after the operator's patience")
    func unsent() async throws {
        let cluster = try Kubernetes.Cluster()
        try cluster.control(#"{"forbidden": ["exec"]}"#)
        let attempts = try Attempts()
        let engine = cluster.engine(carrying: attempts.root, patience: .seconds(2))
        let result = await attempts.run(try laidOut(attempts, "true"), by: Lane.remote(engine, attempts))
        #expect(result.outcome == .failed && result.error?.code == "kubernetes.not_carried", "\(result)")
        #expect(result.error?.message.contains("forbidden") == true && cluster.jobs == [], "\(result)")
        let told = attempts.events.contains { if case .waiting(let why) = $0 { why.contains("sent") } else { false } }
        #expect(told)
    }

    @Test("a deploy is refused: no pod keeps what it is to leave")
    func deploy() async throws {
        let cluster = try Kubernetes.Cluster()
        let attempts = try Attempts()
        let request = try laidOut(attempts, "true").with { $0.deployment = attempts.root + "/deployments" }
        let result = await attempts.run(request, by: Lane.remote(cluster.engine(carrying: attempts.root), attempts))
        #expect(result.outcome == .failed && result.error?.code == "kubernetes.refused", "\(result)")
    }
}
