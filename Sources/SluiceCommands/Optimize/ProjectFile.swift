import BudgetOptimizer
import SluicePlanning

/// The JSON form of a project: `{"activities": [{"modes": [{"duration", "renewable", "nonrenewable"}], "successors",
/// "release", "deadline"}], "renewable": [], "nonrenewable": []}`; activities are numbered from 1.
enum ProjectFile {
    static func read(_ bytes: [UInt8]) throws(GateFileError) -> ProjectProblem {
        let root = GateFileValue(path: "", json: try GateFileJSON.read(bytes))
        try root.expectObject(of: ["schema", "activities", "renewable", "nonrenewable"])
        var activities: [ProjectProblem.Activity] = []
        for item in try root.required("activities").items() { activities.append(try activity(item)) }
        return ProjectProblem(
            activities: activities, renewable: try numbers(root["renewable"]),
            nonrenewable: try numbers(root["nonrenewable"]))
    }

    private static func activity(_ value: GateFileValue) throws(GateFileError) -> ProjectProblem.Activity {
        try value.expectObject(of: ["modes", "successors", "release", "deadline"])
        var modes: [ProjectProblem.Mode] = []
        for item in try value.required("modes").items() {
            try item.expectObject(of: ["duration", "renewable", "nonrenewable"])
            modes.append(
                .init(
                    duration: try number(item.required("duration")), renewable: try numbers(item["renewable"]),
                    nonrenewable: try numbers(item["nonrenewable"])))
        }
        return .init(
            modes: modes, successors: try numbers(value["successors"]).map { $0 - 1 },
            release: try value["release"].map { (value) throws(GateFileError) in try number(value) } ?? 0,
            deadline: try value["deadline"].map { (value) throws(GateFileError) in try number(value) })
    }

    private static func numbers(_ value: GateFileValue?) throws(GateFileError) -> [Int] {
        var numbers: [Int] = []
        for item in try value?.items() ?? [] { numbers.append(try number(item)) }
        return numbers
    }

    private static func number(_ value: GateFileValue) throws(GateFileError) -> Int {
        let number = try value.integer()
        guard (0...Int(Int32.max)).contains(number) else { throw value.failure("expected 0 to \(Int32.max)") }
        return number
    }
}
