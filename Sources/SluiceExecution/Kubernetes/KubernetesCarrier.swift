import Glibc
import SluiceModel

/// Carries the files of one attempt to its pod and back, as archives through `kubectl exec`.
///
/// The claim file of the runner says that the attempt may have begun, as elsewhere: it is made before anything is sent.
final class KubernetesCarrier: JobCarrier {
    private static let pause: Int64 = 1000
    /// Milliseconds for one archive.
    private static let patience: Int64 = 3_600_000
    private static let container = "attempt"
    /// What has been added to files, each after a line with its length; ends with 7 when the result was there before that.
    private static let looking = #"""
        r=0; [ -e "$1" ] && r=7; shift
        while [ $# -gt 1 ]; do
          n=0; [ ! -e "$2" ] || n=$(($(wc -c <"$2") - $1)); [ "$n" -gt 0 ] || n=0
          echo "$n"; [ "$n" = 0 ] || tail -c "+$(($1 + 1))" "$2" | head -c "$n"
          shift 2
        done
        exit $r
        """#

    private let kubectl: Kubectl
    private let job: String
    private let parcel: Parcel
    private let files: AttemptFiles
    private let sighting: () -> JobSighting
    /// How long sending may fail.
    private let patience: Duration
    private var failingSince: Int64?
    private var next: Int64 = 0
    private var pod: String?
    private var isThere = false
    private var last = Carriage.good

    init(
        kubectl: Kubectl, job: String, parcel: Parcel, files: AttemptFiles, patience: Duration,
        sighting: @escaping () -> JobSighting
    ) {
        self.kubectl = kubectl
        self.job = job
        self.parcel = parcel
        self.files = files
        self.patience = patience
        self.sighting = sighting
    }

    /// What fails is tried again by the next step.
    func step() -> Carriage {
        guard MonotonicClock.now() >= next else { return last }
        defer { next = MonotonicClock.now() + Self.pause }
        switch sighting() {
        case .pending(KubernetesSighting.awaitsFiles): last = isThere ? .good : sent()
        case .running: last = isResultThere() ? fetched() : .good
        case .unseen, .pending, .ended, .gone, .unstarted, .unreachable, .impossible: last = .good
        }
        return last
    }

    func bringStop() {
        guard let order = smallFile(files.stop, limit: 4096) else { return }
        _ = run(["/bin/sh", "-c", #"cat > "$1.new" && mv "$1.new" "$1""#, "stop", files.stop], input: order)
    }

    // MARK: There

    private func sent() -> Carriage {
        guard let problem = send() else {
            isThere = true
            return .good
        }
        let now = MonotonicClock.now()
        let since = failingSince ?? now
        failingSince = since
        let why = "its files cannot be sent: \(problem)"
        return now - since < patience.wholeMilliseconds ? .failing(why) : .impossible(why)
    }

    /// What went wrong. A runner that died while it sent is followed by one that sends again: its mark is there.
    private func send() -> String? {
        let mark = Parcel.mark(in: files.folder)
        let wasBegun = access(mark, F_OK) == 0
        guard writeAtomically([], to: mark, mode: 0o600) else { return "\(mark): \(errorText(errno))" }
        guard files.fence() || wasBegun else { return "it was given up" }
        guard let archive = Descriptor.unnamedFile(in: files.folder) else { return errorText(errno) }
        let packing = EngineProgram(searchPath: kubectl.searchPath, environment: ["LANG": "C"]).run(
            "tar", ["--create", "--directory=\(parcel.root)", "--"] + parcel.there, sink: archive,
            timeout: Self.patience)
        guard packing.isGood, lseek(archive.number, 0, SEEK_SET) == 0 else { return packing.complaint }
        let unpack = ["tar", "--extract", "--same-permissions", "--no-same-owner", "--directory=\(parcel.root)"]
        let sent = run(unpack, in: KubernetesManifest.receiver, source: archive)
        return sent.isGood ? nil : sent.complaint
    }

    // MARK: Back

    /// Brings what has been said since the last look, of all files in one call: each is a way through the API server.
    private func isResultThere() -> Bool {
        let followed = [files.events] + parcel.logs
        let known = followed.flatMap { path in
            var status = stat()
            return [stat(path, &status) == 0 ? String(status.st_size) : "0", path]
        }
        let answer = run(["/bin/sh", "-c", Self.looking, "look", files.result] + known)
        var rest = answer.data[...]
        for path in followed { append(Self.addition(&rest), to: path) }
        return answer.complaint.contains("exit code 7")
    }

    private static func addition(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let end = rest.firstIndex(of: 0x0A), let count = Int(String(decoding: rest[..<end], as: UTF8.self)),
            count > 0
        else {
            rest = rest.drop { $0 != 0x0A }.dropFirst()
            return []
        }
        rest = rest[(end + 1)...]
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    private func append(_ bytes: ArraySlice<UInt8>, to path: String) {
        guard !bytes.isEmpty else { return }
        let file = Descriptor(open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0o600))
        _ = bytes.withUnsafeBytes { write(file.number, $0.baseAddress, $0.count) }
    }

    private func fetched() -> Carriage {
        fetch() ? .good : .failing("it has ended, and what it made cannot be fetched yet")
    }

    /// The result comes last: whoever sees it finds all that it is about.
    private func fetch() -> Bool {
        guard bring(parcel.back, of: parcel.attempt, into: parcel.place) else { return false }
        if let checkpoints = parcel.checkpoints { bringCheckpoints(checkpoints) }
        let answer = run(["cat", files.result])
        guard answer.isGood, let result: AttemptResult = WireJSON.decode(answer.data),
            files.write(result, to: files.result)
        else { return false }
        _ = run(["touch", files.fetched])
        return true
    }

    private func bringCheckpoints(_ folder: String) {
        guard let cut = folder.lastIndex(of: "/") else { return }
        let name = String(folder[folder.index(after: cut)...])
        _ = bring([name], of: String(folder[..<cut])) { unpacked in
            var status = stat()
            guard lstat(unpacked + "/" + name, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return true }
            removeTree(folder)
            return rename(unpacked + "/" + name, folder) == 0
        }
    }

    /// Unpacked where nothing else is: what the node sends is a stage's word.
    private func bring(_ names: [String], of folder: String, into place: (String) -> Bool) -> Bool {
        guard let archive = Descriptor.unnamedFile(in: files.folder) else { return false }
        let pack = ["tar", "--create", "--ignore-failed-read", "--directory=\(folder)", "--"] + names
        guard run(pack, sink: archive).isGood, lseek(archive.number, 0, SEEK_SET) == 0 else { return false }
        let unpacked = files.folder + "/back"
        removeTree(unpacked)
        defer { removeTree(unpacked) }
        guard mkdir(unpacked, 0o700) == 0 else { return false }
        let options = ["--extract", "--no-same-owner", "--no-same-permissions", "--directory=\(unpacked)"]
        let unpacking = EngineProgram(searchPath: kubectl.searchPath, environment: ["LANG": "C"])
            .run("tar", options, source: archive, timeout: Self.patience)
        return unpacking.isGood && place(unpacked)
    }

    private func run(
        _ command: [String], in container: String = container, input: [UInt8] = [], source: Descriptor? = nil,
        sink: Descriptor? = nil
    ) -> EngineProgram.Answer {
        pod = pod ?? kubectl.run(["get", "pods", "--selector=job-name=\(job)", "--output=name"]).lines.first
        guard let pod else { return .init(isGood: false, lines: [], complaint: "there is no pod") }
        let stdin = input.isEmpty && source == nil ? [] : ["--stdin"]
        return kubectl.exec(
            [pod, "--container=\(container)", "--quiet"] + stdin + ["--"] + command, input: input, source: source,
            sink: sink, timeout: source == nil && sink == nil ? EngineProgram.usualTimeout : Self.patience)
    }
}

extension Descriptor {
    /// A file of nobody's but whoever holds it; nil with errno.
    fileprivate static func unnamedFile(in folder: String) -> Descriptor? {
        let path = folder + "/archive." + Token.random().prefix(8)
        let file = Descriptor(open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600))
        unlink(path)
        return file.isOpen ? file : nil
    }
}
