import SluiceModel

/// One instance of a stage, before it is resolved.
struct StageInstance {
    /// `train[model=logreg,fold=2]`, or the stage's name.
    var name: String
    var cells: [Plan.Cell]
}

/// Multiplies matrix stages out.
package enum MatrixExpansion {
    /// Instances in a plan.
    package static let stageLimit = 20_000

    static func instances(of stage: Pipeline.Stage) -> [StageInstance] {
        guard let matrix = stage.matrix else { return [StageInstance(name: stage.name, cells: [])] }
        return rows(of: matrix.axes).map { cells in
            StageInstance(name: "\(stage.name)[\(name(cells))]", cells: cells)
        }
    }

    /// The product of the axes, the last axis fastest.
    static func rows(of axes: [Pipeline.Stage.Matrix.Axis]) -> [[Plan.Cell]] {
        axes.reduce([[]]) { rows, axis in
            rows.flatMap { row in axis.values.map { row + [Plan.Cell(axis: axis.name, value: $0)] } }
        }
    }

    /// What tells an instance from the others of its stage.
    static func name(_ cells: [Plan.Cell]) -> String {
        cells.map { "\($0.axis)=\($0.value.plainText)" }.joined(separator: ",")
    }

    /// How many instances a stage has, without making them; capped beyond the limit.
    static func count(of stage: Pipeline.Stage) -> Int {
        var count = 1
        for axis in stage.matrix?.axes ?? [] {
            count = min(count * axis.values.count, stageLimit + 1)
        }
        return count
    }
}
