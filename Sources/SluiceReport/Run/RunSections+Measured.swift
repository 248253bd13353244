import SluiceModel

extension RunSections {
    /// What every attempt used of what it was granted, and what held it to that:
    /// `train  2  1m 10s  1.2 GiB of 2 GiB  340 MiB  2 MiB  0, 1 for 62s  cgroup2`.
    func measured() -> [String] {
        var table = TextTable([
            .init("stage", minimum: 8), .init("try", .right), .init("cpu", .right), .init("memory", .right),
            .init("written", .right), .init("stored", .right), .init("disk", .right), .init("gpus"),
            .init("held by", isOptional: true),
        ])
        let showsTries = record.stages.contains { $0.attempts.count > 1 }
        for stage in record.stages {
            for attempt in stage.attempts {
                guard let result = attempt.ended?.result, result.enforcement != nil else { continue }
                table.append(row(stage.name, attempt.started, result, showsTries: showsTries))
            }
        }
        return titled("measured", table)
    }

    private func row(
        _ stage: String, _ started: RunEvent.Started, _ result: AttemptResult, showsTries: Bool
    ) -> [StyledText] {
        let (usage, granted) = (result.usage, started.granted)
        return [
            StyledText(stage), StyledText(showsTries ? String(started.number) : ""),
            StyledText(HumanUnits.duration(usage.cpu)),
            share(usage.memoryPeak, of: granted?.memory, isOver: result.overrun?.resource == .memory),
            StyledText(usage.written.map(HumanUnits.bytes) ?? style.symbols.none),
            usage.stored.flatMap { $0 > 0 ? StyledText(HumanUnits.bytes($0)) : nil } ?? .empty,
            usage.diskPeak.map { share($0, of: granted?.disk, isOver: result.overrun?.resource == .disk) } ?? .empty,
            devices(result), StyledText(result.enforcement?.mechanism.rawValue ?? "", .quiet),
        ]
    }

    private func share(_ used: Int64, of granted: Int64?, isOver: Bool) -> StyledText {
        let limit = granted.map { " of " + HumanUnits.bytes($0) } ?? ""
        return StyledText(HumanUnits.bytes(used), isOver ? .bad : .plain) + StyledText(limit, .quiet)
    }

    private func devices(_ result: AttemptResult) -> StyledText {
        let busy = result.usage.gpu.map { " busy " + HumanUnits.duration($0) } ?? ""
        return StyledText(result.devices.joined(separator: ", ")) + StyledText(busy, .quiet)
    }
}
