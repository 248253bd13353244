import PluginContract
import SluiceModel

extension StartMessage {
    /// What the plugin is told of its request.
    init(_ request: AttemptRequest, token: String) {
        let granted = request.grant.request
        let deadline = WallClock.now().advanced(bySeconds: request.timeout.inSeconds)
        self.init(
            token: token, verb: request.verb.rawValue, run: request.run.description, stage: request.stage,
            attempt: request.number, workspace: request.folders.workspace, scratch: request.folders.scratch,
            commit: Commit(
                oid: request.commit.oid, reference: request.commit.reference, trusted: request.commit.trusted),
            grant: Grant(
                profile: request.grant.profile, cpus: granted.cpus.doubleValue, memory: granted.memory,
                gpus: granted.gpus, disk: granted.disk, network: granted.network, deadline: deadline.description),
            limits: Limits(
                line: request.limits.line, log: request.limits.log,
                metricsPerSecond: request.limits.metricsPerSecond, files: request.limits.files,
                checkpoint: request.checkpointLimit, checkpointFiles: request.limits.checkpointFiles))
        params = request.params.contractJSON
        inputs = Dictionary(request.inputs.map { ($0.name, Inputs($0)) }, uniquingKeysWith: { first, _ in first })
        outputs = Dictionary(
            request.outputs.map { ($0.name, Output(path: $0.path, type: $0.type.rawValue)) },
            uniquingKeysWith: { first, _ in first })
        seed = request.seed
        if request.number > 1, let saved = request.checkpoints.flatMap({ Checkpoints(folder: $0).latest }) {
            resume = Resume(checkpoint: saved.id, path: saved.path)
        }
        deployment = request.deployment
    }
}

extension StartMessage.Inputs {
    init(_ input: AttemptRequest.Input) {
        let items = input.items.map { item in
            StartMessage.Input(
                path: item.path, digest: item.digest, type: item.type.rawValue, instance: item.instance)
        }
        if let only = items.first, !input.isMany { self = .one(only) } else { self = .many(items) }
    }
}
