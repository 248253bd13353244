/// How much of one push is judged, over all of its references. What is used up stays so: nothing that is asked for then
/// counts.
package struct PushLimits: Sendable {
    package static let mostPipelines = 64
    package static let mostStages = MatrixExpansion.stageLimit
    package static let mostBytes = 16 << 20

    /// What its commits' trees are read with.
    package let reading = ReadingAllowance(bytes: mostBytes)
    private var pipelines = 0
    private var stages = 0

    package init() {}

    /// To be called before a pipeline is planned.
    package mutating func countPipeline() { pipelines += 1 }

    /// Stages of a plan, after expansion.
    package mutating func count(stages more: Int) { stages += more }

    /// Which one is exceeded, in words; nil: none is.
    package var exceeded: String? {
        if reading.isSpent { return "more than \(Self.mostBytes >> 20) MiB would have to be read" }
        if pipelines > Self.mostPipelines {
            return "a push may have \(Self.mostPipelines) pipelines judged, this one has more"
        }
        return stages > Self.mostStages ? "the push has more than \(Self.mostStages) stages" : nil
    }
}
