import Glibc

/// Mutated inputs for one reader. The input of an execution depends on the seed and its number alone.
struct Fuzz {
    private let target: FuzzTarget
    private let seed: UInt64
    private let mutator: Mutator

    init(_ target: FuzzTarget, seed: UInt64) throws {
        self.target = target
        self.seed = seed
        mutator = Mutator(corpus: try target.corpus(), words: target.words)
    }

    func input(of execution: Int) -> [UInt8] {
        var random = Generator(seed: seed &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(execution))
        return mutator.mutant(&random)
    }

    /// Reads so many mutants and tells in one line how it went; a crash or a hang ends the process with its number.
    mutating func run(_ count: Int) -> String {
        let started = seconds()
        var (accepted, slowest, slowestAt) = (0, 0.0, 0)
        for execution in 0..<count {
            let input = input(of: execution)
            LastWords.set(reader: target.name, seed: seed, execution: execution)
            if execution % 1_000 == 0 { alarm(60) }
            let before = seconds()
            if target.read(input) {
                accepted += 1
                // What stands behind the reader gets its share of what it lets through.
                if accepted % 64 == 0 { target.use(input) }
            }
            let took = seconds() - before
            if took > slowest { (slowest, slowestAt) = (took, execution) }
        }
        alarm(0)
        let share = Double(accepted * 1_000 / max(1, count)) / 10
        let rounded = (slowest * 10_000).rounded() / 10
        return "\(target.name): \(count) executions, \(share) % accepted, no crash, slowest \(rounded) ms (execution "
            + "\(slowestAt)), \(Int(seconds() - started)) CPU s, seed \(seed)"
    }

    /// CPU time: a busy machine makes nothing slow.
    private func seconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014).
struct Generator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
