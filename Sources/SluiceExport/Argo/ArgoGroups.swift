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
        var groupOf: [String: String] = [:]
        for stage in stages {
            if let group = Self.group(stage) { groupOf[stage.slug] = group }
        }
        for stage in stages {
            var needs: [String] = []
            for need in stage.needs.map({ groupOf[$0] ?? $0 }) where !needs.contains(need) { needs.append(need) }
            let template = Self.template(stage)
            guard let group = groupOf[stage.slug], let limit = stage.planned.definition.matrix?.maxParallel else {
                outer.append(
                    Task(
                        name: stage.slug, template: template, needs: needs, runsAfterFailure: stage.runsAfterFailure,
                        stage: stage))
                continue
            }
            if !matrices.contains(where: { $0.name == group }) {
                matrices.append(Matrix(name: group, maxParallel: limit, tasks: []))
                outer.append(
                    Task(name: group, template: group, needs: needs, runsAfterFailure: stage.runsAfterFailure))
            }
            let task = Task(name: stage.slug, template: template, needs: [], runsAfterFailure: false, stage: stage)
            if let place = matrices.firstIndex(where: { $0.name == group }) { matrices[place].tasks.append(task) }
        }
    }

    /// No stage is called so: slugs of instances go on behind the stage's name.
    private static func group(_ stage: ExportedStage) -> String? {
        guard stage.planned.definition.matrix?.maxParallel != nil else { return nil }
        return "matrix-of-" + StageSlugs.slug(stage.planned.definition.name)
    }
}
