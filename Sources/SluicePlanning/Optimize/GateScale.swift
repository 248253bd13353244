import SluiceModel

/// Exact amounts as whole numbers of a unit that fits all of them.
struct GateScale: Equatable {
    /// Billionths that one whole number stands for.
    let unit: Int128

    /// The largest sum that the optimizer lets itself meet, with room to spare.
    private static let largestSum: Int128 = 1 << 58

    /// The greatest common divisor of all amounts; a coarser one where `largest`, what the plan could sum up to,
    /// would leave 64 bits.
    init(_ amounts: some Sequence<Amount>, largest: Int128) {
        var divisor: Int128 = 0
        for amount in amounts where amount.billionths != divisor {
            divisor = Self.greatestCommonDivisor(divisor, amount.billionths)
            if divisor == 1 { break }
        }
        let exact = max(1, divisor)
        unit = largest / exact <= Self.largestSum ? exact : largest / Self.largestSum + 1
    }

    /// What is used, never less than it is.
    func roundingUp(_ amount: Amount) -> Int64 {
        Int64(clamping: (max(0, amount.billionths) + unit - 1) / unit)
    }

    /// What is allowed, never more than it is; nothing where less than nothing is left.
    func roundingDown(_ amount: Amount) -> Int64 { Int64(clamping: max(0, amount.billionths) / unit) }

    func amount(_ scaled: Int64) -> Amount { Amount(billionths: Int128(scaled) * unit) }

    /// Euclid.
    private static func greatestCommonDivisor(_ first: Int128, _ second: Int128) -> Int128 {
        var (larger, smaller) = (first.magnitude, second.magnitude)
        while smaller != 0 { (larger, smaller) = (smaller, larger % smaller) }
        return Int128(larger)
    }
}

/// Milliseconds on the optimizer's grid.
struct TimeGrid: Equatable {
    /// Milliseconds of one tick.
    let tick: Int64

    /// A millisecond, or so much coarser that the longest duration stays below some million ticks.
    init(longest: Int64) {
        var tick: Int64 = 1
        while longest / tick > 4_000_000 { tick *= 10 }
        self.tick = tick
    }

    func roundingUp(_ milliseconds: Int64) -> Int { Int((max(0, milliseconds) + tick - 1) / tick) }
    func roundingDown(_ milliseconds: Int64) -> Int { Int(max(0, milliseconds) / tick) }
    func seconds(_ ticks: Int) -> Double { Double(Int64(ticks) * tick) / 1000 }
    func amount(_ ticks: Int64) -> Amount { Amount(billionths: Int128(ticks) * Int128(tick) * 1_000_000) }
}
