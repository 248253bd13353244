extension Array where Element == Double {
    var median: Double {
        guard !isEmpty else { return .nan }
        let sorted = sorted()
        return count % 2 == 1 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2
    }

    var mean: Double { isEmpty ? .nan : reduce(0, +) / Double(count) }
}

extension Double {
    /// With a fixed number of digits, without Foundation.
    func fixed(_ digits: Int) -> String {
        guard isFinite else { return "–" }
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let whole = Int64((magnitude * scale).rounded())
        let text = String(whole)
        let padded = String(repeating: "0", count: Swift.max(0, digits + 1 - text.count)) + text
        let sign = self < 0 && whole != 0 ? "-" : ""
        return sign + padded.dropLast(digits) + (digits > 0 ? "." + padded.suffix(digits) : "")
    }
}
