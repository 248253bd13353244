import SluiceModel

/// What a profile would take: time from the best estimate there is, amounts from request, price and time.
enum Pricing {
    static func price(
        _ profile: StageProfile, plugin: ResolvedPlugin?, measured: MeasuredEstimate?,
        said: Plan.Estimate? = nil, configuration: OperatorConfiguration, queueWait: Duration = .zero
    ) -> Plan.PricedProfile {
        let request = profile.profile.request
        let estimate = estimate(profile, plugin: plugin, measured: measured, said: said)
        // A pipeline may raise the operator's price, never lower it.
        let price = max(profile.profile.price ?? .zero, configuration.price(of: request.executor) ?? .zero)
        return Plan.PricedProfile(
            profile: profile, request: request, estimate: estimate,
            use: use(of: request, price: price, by: profile, for: estimate.duration), price: price,
            queueWait: queueWait)
    }

    /// Measured where that suffices; else said by the plugin when it was asked, else declared by the pipeline, else by the
    /// manifest, else a minute, and never less than the longest of the few attempts that there are.
    private static func estimate(
        _ profile: StageProfile, plugin: ResolvedPlugin?, measured: MeasuredEstimate?, said answer: Plan.Estimate?
    ) -> Plan.Estimate {
        if let measured, measured.isEnough { return measured.estimate }
        var said = Plan.Estimate(duration: .seconds(60), source: .default)
        if let manifest = plugin?.manifest.estimate { said = Plan.Estimate(duration: manifest, source: .manifest) }
        if let declared = profile.estimate { said = Plan.Estimate(duration: declared, source: .declared) }
        if let answer { said = answer }
        guard let measured, measured.estimate.duration > said.duration else { return said }
        return measured.estimate
    }

    /// Exact, rounded up to the next billionth. What is sent and stored does not grow with time.
    static func use(
        of request: ResourceRequest, price: Amount, by profile: StageProfile, for duration: Duration
    ) -> [BudgetResource: Amount] {
        let time = max(0, duration.wholeMilliseconds)
        var use: [BudgetResource: Amount] = [
            .cost: .accrued(perHour: price, milliseconds: time),
            .cpuHours: .accrued(perHour: request.cpus, milliseconds: time),
            .gpuHours: .accrued(perHour: Amount(request.gpus), milliseconds: time),
            .memoryGiBHours: .accrued(perHour: AttemptAccount.gibibytes(request.memory), milliseconds: time),
        ]
        use[.egress] = profile.egress.map { Amount($0) }
        use[.storage] = profile.storage.map { Amount($0) }
        return use
    }
}
