import SluiceModel

/// What a profile would take: time from the best estimate there is, amounts from request, price and time.
enum Pricing {
    /// How many attempts count as history: enough for a quantile, few enough to follow a change.
    static let historyLength = 50

    static func price(
        _ profile: StageProfile, plugin: ResolvedPlugin?, measured: Duration?, configuration: OperatorConfiguration
    ) -> Plan.PricedProfile {
        let request = profile.profile.request
        let estimate = estimate(profile, plugin: plugin, measured: measured)
        // A pipeline may raise the operator's price, never lower it.
        let price = max(profile.profile.price ?? .zero, configuration.localPrice ?? .zero)
        return Plan.PricedProfile(
            profile: profile, request: request, estimate: estimate,
            use: use(of: request, price: price, for: estimate.duration), price: price)
    }

    /// The quantile of what attempts took, by nearest rank (the smallest that holds for that share of them); nil
    /// where there are too few.
    static func measured(_ seconds: [Double], quantile: Double, minimum: Int) -> Duration? {
        guard seconds.count >= max(1, minimum) else { return nil }
        let rank = Int((quantile * Double(seconds.count)).rounded(.up))
        let chosen = seconds.sorted()[min(max(rank, 1), seconds.count) - 1]
        return .milliseconds(Int64((chosen * 1000).rounded(.up)))
    }

    /// Measured, else declared by the pipeline, else by the manifest, else a minute.
    private static func estimate(
        _ profile: StageProfile, plugin: ResolvedPlugin?, measured: Duration?
    ) -> Plan.Estimate {
        if let measured { return Plan.Estimate(duration: measured, source: .history) }
        if let declared = profile.estimate { return Plan.Estimate(duration: declared, source: .declared) }
        if let manifest = plugin?.manifest.estimate { return Plan.Estimate(duration: manifest, source: .manifest) }
        return Plan.Estimate(duration: .seconds(60), source: .default)
    }

    /// Exact, rounded up to the next billionth.
    static func use(
        of request: ResourceRequest, price: Amount, for duration: Duration
    ) -> [BudgetResource: Amount] {
        let time = max(0, duration.wholeMilliseconds)
        return [
            .cost: .accrued(perHour: price, milliseconds: time),
            .cpuHours: .accrued(perHour: request.cpus, milliseconds: time),
            .gpuHours: .accrued(perHour: Amount(request.gpus), milliseconds: time),
            .memoryGiBHours: .accrued(perHour: AttemptAccount.gibibytes(request.memory), milliseconds: time),
        ]
    }
}
