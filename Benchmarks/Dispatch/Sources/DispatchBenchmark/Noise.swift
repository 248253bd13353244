import Glibc

/// SplitMix64 (Steele, Lea and Flood 2014) with the draws that projects are made of.
struct Noise {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// In 0..<1.
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
    mutating func integer(_ range: ClosedRange<Int>) -> Int { range.lowerBound + Int(unit() * Double(range.count)) }

    /// Standard normal (Box and Muller 1958).
    mutating func normal() -> Double {
        let radius = (-2 * log(1 - unit())).squareRoot()
        return radius * cos(2 * .pi * unit())
    }

    /// Lognormal with mean 1.
    mutating func factor(sigma: Double) -> Double { exp(sigma * normal() - sigma * sigma / 2) }
}
