import PluginContract
import SluiceModel

/// What an attempt's messages amount to: metrics, values, counts and warnings, all bounded.
struct Findings {
    private static let namesLimit = 1000
    private static let warningsLimit = 100

    var metrics: [String: Double] = [:]
    var outputValues: [String: JSONValue] = [:]
    /// To the verb `estimate`.
    private(set) var answer: JSONValue?
    var strays = 0
    private(set) var warnings: [String] = []
    private var suppressedWarnings = 0
    private var malformed = 0
    private var unknown = 0
    private var overRate = 0

    mutating func warn(_ text: String) {
        guard !warnings.contains(text) else { return }
        if warnings.count < Self.warningsLimit { warnings.append(text) } else { suppressedWarnings += 1 }
    }

    mutating func setMetric(_ name: String, _ value: Double) {
        guard metrics[name] != nil || metrics.count < Self.namesLimit else {
            return warn("more than \(Self.namesLimit) metrics: the rest is dropped")
        }
        metrics[name] = value
    }

    mutating func setOutput(_ name: String, _ value: JSON) {
        guard outputValues[name] != nil || outputValues.count < Self.namesLimit else {
            return warn("more than \(Self.namesLimit) output values: the rest is dropped")
        }
        outputValues[name] = JSONValue(value)
    }

    mutating func setAnswer(_ profiles: JSON) {
        guard answer == nil else { return warn("more than one estimate: the first counts") }
        answer = JSONValue(profiles)
    }

    mutating func countMalformed(_ error: String, hasToken: Bool) {
        strays += 1
        malformed += 1
        if hasToken { warn("a line with the token was not taken: \(error)") }
    }

    mutating func countUnknown() { unknown += 1 }
    mutating func countOverRate() { overRate += 1 }

    /// The warnings and one line per count.
    var allWarnings: [String] {
        var all = warnings
        if malformed > 0 { all.append("\(malformed) malformed lines were taken as log") }
        if unknown > 0 { all.append("\(unknown) messages of unknown types were ignored") }
        if overRate > 0 { all.append("\(overRate) metrics over the rate limit were dropped") }
        if suppressedWarnings > 0 { all.append("\(suppressedWarnings) more warnings") }
        return all
    }
}
