/// What an attempt is charged with after it has ended: measured where it was measured, else what was granted.
package enum AttemptAccount {
    /// Cost is price × wall; cpu-hours are measured; GPUs count as granted for the whole wall time; memory is the
    /// measured peak for the whole wall time, which never charges less than was used. Storage is what was stored.
    /// `egress`: the bytes that were declared, charged as soon as anything ran.
    package static func charges(
        for usage: Usage, request: ResourceRequest, price: Amount, egress: Int64? = nil
    ) -> [BudgetResource: Amount] {
        let wall = milliseconds(usage.wall)
        var charges: [BudgetResource: Amount] = [
            .cost: .accrued(perHour: price, milliseconds: wall),
            .cpuHours: .accrued(perHour: Amount(1), milliseconds: milliseconds(usage.cpu)),
            .gpuHours: .accrued(perHour: Amount(request.gpus), milliseconds: wall),
            .memoryGiBHours: .accrued(perHour: gibibytes(usage.memoryPeak), milliseconds: wall),
        ]
        charges[.storage] = usage.stored.map { Amount($0) }
        if wall > 0 { charges[.egress] = egress.map { Amount($0) } }
        return charges
    }

    /// Bytes as GiB, rounded up to the next billionth.
    package static func gibibytes(_ bytes: Int64) -> Amount {
        let scaled = Int128(max(0, bytes)) * Amount.unit
        let gibibyte: Int128 = 1 << 30
        return Amount(billionths: (scaled + gibibyte - 1) / gibibyte)
    }

    private static func milliseconds(_ seconds: Double) -> Int64 {
        Int64((max(0, seconds.isFinite ? seconds : 0) * 1000).rounded(.up))
    }
}
