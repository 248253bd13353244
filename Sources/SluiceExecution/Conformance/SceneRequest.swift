import PluginContract
import SluiceModel

/// What the runner would start for a scene, and what it would say first.
struct SceneRequest {
    private let subject: PluginSubject
    private let scene: Scene
    private let request: AttemptRequest

    init(subject: PluginSubject, scene: Scene, files: SceneFiles) {
        (self.subject, self.scene) = (subject, scene)
        let manifest = subject.manifest
        let wanted = manifest.resources ?? ResourceRequest()
        request = AttemptRequest(
            run: RunID(scene.start.isElsewhere ? 4711 : 1), stage: manifest.name,
            number: scene.start.isElsewhere ? 3 : 1, wire: manifest.wire,
            verb: PluginManifest.Verb(rawValue: scene.verb) ?? .run,
            program: .plugin(command: manifest.command, folder: subject.folder, python: subject.python),
            params: scene.example.params, inputs: files.requestInputs, outputs: files.requestOutputs,
            environment: subject.secrets, searchPath: subject.searchPath,
            folders: .init(
                workspace: files.path("work"), scratch: files.path("scratch"), home: files.path("home"),
                temporary: files.path("tmp"), log: files.path("log.jsonl")),
            commit: .init(
                oid: String(repeating: scene.start.isElsewhere ? "cd" : "ab", count: 20),
                reference: scene.start.isElsewhere ? "refs/heads/other" : "refs/heads/main", trusted: true),
            grant: Grant(profile: "conformance", request: wanted), timeout: .seconds(3600), grace: subject.grace,
            seed: scene.example.seed, deployment: manifest.isDeploy ? files.path("deployment") : nil)
    }

    func launch() throws(PluginError) -> ProcessLaunch {
        let variables = AttemptEnvironment.build(for: request, devices: []).variables
        let program = try ProgramResolver.resolve(request, path: variables["PATH"] ?? "").get()
        // An unknown verb has no place in a request.
        let arguments = program.arguments.dropLast() + [scene.verb]
        let grace = subject.grace.wholeMilliseconds
        var launch = ProcessLaunch(
            path: program.path, arguments: Array(arguments), environment: variables,
            folder: request.folders.workspace, orphanTerminate: grace * 7 / 10, orphanKill: grace)
        if scene.delivery == .closed {
            launch.arguments = ["sh", "-c", "exec \"$0\" \"$@\" <&-", program.path] + arguments.dropFirst()
            launch.path = "/bin/sh"
        }
        return launch
    }

    /// The line without its end.
    var start: [UInt8] {
        var message = StartMessage(request, token: Token.random())
        message.verb = scene.verb
        if let wire = scene.start.wire { message.wire = wire }
        guard case .object(var members) = message.json else { preconditionFailure("a message is an object") }
        if scene.start.hasUnknownFields {
            for (name, value) in members where name != "params" { members[name] = Self.withUnknownField(value) }
        }
        if scene.start.padding > 0 {
            members["x_padding"] = .string(String(repeating: "é", count: scene.start.padding / 2))
        }
        for (name, value) in scene.start.members { Self.merge(value.contractJSON, into: &members[name]) }
        // Every reader meets text that is not ASCII.
        members["x_note"] = .string("é 日本 🧪 \" \\ / \u{1} \u{2028}")
        return JSON.object(members).line
    }

    /// In every object that the contract describes, however deep; not in `params`, nor in maps of names.
    private static func withUnknownField(_ value: JSON) -> JSON {
        guard case .object(var members) = value else {
            return value.arrayValue.map { .array($0.map(withUnknownField)) } ?? value
        }
        members = members.mapValues(withUnknownField)
        if members["path"] != nil || members["oid"] != nil || members["cpus"] != nil || members["line"] != nil {
            members["x_unknown"] = .object(["since": .string("sluice/1.7"), "list": .array([.null, .bool(true)])])
        }
        return .object(members)
    }

    private static func merge(_ value: JSON, into member: inout JSON?) {
        guard case .object(var old)? = member, case .object(let new) = value else {
            member = value
            return
        }
        old.merge(new) { _, new in new }
        member = .object(old)
    }
}
