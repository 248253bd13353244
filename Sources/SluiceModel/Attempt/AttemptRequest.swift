/// Everything that one try at one stage needs: serialisable, so that a supervisor elsewhere can run it too.
///
/// Paths are absolute and already filled: inputs lie where `inputs` says, the workspace holds the sources.
package struct AttemptRequest: Sendable, Codable, Equatable {
    package var run: RunID
    package var stage: String
    package var number: Int
    package var wire: WireProtocol
    package var verb: PluginManifest.Verb
    package var program: Program
    package var params: JSONValue
    package var inputs: [Input]
    package var outputs: [Output]
    /// A file of the workspace with numbers, read after a good exit (protocol `command`).
    package var metricsPath: String?
    /// The stage's environment; everything else is built from empty.
    package var environment: [String: String]
    /// The operator's `PATH`.
    package var searchPath: String
    package var folders: Folders
    package var commit: Commit
    package var grant: Grant
    package var timeout: Duration
    package var heartbeat: Duration?
    package var grace: Duration
    package var seed: Int64
    package var limits: Limits
    /// A folder that outlives the run, for deploys.
    package var deployment: String?
    /// Whether the plugin lists the verb `cleanup`, which is called once after a `run` that was started.
    package var wantsCleanup: Bool
    package var sandbox: SandboxPolicy
    /// Variables that are shown nowhere.
    package var secrets: [Secret]
    /// A folder that outlives the attempt, for what a retry may resume from.
    package var checkpoints: String?

    package init(
        run: RunID, stage: String, number: Int, wire: WireProtocol, verb: PluginManifest.Verb, program: Program,
        params: JSONValue, inputs: [Input], outputs: [Output], metricsPath: String? = nil,
        environment: [String: String], searchPath: String, folders: Folders, commit: Commit, grant: Grant,
        timeout: Duration, heartbeat: Duration? = nil, grace: Duration, seed: Int64, limits: Limits = Limits(),
        deployment: String? = nil, wantsCleanup: Bool = false, sandbox: SandboxPolicy = SandboxPolicy(),
        secrets: [Secret] = [], checkpoints: String? = nil
    ) {
        self.run = run
        self.stage = stage
        self.number = number
        self.wire = wire
        self.verb = verb
        self.program = program
        self.params = params
        self.inputs = inputs
        self.outputs = outputs
        self.metricsPath = metricsPath
        self.environment = environment
        self.searchPath = searchPath
        self.folders = folders
        self.commit = commit
        self.grant = grant
        self.timeout = timeout
        self.heartbeat = heartbeat
        self.grace = grace
        self.seed = seed
        self.limits = limits
        self.deployment = deployment
        self.wantsCleanup = wantsCleanup
        self.sandbox = sandbox
        self.secrets = secrets
        self.checkpoints = checkpoints
    }

    /// What is started.
    package enum Program: Sendable, Codable, Equatable {
        /// A plugin's `command`; the verb is appended as the last argument. `python` is the folder of its
        /// environment, whose `bin` goes first in PATH.
        case plugin(command: [String], folder: String, python: String?)
        /// A `run` line: `/bin/sh -eu -c` in the workspace; its values come as environment variables.
        case script(String)
    }

    package struct Input: Sendable, Codable, Equatable {
        package var name: String
        package var items: [Item]
        /// Given to the plugin as a list even when there is one item.
        package var isMany: Bool

        package init(name: String, items: [Item], isMany: Bool) {
            self.name = name
            self.items = items
            self.isMany = isMany
        }

        package struct Item: Sendable, Codable, Equatable {
            /// A matrix instance or a path of the commit, where the input is a list.
            package var instance: String?
            package var path: String
            /// `sha256:…` of an artifact, `git:…` of a file of the commit.
            package var digest: String
            package var type: ArtifactType

            package init(instance: String? = nil, path: String, digest: String, type: ArtifactType) {
                self.instance = instance
                self.path = path
                self.digest = digest
                self.type = type
            }
        }
    }

    package struct Output: Sendable, Codable, Equatable {
        package var name: String
        package var type: ArtifactType
        /// Does not exist when the plugin starts; its parent does.
        package var path: String

        package init(name: String, type: ArtifactType, path: String) {
            self.name = name
            self.type = type
            self.path = path
        }
    }

    /// All below one attempt folder, made by the engine before the attempt.
    package struct Folders: Sendable, Codable, Equatable {
        /// cwd.
        package var workspace: String
        package var scratch: String
        package var home: String
        package var temporary: String
        /// The attempt's log: JSON lines `{time, stream, text}`.
        package var log: String

        package init(workspace: String, scratch: String, home: String, temporary: String, log: String) {
            self.workspace = workspace
            self.scratch = scratch
            self.home = home
            self.temporary = temporary
            self.log = log
        }
    }

    package struct Commit: Sendable, Codable, Equatable {
        package var oid: String
        package var reference: String?
        package var trusted: Bool

        package init(oid: String, reference: String?, trusted: Bool) {
            self.oid = oid
            self.reference = reference
            self.trusted = trusted
        }
    }

    /// Bytes of a checkpoint: what may be on its disk may be saved.
    package var checkpointLimit: Int64 { grant.request.disk ?? limits.checkpoint }

    package struct Limits: Sendable, Codable, Equatable {
        /// Bytes of one protocol line.
        package var line: Int
        /// Bytes of log kept: the first and the last half of it.
        package var log: Int
        package var metricsPerSecond: Int
        /// Files of one output that is a folder.
        package var files: Int
        /// Bytes of a checkpoint where no disk is granted.
        package var checkpoint: Int64
        package var checkpointFiles: Int

        package init(
            line: Int = 1 << 20, log: Int = 16 << 20, metricsPerSecond: Int = 1000, files: Int = 2_000_000,
            checkpoint: Int64 = 64 << 30, checkpointFiles: Int = 100_000
        ) {
            self.line = line
            self.log = log
            self.metricsPerSecond = metricsPerSecond
            self.files = files
            self.checkpoint = checkpoint
            self.checkpointFiles = checkpointFiles
        }
    }
}

/// What the gate gave an attempt.
package struct Grant: Sendable, Codable, Equatable {
    package var profile: String
    package var request: ResourceRequest

    package init(profile: String, request: ResourceRequest) {
        self.profile = profile
        self.request = request
    }
}

/// A run's number in the state folder.
package struct RunID: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
    package let number: Int64

    package init(_ number: Int64) { self.number = number }
    package var description: String { String(number) }
    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }

    package init(from decoder: any Decoder) throws {
        number = try decoder.singleValueContainer().decode(Int64.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(number)
    }
}
