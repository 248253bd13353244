/// How much the gate may search. Counts and never time, so that equal input decides equally on every machine.
package struct GateEffort: Sendable, Equatable {
    /// Nodes of the selection search, counted as of 50 stages with 3 profiles under 4 budgets; larger ones weigh more.
    package var nodes: Int
    /// Passes of schedule generation.
    package var schedules: Int

    package init(nodes: Int, schedules: Int) {
        self.nodes = nodes
        self.schedules = schedules
    }

    /// About 20 ms for some hundred stages.
    package static let standard = GateEffort(nodes: 20_000, schedules: 400)
}
