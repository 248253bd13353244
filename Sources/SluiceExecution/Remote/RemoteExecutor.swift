import Glibc
import SluiceModel

/// Runs attempts through an engine on other machines: as `sluice attempt` there, with files on a shared folder.
///
/// What was handed over goes on when the runner dies. Whoever executes the same request then finds it by its files.
package struct RemoteExecutor: Executor {
    package let name: String
    let engine: any JobEngine
    /// Where attempts lie whose records name them relatively.
    let stateFolder: String
    /// The binary, as the nodes see it.
    let sluice: String
    /// How attempts are walled in where they run.
    var sandbox = NodeSandbox(.off)
    /// Milliseconds for which a result may be on its way after its job has ended.
    var resultPatience: Int64 = 10_000

    package func execute(
        _ request: AttemptRequest, cancellation: Cancellation, observe: @escaping @Sendable (AttemptEvent) -> Void
    ) -> AttemptResult {
        var request = request
        request.sandbox.onNode = sandbox
        return RemoteAttempt(
            request: request, files: AttemptFiles(of: request), engine: engine, sluice: sluice,
            cancellation: cancellation, resultPatience: resultPatience, observe: observe
        ).run()
    }

    package func holds(_ folder: String) -> Bool { access(files(folder).request, F_OK) == 0 }

    /// Nothing of it will begin after this call; what runs is ended as soon as the engine can.
    package func endLeftovers(of folder: String) {
        let files = files(folder)
        guard let record = files.readJob() else { return }
        _ = files.fence()
        guard let job = record.id ?? found(record, files) else { return }
        for _ in 0..<5 where !engine.cancel(job, in: files.folder, isImmediate: true) { usleep(500_000) }
    }

    private func found(_ record: JobRecord, _ files: AttemptFiles) -> String? {
        guard case .success(let request) = files.readRequest() else { return nil }
        return engine.find(JobOrder(key: record.key, request: request, files: files, sluice: sluice, on: engine)).job
    }

    package func forget(_ folder: String) { removeTree(files(folder).folder) }

    private func files(_ folder: String) -> AttemptFiles {
        AttemptFiles(attemptFolder: folder.hasPrefix("/") ? folder : "\(stateFolder)/\(folder)")
    }
}

/// What a runner notes of a job, so that another one finds it.
struct JobRecord: Codable, Equatable {
    var key: String
    /// nil: it was to be submitted, and nobody noted what came of it.
    var id: String?
}

extension AttemptFiles {
    func readJob() -> JobRecord? { smallFile(job, limit: 4096).flatMap { WireJSON.decode($0) } }

    /// Makes sure that no supervisor begins with it any more. False: one has.
    func fence() -> Bool {
        let file = Descriptor(open(claim, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600))
        return file.isOpen
    }
}

extension JobOrder {
    /// Beside the timeout the supervisor needs its grace, the cleanup and some air before the engine ends it.
    private static let air: Duration = .seconds(120)
    /// Beside the grace it has its cleanup to call and its result to write.
    private static let ending: Duration = .seconds(40)

    init(key: String, request: AttemptRequest, files: AttemptFiles, sluice: String, on engine: some JobEngine) {
        var program = [sluice, "attempt", files.request, files.result]
        if let folder = engine.secretsFolder, !request.secrets.isEmpty { program += ["--secrets", folder] }
        if let file = engine.messageFile { program += ["--message", file] }
        self.init(
            key: key, stage: request.stage, program: program, searchPath: request.searchPath, folder: files.folder,
            runFolder: files.runFolder, request: request.grant.request,
            time: request.timeout + request.grace + Self.air, grace: request.grace + Self.ending, run: request.run,
            number: request.number, deploys: request.deployment != nil, secrets: request.secrets)
    }
}
