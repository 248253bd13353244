import ArgumentParser
import SluiceModel
import SluicePlanning
import SluiceReport
import SluiceStore

/// `sluice explain`: why a run or a stage is where it is.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Says why a run or a stage waited, was degraded, refused, not cached, tried again or failed.",
        discussion: """
            The first line is the answer. --what-if decides the run's plan again under other limits and changes nothing.

            Examples:
              sluice explain
              sluice explain 42
              sluice explain '42/train[model=forest]'
              sluice explain 42 --what-if gpu_hours=14 --what-if deadline=2h
            """)

    @Argument(help: "RUN or RUN/STAGE; the newest run by default.")
    var name: String?

    @Option(
        name: .customLong("what-if"),
        help: ArgumentHelp("Another value for a limit; may be given several times.", valueName: "limit=value"))
    var whatIf: [String] = []

    @OptionGroup var output: Output

    func run() throws {
        let services = try StateServices.open()
        let wanted = try name.map { try RunName($0) }
        let record = try RunName.record(of: wanted?.run ?? RunName.resolve(nil, in: services), in: services)
        let changes = try whatIf.map(Self.change)
        let surroundings = try Self.surroundings(of: record.head, services)
        // Before there is a plan, what holds up or ended the run is the reason for all of its stages.
        let stage = record.stages.isEmpty ? nil : wanted?.stage
        guard let explainer = RunExplainer(record, stage: stage, surroundings: surroundings) else {
            throw record.unknownStage(stage ?? "")
        }
        let answer = changes.isEmpty ? nil : try WhatIf(services: services).answer(record.head, changes)
        if output.json {
            let explanation = explainer.explanation()
            let decision = stage.map { record.stage(named: $0)?.decision } ?? record.decision
            output.answer(ExplainJSON(explanation, decision: decision, whatIf: answer))
        } else if let answer {
            output.answer(WhatIfText.lines(answer, width: output.sentenceWidth, style: output.style))
        } else {
            output.answer(
                ExplanationText.lines(explainer.explanation(), width: output.sentenceWidth, style: output.style))
        }
    }

    private static func change(_ text: String) throws -> LimitChange {
        do throws(LimitChange.Malformed) {
            return try LimitChange(text)
        } catch {
            throw CommandFailure(.usage, error.message, hint: error.hint)
        }
    }

    private static func surroundings(of head: RunHead, _ services: StateServices) throws -> Surroundings {
        guard head.state != .ended else { return Surroundings(now: services.clock.now()) }
        let others = try services.store.heads(in: [.queued, .waiting, .running])
        return Surroundings(
            now: services.clock.now(), ahead: others.filter { $0.id.number < head.id.number },
            hasWorker: try WorkerLock.isHeld(in: services.folder))
    }
}

/// Decides a recorded run's plan again under other limits, with what was there when it began. Changes nothing.
struct WhatIf {
    let services: StateServices

    func answer(_ head: RunHead, _ changes: [LimitChange]) throws -> WhatIfAnswer {
        guard !head.revision.isWorktree else {
            throw CommandFailure(
                .usage, "run \(head.id) ran the uncommitted state, which nobody kept",
                hint: "commit it and ask of that commit's run")
        }
        let context = try RepositoryContext.open(at: head.repository.gitDirectory)
        let session = RunSession(context: context, services: services, installation: .current())
        let answers = try services.store.record(of: head.id).answers
        let before = try session.plan(head, question: PlanQuestion(before: head, answers: answers)).plan
        if let mismatch = changes.lazy.compactMap({ $0.mismatch(with: before) }).first {
            throw CommandFailure(.usage, "run \(head.id): \(mismatch.message)", hint: mismatch.hint)
        }
        let question = PlanQuestion(changes: changes, before: head, answers: answers)
        let after = try session.plan(head, question: question).plan
        let told = changes.map { change in
            WhatIfAnswer.Change(
                limit: change.name, resource: change.resource, from: change.current(in: before), to: change.amount)
        }
        return WhatIfAnswer(run: head, changes: told, before: before, after: after)
    }
}
