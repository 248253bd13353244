/// How a DAG of Argo is cut: the instances of a matrix with `max_parallel` are a DAG of their own, for that is where Argo
/// limits how many pods run at a time. Whatever needs one of them needs them all.
struct ArgoGroups {
    struct Task {
        var name: String
        var template: String
        var needs: [String]
        var runsAfterFailure: Bool
        /// nil: the matrix as a whole.
        var stage: ExportedStage?
    }

    struct Matrix {
        var name: String
        var maxParallel: Int
        var tasks: [Task]
    }

    private(set) var outer: [Task] = []
    private(set) var matrices: [Matrix] = []

    static func template(_ stage: ExportedStage) -> String { "stage-" + stage.slug }

    init(_ stages: [ExportedStage]) {
        let groups = Self.groups(stages)
        var places: [String: Int] = [:]
        for stage in stages {
            var task = Task(
                name: stage.slug, template: Self.template(stage), needs: Self.needs(stage, groups),
                runsAfterFailure: stage.runsAfterFailure, stage: stage)
            guard let group = groups[stage.slug], let limit = stage.planned.definition.matrix?.maxParallel else {
                outer.append(task)
                continue
            }
            if places[group] == nil {
                places[group] = matrices.count
                matrices.append(Matrix(name: group, maxParallel: limit, tasks: []))
                task.name = group
                task.template = group
                task.stage = nil
                outer.append(task)
            }
            let inner = Task(
                name: stage.slug, template: Self.template(stage), needs: [], runsAfterFailure: false, stage: stage)
            if let place = places[group] { matrices[place].tasks.append(inner) }
        }
    }

    /// The group of each instance that is in one, by its slug. No stage has the name of a group.
    private static func groups(_ stages: [ExportedStage]) -> [String: String] {
        let grouped = stages.filter { $0.planned.definition.matrix?.maxParallel != nil }
        let names = StageSlugs.unique(
            grouped.map(\.planned.definition.name), prefix: "matrix-of-", besides: stages.map(\.slug))
        return Dictionary(grouped.map { ($0.slug, names[$0.planned.definition.name] ?? $0.slug) }) { first, _ in first }
    }

    private static func needs(_ stage: ExportedStage, _ groups: [String: String]) -> [String] {
        var seen: Set<String> = []
        return stage.needs.map { groups[$0] ?? $0 }.filter { seen.insert($0).inserted }
    }
}
