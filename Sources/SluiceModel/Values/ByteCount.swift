/// Bytes as people read them.
package enum ByteCount {
    private static let units: [(name: String, shift: Int64)] = [
        ("PiB", 50), ("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10),
    ]

    /// `512 B`, `1.5 GiB`: rounded up to a tenth, so that what exceeds a limit never reads like the limit itself.
    package static func text(_ bytes: Int64) -> String {
        guard let unit = units.first(where: { bytes >= 1 << $0.shift }) else { return "\(bytes) B" }
        let tenths = (Int128(bytes) * 10 + (1 << Int128(unit.shift)) - 1) >> Int128(unit.shift)
        return "\(tenths / 10)" + (tenths % 10 == 0 ? "" : ".\(tenths % 10)") + " " + unit.name
    }
}
