import SluiceModel

/// `estimate` of a stage.
struct EstimateJSON: Encodable {
    private let duration: Double
    private let source: String
    /// Only of estimates from history.
    private let quantile, scale, trend: Double?
    private let samples: Int?
    /// Bytes.
    private let memory: Int64?

    init(_ estimate: Plan.Estimate) {
        duration = estimate.duration.inSeconds
        source = estimate.source.rawValue
        quantile = estimate.basis?.quantile
        samples = estimate.basis?.samples
        scale = estimate.basis?.scale
        trend = estimate.basis?.trend
        memory = estimate.memory
    }

    private enum CodingKeys: String, CodingKey {
        case source, quantile, samples, scale, trend, memory
        case duration = "duration_s"
    }
}
