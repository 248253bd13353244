import SluiceModel

/// Estimates from what attempts took. Asks for the history of a kind of work once, and fits what is the same for many
/// stages once: the instances of a large matrix share their history until they have one of their own.
struct HistoryEstimates {
    /// Attempts that an estimate looks at: enough for a quantile, few enough to follow a change.
    static let window = 50
    /// Attempts at a kind of work that are read, so that several stages with one plugin find their own.
    static let limit = 400

    private struct Past {
        var all: ArraySlice<WorkSample>
        /// Of this pipeline, by instance.
        var own: [String: ArraySlice<WorkSample>]
    }

    private struct Question: Hashable {
        var kind: WorkKind
        /// nil: all with the same plugin and profile.
        var stage: String?
        var dataBytes: Int64?
    }

    private let history: PlanningContext.History
    private let pipeline: Pipeline
    private var pasts: [WorkKind: Past] = [:]
    private var answers: [Question: MeasuredEstimate?] = [:]

    init(_ history: @escaping PlanningContext.History, pipeline: Pipeline) {
        self.history = history
        self.pipeline = pipeline
    }

    /// nil where no such work was ever done.
    mutating func estimate(_ stage: Plan.Stage, profile: String) -> MeasuredEstimate? {
        let work = WorkKind.work(plugin: stage.plugin?.manifest.name, stage: stage.name)
        let kind = WorkKind(work: work, profile: profile)
        let past = past(of: kind)
        // Other stages with the plugin, and other instances of a matrix, may do other work: a stage's own attempts
        // count where they suffice.
        let own = past.own[stage.name].flatMap { $0.count >= pipeline.budget.estimateMinSamples ? $0 : nil }
        let question = Question(kind: kind, stage: own == nil ? nil : stage.name, dataBytes: stage.dataBytes)
        if let known = answers[question] { return known }
        let answer = MeasuredEstimate(
            own ?? past.all, dataBytes: stage.dataBytes, quantile: pipeline.budget.estimateQuantile,
            minimum: pipeline.budget.estimateMinSamples)
        answers[question] = .some(answer)
        return answer
    }

    private mutating func past(of kind: WorkKind) -> Past {
        if let found = pasts[kind] { return found }
        let samples = history(kind, Self.limit)
        let own = Dictionary(grouping: samples.filter { $0.pipeline == pipeline.name }, by: \.stage)
        let past = Past(all: samples.prefix(Self.window), own: own.mapValues { $0.prefix(Self.window) })
        pasts[kind] = past
        return past
    }
}
