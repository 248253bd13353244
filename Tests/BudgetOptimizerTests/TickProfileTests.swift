import Testing

@testable import BudgetOptimizer

@Suite("tick profiles")
struct TickProfileTests {
    /// Takes a random mode at the first place that fits, over and over, beside a plain search.
    @Test("a mode is placed at the first start that fits, whatever its length", arguments: 0..<20)
    func placesLikeAPlainSearch(number: Int) {
        let seed = UInt64(510_000 + number)
        var random = SeededGenerator(seed: seed)
        let capacities = (0..<Int.random(in: 0...4, using: &random)).map { _ in Int.random(in: 1...127, using: &random)
        }
        let longest = number % 2 == 0 ? 13 : 60
        let modes = (0..<40).map { _ in
            ProjectProblem.Mode(
                duration: .random(in: 1...longest, using: &random),
                renewable: capacities.map { .random(in: 0...$0, using: &random) })
        }
        let horizon = 40 * longest + 60
        let profile = TickProfile(capacities, modes: modes, horizon: horizon)
        var free = [[Int]](repeating: capacities, count: horizon)
        for (index, mode) in modes.enumerated() {
            let earliest = Int.random(in: 0...50, using: &random)
            let expected = (earliest...).first { start in
                free[start..<start + mode.duration].allSatisfy { zip($0, mode.renewable).allSatisfy(>=) }
            }
            #expect(profile.fit(index, earliest, mode.duration) == expected, "seed \(seed), mode \(index)")
            guard let expected else { return }
            profile.take(index, at: expected, mode.duration)
            for tick in expected..<expected + mode.duration {
                for resource in capacities.indices { free[tick][resource] -= mode.renewable[resource] }
            }
        }
    }

    @Test("small and large capacities give the same schedules", arguments: 0..<10)
    func scaledProjectsAreEqual(number: Int) throws {
        let seed = UInt64(520_000 + number)
        let small = RandomProject.make(seed: seed, activities: 20...30)
        var large = small
        large.renewable = small.renewable.map { $0 * 1_000 }
        for activity in large.activities.indices {
            for mode in large.activities[activity].modes.indices {
                large.activities[activity].modes[mode].renewable =
                    small.activities[activity].modes[mode].renewable.map { $0 * 1_000 }
            }
        }
        let first = try ProjectSolver.solve(small, limits: .init(schedules: 500), seed: seed) { 0 }
        let second = try ProjectSolver.solve(large, limits: .init(schedules: 500), seed: seed) { 0 }
        #expect(first.start == second.start && first.mode == second.mode, "seed \(seed)")
    }
}
