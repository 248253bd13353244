import PluginContract
import SluiceModel

extension ConformanceCase {
    /// What the messages of a plain call say.
    static let messages = [
        ConformanceCase("messages.hello", "`hello` comes first, once, and says `sluice/1`") { rehearsal in
            let all = rehearsal.plains.map(\.performance)
            guard all.contains(where: { !Self.hellos($0).isEmpty }) else { return .skipped("it says no `hello`") }
            return rehearsal.inPlains { seen in
                let hellos = Self.hellos(seen)
                guard !hellos.isEmpty else { return [] }
                var wrong = hellos.count > 1 ? ["\(hellos.count) times"] : []
                if hellos.first?.index != 0 { wrong.append("not the first message") }
                if let wire = hellos.first?.wire, wire.split(separator: ".").first != "sluice/1" {
                    wrong.append("it says `\(wire)`")
                }
                return wrong
            }
        },
        ConformanceCase("messages.metrics", "every metric of the manifest is sent when the call succeeds") {
            rehearsal in
            let declared = rehearsal.subject.manifest.metrics.keys.sorted()
            guard !declared.isEmpty else { return .skipped("the manifest names no metrics") }
            let good = rehearsal.plains.map(\.performance).filter { $0.ending(.sluice1) == .ok }
            guard !good.isEmpty else { return .skipped("no example succeeds") }
            let sent = Set(good.flatMap(Self.metrics).map(\.name))
            return .unless(declared.filter { !sent.contains($0) }.map { "`\($0)` is never sent without a `step`" })
        },
        ConformanceCase("messages.metric-rate", "at most 1000 lines of metrics in a second") { rehearsal in
            rehearsal.inPlains { seen in
                let times = seen.lines.filter { $0.json["type"]?.stringValue == "metric" }.map(\.at)
                let fastest = times.indices.first { $0 + 1000 < times.count && times[$0 + 1000] - times[$0] < 1000 }
                return fastest == nil ? [] : ["more than 1000, of which the runner drops some"]
            }
        },
        ConformanceCase("messages.names", "at most 1000 names of metrics and 1000 of output values") { rehearsal in
            rehearsal.inPlains { seen in
                let metrics = Set(
                    seen.messages.compactMap { if case .metric(let name, _, _) = $0 { name } else { nil } })
                let outputs = Set(seen.messages.compactMap { if case .output(let name, _) = $0 { name } else { nil } })
                return [("metrics", metrics.count), ("output values", outputs.count)].filter { $0.1 > 1000 }
                    .map { "\($0.1) \($0.0)" }
            }
        },
    ]

    static func metrics(_ seen: Performance) -> [(name: String, value: Double)] {
        seen.messages.compactMap { message in
            if case .metric(let name, let value, nil) = message { (name, value) } else { nil }
        }
    }

    private static func hellos(_ seen: Performance) -> [(index: Int, wire: String)] {
        seen.messages.enumerated().compactMap { index, message in
            if case .hello(let wire) = message { (index, wire) } else { nil }
        }
    }

    /// What lies on the disk afterwards.
    static let outputs = [
        ConformanceCase("outputs.exist", "every output is there when the call succeeds", appliesToCommands: true) {
            rehearsal in
            let declared = rehearsal.subject.manifest.outputs.map(\.name)
            guard !declared.isEmpty else { return .skipped("the manifest names no outputs") }
            let wire = rehearsal.subject.wire
            guard rehearsal.plains.contains(where: { $0.performance.ending(wire) == .ok }) else {
                return .skipped("no example succeeds")
            }
            return rehearsal.inPlains { seen in
                guard seen.ending(wire) == .ok else { return [] }
                return declared.filter { seen.files.outputs[$0] == nil }.map { "`\($0)` is not there" }
            }
        },
        ConformanceCase("outputs.regular", "outputs are regular files, or folders of them", appliesToCommands: true) {
            rehearsal in
            guard !rehearsal.subject.manifest.outputs.isEmpty else { return .skipped("the manifest names no outputs") }
            return rehearsal.inPlains { $0.files.irregular.map { "`\($0)` is a link or a device" } }
        },
        ConformanceCase("outputs.declared", "nothing else lies beside the outputs", appliesToCommands: true) {
            rehearsal in rehearsal.inPlains { $0.files.undeclared.map { "`\($0)` is no output of the manifest" } }
        },
        ConformanceCase("files.inputs", "inputs are as they were", appliesToCommands: true) { rehearsal in
            guard !rehearsal.subject.manifest.inputs.isEmpty else { return .skipped("the manifest names no inputs") }
            return rehearsal.inPlains { $0.files.changedInputs.map { "`\($0)` has changed" } }
        },
        ConformanceCase("files.plugin", "the plugin's own folder is as it was", appliesToCommands: true) { rehearsal in
            rehearsal.inPlains { $0.files.pluginChanged ? ["its digest has changed"] : [] }
        },
        ConformanceCase(
            "files.outside", "nothing is written beside workspace, scratch, outputs, HOME and TMPDIR",
            appliesToCommands: true
        ) { rehearsal in rehearsal.inPlains { $0.files.outside.map { "`\($0)` in the attempt's folder" } } },
    ]
}
