import BudgetOptimizer

/// A random project: what is believed of its durations, and what they turn out to be. Ticks are tenths of a second.
struct RandomProject {
    enum Shape: String, CaseIterable { case layered, forkJoin = "fork-join", training = "ML pipeline" }

    let shape: Shape
    /// With the mean durations.
    private(set) var expected: DispatchProblem
    private(set) var actual: [Int]

    /// A pool of cpus, GiB of memory and gpus.
    private static let pools: [[Int64]] = [[8, 32, 2], [16, 64, 4], [32, 128, 4], [64, 256, 8]]

    init(shape: Shape, sigma: Double, seed: UInt64) {
        var noise = Noise(seed: seed)
        self.shape = shape
        expected = DispatchProblem(tasks: [], capacities: Self.pools[noise.integer(0...3)])
        actual = []
        let count = noise.integer(20...200)
        switch shape {
        case .layered: layered(count, &noise)
        case .forkJoin: forkJoin(count, &noise)
        case .training: training(count, &noise)
        }
        actual = expected.tasks.map { max(1, Int(Double($0.duration) * noise.factor(sigma: sigma))) }
    }

    private mutating func layered(_ count: Int, _ noise: inout Noise) {
        var before: [Int] = []
        while expected.tasks.count < count {
            let first = expected.tasks.count
            for _ in 0..<min(count - first, noise.integer(2...16)) {
                let needs = Set((0..<noise.integer(1...3)).compactMap { _ in pick(before, &noise) })
                add(needs: needs.sorted(), gpus: noise.integer(0...4) == 0 ? 1 : 0, &noise)
            }
            before = Array(first..<expected.tasks.count)
        }
    }

    private mutating func forkJoin(_ count: Int, _ noise: inout Noise) {
        var join: [Int] = []
        while expected.tasks.count < count {
            let first = expected.tasks.count
            for _ in 0..<min(count - first, noise.integer(4...24)) {
                add(needs: join, gpus: noise.integer(0...5) == 0 ? 1 : 0, &noise)
            }
            add(needs: Array(first..<expected.tasks.count), gpus: 0, &noise)
            join = [expected.tasks.count - 1]
        }
    }

    /// Several of: prepare, features, a matrix of trainings on GPUs with an evaluation each, a selection, a deploy.
    private mutating func training(_ count: Int, _ noise: inout Noise) {
        while expected.tasks.count < count {
            var data: [Int] = []
            for _ in 0..<noise.integer(1...4) { data.append(add(needs: [], gpus: 0, &noise)) }
            let features = (0..<noise.integer(1...4)).map { _ in add(needs: data, gpus: 0, &noise) }
            var evaluations: [Int] = []
            for _ in 0..<noise.integer(3...16) {
                let feature = pick(features, &noise).map { [$0] } ?? []
                let train = add(needs: feature, gpus: 1, scale: 4, &noise)
                evaluations.append(add(needs: [train], gpus: 0, scale: 0.5, &noise))
            }
            let choice = add(needs: evaluations, gpus: 0, scale: 0.2, &noise)
            add(needs: [choice], gpus: 0, scale: 0.5, &noise)
        }
    }

    private func pick(_ tasks: [Int], _ noise: inout Noise) -> Int? {
        tasks.isEmpty ? nil : tasks[noise.integer(0...tasks.count - 1)]
    }

    @discardableResult
    private mutating func add(needs: [Int], gpus: Int, scale: Double = 1, _ noise: inout Noise) -> Int {
        let pool = expected.capacities
        let cpus = Int64(1) << Int64(noise.integer(0...3))
        let memory = Int64(1) << Int64(noise.integer(0...4))
        let asked = [min(cpus, pool[0]), min(memory, pool[1]), Int64(gpus) * (noise.integer(0...3) == 0 ? 2 : 1)]
        let duration = max(10, Int(1_000 * scale * noise.factor(sigma: 0.8)))
        expected.tasks.append(.init(duration: duration, demand: asked, needs: needs))
        return expected.tasks.count - 1
    }
}
