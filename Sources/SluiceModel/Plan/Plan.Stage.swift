extension Plan {
    /// One instance of a stage: what is frozen about it before the run, and what was chosen for it.
    package struct Stage: Sendable, Equatable {
        /// `train[model=logreg]`, or the stage's name where there is no matrix.
        package var name: String
        package var definition: Pipeline.Stage
        /// The matrix cells of this instance, in the order of the axes.
        package var cells: [Cell]
        /// nil for `run` lines.
        package var plugin: ResolvedPlugin?
        /// Names of instances that must end before this one, data edges included; in order, without doubles.
        package var needs: [String]
        package var inputs: [Input]
        package var outputs: [Pipeline.Stage.Output]
        /// The files of the commit that the workspace holds, frozen by oid.
        package var sources: [TreeEntry]
        package var condition: Condition
        package var cache: CacheState
        /// What is in the cache behind other ways of the stages that it needs; nil where none of theirs is there.
        package var cacheBehind: CacheBehind?
        /// The parts of its cache key that are known, where they were asked for.
        package var keyParts: [CacheKeyPart]?
        /// Bytes of the commit's files that its results come from, through all that it needs; nil: not known.
        package var dataBytes: Int64?
        /// What its plugin asked for and the operator granted.
        package var secrets: [SecretUse] = []
        /// Estimated time and amounts of each profile, in the order of `definition.profiles`.
        package var profiles: [PricedProfile]
        /// Index into `profiles`; nil where nothing was chosen (cached, skipped, refused).
        package var chosen: Int?
        /// Seconds after the run's start; nil where nothing was chosen.
        package var start: Double?
        package var decision: GateDecision?

        package init(
            name: String, definition: Pipeline.Stage, cells: [Cell], plugin: ResolvedPlugin?, needs: [String],
            inputs: [Input], outputs: [Pipeline.Stage.Output], sources: [TreeEntry], condition: Condition,
            cache: CacheState, profiles: [PricedProfile], chosen: Int? = nil, start: Double? = nil,
            decision: GateDecision? = nil
        ) {
            self.name = name
            self.definition = definition
            self.cells = cells
            self.plugin = plugin
            self.needs = needs
            self.inputs = inputs
            self.outputs = outputs
            self.sources = sources
            self.condition = condition
            self.cache = cache
            self.profiles = profiles
            self.chosen = chosen
            self.start = start
            self.decision = decision
        }

        package var isDeploy: Bool { plugin?.manifest.isDeploy ?? false }
        package var wire: WireProtocol { plugin?.manifest.wire ?? .command }

        /// Whether results may be taken from earlier runs: the stage's word, else what its effects allow.
        package var cachePolicy: CachePolicy {
            if isDeploy { return .off }
            return definition.cache ?? (plugin?.manifest.effects == .network ? .off : .on)
        }
    }

    package struct Cell: Sendable, Equatable {
        package var axis: String
        package var value: JSONValue

        package init(axis: String, value: JSONValue) {
            self.axis = axis
            self.value = value
        }
    }

    package struct Input: Sendable, Equatable {
        package var name: String
        package var type: ArtifactType
        package var isMany: Bool
        package var source: Source

        package init(name: String, type: ArtifactType, isMany: Bool, source: Source) {
            self.name = name
            self.type = type
            self.isMany = isMany
            self.source = source
        }

        package enum Source: Sendable, Equatable {
            /// Files of the commit; a folder or glob is its files, below `base`.
            case tree([TreeEntry], base: String)
            /// Outputs of instances: one, or all of a matrix in order.
            case outputs([OutputReference])
            /// The best instance of a matrix by a metric, known when they have ended.
            case selected(from: [String], output: String, metric: String, direction: Direction)
            case external(String)
        }
    }

    package struct OutputReference: Sendable, Equatable, Hashable {
        package var stage: String
        package var output: String

        package init(stage: String, output: String) {
            self.stage = stage
            self.output = output
        }
    }

    /// What is known of `if` before the run.
    package enum Condition: String, Sendable, Codable { case holds, fails, unknown }

    /// A profile with what it would take.
    package struct PricedProfile: Sendable, Equatable {
        package var profile: StageProfile
        package var request: ResourceRequest
        package var estimate: Estimate
        /// By budget resource, `wall` excepted.
        package var use: [BudgetResource: Amount]
        /// Per hour: the operator's, or a higher one of the profile.
        package var price: Amount
        /// How long its executor is expected to let it wait although the pool has room; costs nothing but time.
        package var queueWait: Duration
        /// The result that this way of running it has had already, where it is another way than the first, or one behind
        /// such a way of another stage.
        package var cached: CacheState?

        package init(
            profile: StageProfile, request: ResourceRequest, estimate: Estimate, use: [BudgetResource: Amount],
            price: Amount = .zero, queueWait: Duration = .zero, cached: CacheState? = nil
        ) {
            self.profile = profile
            self.request = request
            self.estimate = estimate
            self.use = use
            self.price = price
            self.queueWait = queueWait
            self.cached = cached
        }

        /// From when it is handed to its executor until it ends.
        package var time: Duration { queueWait + estimate.duration }

        /// Everything that accounts may limit and that is known before.
        package var amounts: [BudgetResource: Amount] {
            use.merging([.wall: amount(of: .wall)]) { $1 }.filter { $0.value > .zero }
        }

        /// What an account is charged with: `wall` counts there too, as the time of every attempt.
        package func amount(of resource: BudgetResource) -> Amount {
            resource == .wall ? Amount(seconds: estimate.duration.inSeconds) : use[resource] ?? .zero
        }
    }
}

/// Whether a stage's result is there already, and why not.
package struct CacheState: Sendable, Codable, Equatable {
    package enum State: String, Sendable, Codable { case hit, miss, off }

    package var state: State
    package var reason: String?
    /// The stage whose result it reads and which runs itself: why nothing is known yet.
    package var upstream: String?
    /// What is restored on a hit. Not part of the JSON shapes.
    package var entry: CacheEntry?
    /// Known as soon as everything that the stage reads is known.
    package var key: Digest?

    package init(
        state: State, reason: String? = nil, upstream: String? = nil, entry: CacheEntry? = nil, key: Digest? = nil
    ) {
        self.state = state
        self.reason = reason
        self.upstream = upstream
        self.entry = entry
        self.key = key
    }
}
