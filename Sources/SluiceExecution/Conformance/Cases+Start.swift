import PluginContract
import SluiceModel

extension ConformanceCase {
    /// What may stand in `start`, and how it may arrive.
    static let starts = [
        variation("start.split", "`start` may arrive in pieces, cut within a UTF-8 character") {
            $0.delivery = .bytewise
        },
        variation("start.crlf", "`start` may end with CR LF") { $0.delivery = .crlf },
        variation("start.escaped", "`start` may escape what it likes") { $0.delivery = .escaped },
        variation("start.unknown-fields", "fields that it does not know are ignored") {
            $0.start.hasUnknownFields = true
        },
        variation("start.long", "the limit of a line does not bind `start`: 3 MiB") { $0.start.padding = 3 << 20 },
        ConformanceCase("start.giant-params", "params may have 256 KiB") { rehearsal in
            guard let params = giantParams(rehearsal.subject) else {
                return .skipped("the schema allows no unknown params")
            }
            return rehearsal.endsAsPlain(rehearsal.scene("start.giant-params") { $0.start.members["params"] = params })
        },
        variation("start.minor-version", "another minor version of the protocol is spoken too: `sluice/1.7`") {
            $0.start.wire = "sluice/1.7"
        },
        ConformanceCase("start.newer-protocol", "another major version ends with exit 11: `sluice/2`") { rehearsal in
            let seen = rehearsal.play(rehearsal.scene("start.newer-protocol") { $0.start.wire = "sluice/2" })
            guard seen.exit != .code(11) || seen.outstayed != nil else { return .passed }
            return .failed([seen.story(.sluice1) + ", where exit 11 was due"] + rehearsal.lastWords(of: seen))
        },
        ConformanceCase("start.version-text", "exit 11 names both versions, in an `error` or on stderr") { rehearsal in
            let seen = rehearsal.play(rehearsal.scene("start.newer-protocol") { $0.start.wire = "sluice/2" })
            guard seen.exit == .code(11) else { return .skipped("it does not end with exit 11") }
            let said = seen.lines.map { text($0.json, limit: 4096) } + seen.strays + seen.errors
            let all = said.joined(separator: "\n").replacing("\\/", with: "/")
            return .unless(["sluice/2", "sluice/1"].filter { !all.contains($0) }.map { "`\($0)` is not named" })
        },
        mustFail("start.unknown-verb", "a verb that it does not have is no success") {
            $0.verb = "conformance-unknown"
        },
        mustFail("start.none", "without a `start` line it ends and has no success") { $0.delivery = .nothing },
        mustFail("start.garbage", "a first line that is no JSON ends it, without success") {
            $0.delivery = .garbage
            $0.cues = [Scene.Cue(after: 0, act: .hangUp)]
        },
        mustFail("start.closed-stdin", "with a closed stdin it ends, without success") { $0.delivery = .closed },
        ConformanceCase(
            "start.odd-paths", "paths may hold blanks, quotes, `$`, and letters of any script", appliesToCommands: true
        ) { rehearsal in rehearsal.endsAsPlain(elsewhere(rehearsal)) },
    ]

    /// A scene that changes nothing of what comes out.
    private static func variation(
        _ name: String, _ rule: String, _ change: @escaping @Sendable (inout Scene) -> Void
    ) -> ConformanceCase {
        ConformanceCase(name, rule) { rehearsal in rehearsal.endsAsPlain(rehearsal.scene(name, change)) }
    }

    private static func mustFail(
        _ name: String, _ rule: String, _ change: @escaping @Sendable (inout Scene) -> Void
    ) -> ConformanceCase {
        ConformanceCase(name, rule) { rehearsal in
            let seen = rehearsal.play(rehearsal.scene(name, change))
            guard seen.outstayed != nil || seen.exit == .code(0) else { return .passed }
            return .failed([seen.story(.sluice1)] + rehearsal.lastWords(of: seen))
        }
    }

    static func elsewhere(_ rehearsal: Rehearsal) -> Scene {
        rehearsal.scene("start.odd-paths") {
            $0.folder = "it's \"odd\" $HOME * ünï 日本"
            $0.start.isElsewhere = true
        }
    }

    private static func giantParams(_ subject: PluginSubject) -> JSONValue? {
        let schema = subject.manifest.params?.node
        guard schema == nil || schema?.additionalProperties == .allowed else { return nil }
        return .object(["x_giant": .string(String(repeating: "x", count: 250 << 10))])
    }

    /// What the runner may say later.
    static let fromRunner = [
        variation("runner.unknown-type", "a message of a type that it does not know is ignored") {
            $0.cues = [.init(after: 0, act: .send(.object(["type": "weather", "is": .object(["fine": .bool(true)])])))]
        },
        variation("runner.unknown-saved", "`saved` for a checkpoint that it never offered is ignored") {
            $0.cues = [.init(after: 0, act: .send(.object(["type": "saved", "checkpoint": "never-offered"])))]
        },
        variation("runner.slow-reader", "a runner that reads slowly loses nothing") { $0.reading = .slow },
    ]
}
