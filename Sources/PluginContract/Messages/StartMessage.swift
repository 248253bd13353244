/// The first line on a plugin's stdin: everything that it needs to know.
public struct StartMessage: Hashable, Sendable {
    public struct Input: Hashable, Sendable {
        public var path: String
        public var digest: String
        public var type: String
        /// Which one, where an input is a list.
        public var instance: String?

        public init(path: String, digest: String, type: String, instance: String? = nil) {
            self.path = path
            self.digest = digest
            self.type = type
            self.instance = instance
        }
    }

    public enum Inputs: Hashable, Sendable {
        case one(Input)
        case many([Input])
    }

    public struct Output: Hashable, Sendable {
        /// Nothing is there yet; the parent exists.
        public var path: String
        public var type: String

        public init(path: String, type: String) {
            self.path = path
            self.type = type
        }
    }

    public struct Commit: Hashable, Sendable {
        public var oid: String
        public var reference: String?
        public var trusted: Bool

        public init(oid: String, reference: String?, trusted: Bool) {
            self.oid = oid
            self.reference = reference
            self.trusted = trusted
        }
    }

    /// What the gate admitted.
    public struct Grant: Hashable, Sendable {
        public var profile: String
        public var cpus: Double
        /// Bytes.
        public var memory: Int64
        public var gpus: Int64
        /// Bytes.
        public var disk: Int64?
        /// Bytes a second.
        public var network: Int64?
        /// RFC 3339.
        public var deadline: String?

        public init(
            profile: String, cpus: Double, memory: Int64, gpus: Int64 = 0, disk: Int64? = nil, network: Int64? = nil,
            deadline: String? = nil
        ) {
            self.profile = profile
            self.cpus = cpus
            self.memory = memory
            self.gpus = gpus
            self.disk = disk
            self.network = network
            self.deadline = deadline
        }
    }

    public struct Limits: Hashable, Sendable {
        /// Bytes of a line.
        public var line: Int
        /// Bytes of log that are kept.
        public var log: Int
        public var metricsPerSecond: Int
        /// Bytes of an output value.
        public var output: Int
        /// Files of one output that is a folder; 0 where the runner does not say, here and below.
        public var files: Int
        /// Bytes of a checkpoint.
        public var checkpoint: Int64
        public var checkpointFiles: Int

        public init(
            line: Int, log: Int, metricsPerSecond: Int, output: Int = ContractLimits.outputValue, files: Int = 0,
            checkpoint: Int64 = 0, checkpointFiles: Int = 0
        ) {
            self.line = line
            self.log = log
            self.metricsPerSecond = metricsPerSecond
            self.output = output
            self.files = files
            self.checkpoint = checkpoint
            self.checkpointFiles = checkpointFiles
        }
    }

    public struct Resume: Hashable, Sendable {
        public var checkpoint: String
        public var path: String

        public init(checkpoint: String, path: String) {
            self.checkpoint = checkpoint
            self.path = path
        }
    }

    public var wire = ContractLimits.wire
    /// Secret between the runner and this one process; on every line from the plugin.
    public var token: String
    public var verb: String
    public var run: String
    public var stage: String
    public var attempt: Int
    public var params: JSON = .object([:])
    public var inputs: [String: Inputs] = [:]
    public var outputs: [String: Output] = [:]
    public var workspace: String
    public var scratch: String
    public var commit: Commit
    public var grant: Grant
    public var seed: Int64 = 0
    public var resume: Resume?
    public var limits: Limits
    /// A folder that outlives the run, for deploys.
    public var deployment: String?

    public init(
        token: String, verb: String, run: String, stage: String, attempt: Int, workspace: String, scratch: String,
        commit: Commit, grant: Grant, limits: Limits
    ) {
        self.token = token
        self.verb = verb
        self.run = run
        self.stage = stage
        self.attempt = attempt
        self.workspace = workspace
        self.scratch = scratch
        self.commit = commit
        self.grant = grant
        self.limits = limits
    }
}
