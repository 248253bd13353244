import BudgetOptimizer
import SluiceModel

/// A gate file as whole numbers for the optimizer, with the way back to names and exact decimals.
package struct GateFileTask: Sendable {
    let file: GateFile
    package let problem: GateProblem
    private let budgets: [GateScale]
    private let capacities: [GateScale]
    private let penalty: GateScale
    private let cost: GateScale
    private let time: GateScale

    package init(_ file: GateFile) {
        self.file = file
        budgets = file.budgets.map { limit in Self.scale(file) { $0.use[limit.name] ?? .zero } }
        capacities = file.capacities.map { limit in Self.scale(file) { $0.demand[limit.name] ?? .zero } }
        penalty = Self.scale(file) { $0.penalty }
        cost = Self.scale(file) { $0.cost }
        time = Self.scale(file, besides: file.stages.compactMap { $0.window?.earliest }) { $0.duration }
        problem = Self.problem(
            file, budgets: budgets, capacities: capacities, penalty: penalty, cost: cost, time: time)
    }

    /// The unit that holds every amount of one kind exactly, unless their sum would leave 64 bits.
    private static func scale(
        _ file: GateFile, besides others: [Amount] = [], _ amount: (GateFile.Profile) -> Amount
    ) -> GateScale {
        var largest = others.map(\.billionths).max() ?? 0
        for stage in file.stages { largest += stage.profiles.map { amount($0).billionths }.max() ?? 0 }
        return GateScale(others + file.stages.flatMap { $0.profiles.map(amount) }, largest: largest)
    }

    private static func problem(
        _ file: GateFile, budgets: [GateScale], capacities: [GateScale], penalty: GateScale, cost: GateScale,
        time: GateScale
    ) -> GateProblem {
        let stages = file.stages.map { stage in
            GateProblem.Stage(
                name: stage.name, needs: stage.needs,
                window: stage.window.map {
                    .init(
                        earliestStart: Int(time.roundingUp($0.earliest)), latestEnd: Int(time.roundingDown($0.latest)))
                },
                profiles: stage.profiles.map { profile in
                    .init(
                        name: profile.name, duration: Int(time.roundingUp(profile.duration)),
                        use: zip(file.budgets, budgets).map { $1.roundingUp(profile.use[$0.name] ?? .zero) },
                        demand: zip(file.capacities, capacities).map {
                            $1.roundingUp(profile.demand[$0.name] ?? .zero)
                        },
                        penalty: penalty.roundingUp(profile.penalty), cost: cost.roundingUp(profile.cost),
                        isDegraded: profile.isDegraded)
                })
        }
        return GateProblem(
            stages: stages,
            budgets: zip(file.budgets, budgets).map { .init(name: $0.name, amount: $1.roundingDown($0.amount)) },
            capacities: zip(file.capacities, capacities).map {
                .init(name: $0.name, amount: $1.roundingDown($0.amount))
            },
            deadline: file.deadline.map { Int(time.roundingDown($0)) }, objective: file.objective)
    }

    // MARK: The way back

    /// `cost`, `deadline`, `capacity:memory`
    func name(of limit: GateAnswer.LimitName) -> String {
        switch limit {
        case .budget(let index): file.budgets[index].name
        case .capacity(let index): "capacity:\(file.capacities[index].name)"
        case .deadline, .window: "deadline"
        }
    }

    private func scale(of limit: GateAnswer.LimitName) -> GateScale {
        switch limit {
        case .budget(let index): budgets[index]
        case .capacity(let index): capacities[index]
        case .deadline, .window: time
        }
    }

    func amount(_ scaled: Int64, of limit: GateAnswer.LimitName) -> Amount { scale(of: limit).amount(scaled) }

    /// What of an amount the optimizer counts.
    func scaled(_ amount: Amount, of limit: GateAnswer.LimitName) -> Int64 { scale(of: limit).roundingDown(amount) }

    /// The limit as the file states it.
    func stated(_ limit: GateAnswer.LimitName) -> Amount {
        switch limit {
        case .budget(let index): file.budgets[index].amount
        case .capacity(let index): file.capacities[index].amount
        case .deadline: file.deadline ?? .zero
        case .window(let stage): file.stages[stage].window?.latest ?? .zero
        }
    }

    /// Ticks as seconds.
    func seconds(_ ticks: Int) -> Amount { time.amount(Int64(ticks)) }

    func objective(_ objective: GateAnswer.Objective) -> GateDecision.Objective {
        GateDecision.Objective(
            penalty: penalty.amount(objective.penalty), cost: cost.amount(objective.cost),
            makespan: seconds(objective.makespan).doubleValue)
    }

    /// A value of a goal in its own unit: penalty, money, seconds.
    func value(_ scaled: Int64, _ goal: GateProblem.Goal?) -> Double {
        switch goal {
        case .penalty: penalty.amount(scaled).doubleValue
        case .cost: cost.amount(scaled).doubleValue
        case .makespan: time.amount(scaled).doubleValue
        case nil: 0
        }
    }
}

extension GateFileTask {
    /// What only the whole problem shows: a circle stands where its first stage says what it needs.
    package func error(of problem: GateProblemError) -> GateFileError {
        guard case .cycle(let names) = problem,
            let index = file.stages.firstIndex(where: { $0.name == names.first })
        else { return GateFileError("stages", problem.description) }
        return GateFileError("stages[\(index)].needs", problem.description)
    }
}
