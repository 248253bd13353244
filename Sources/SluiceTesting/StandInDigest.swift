import SluiceModel

/// Digests for fixtures: equal for equal text, and different enough; no SHA-256.
package enum StandInDigest {
    /// 32 bytes from FNV-1a (Fowler, Noll, Vo, 1991) with four seeds.
    package static func of(_ text: String) -> Digest {
        let words = (0..<4).map { seed in
            text.utf8.reduce(0xcbf2_9ce4_8422_2325 &+ UInt64(seed)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        }
        return Digest(bytes: words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } })
    }
}
