import BudgetOptimizer

/// Mutates a file over and over and reads it; what crashes or hangs does so here.
enum ReaderFuzz {
    static func run(file: String, count: Int, seed: UInt64) {
        guard let text = TextFile.read(file) else { return print("cannot read \(file)") }
        let bytes = Array(text.utf8)
        var random = Generator(seed: seed)
        var accepted = 0
        for _ in 0..<count {
            let mutant = mutate(bytes, &random)
            guard let problem = try? ProjectReader.read(String(decoding: mutant, as: UTF8.self)) else { continue }
            accepted += 1
            if accepted % 50 == 0 {
                _ = try? ProjectSolver.solve(problem, limits: .init(schedules: 10), seed: 1) { 0 }
            }
        }
        print("\(file.split(separator: "/").last ?? ""): \(count) mutants read, \(accepted) accepted, seed \(seed)")
    }

    private static func mutate(_ bytes: [UInt8], _ random: inout Generator) -> [UInt8] {
        var mutant = bytes
        for _ in 0..<Int.random(in: 1...6, using: &random) where !mutant.isEmpty {
            let place = Int.random(in: 0..<mutant.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: mutant[place] = UInt8.random(in: 0...255, using: &random)
            case 1: mutant.remove(at: place)
            case 2: mutant.insert(contentsOf: Array("9999".utf8), at: place)
            case 3: mutant.removeSubrange(place..<min(mutant.count, place + Int.random(in: 0...200, using: &random)))
            default: mutant[place] = UInt8(ascii: "0") + UInt8.random(in: 0...9, using: &random)
            }
        }
        return mutant
    }
}
