import PluginContract
import SluiceModel

extension ConformanceCase {
    static let estimates = [
        verbCase("estimate.ends", "`estimate` ends with `result` ok and exit 0, within 10 s", .estimate) { rehearsal in
            let seen = rehearsal.play(estimate(rehearsal))
            return seen.ending(.sluice1) == .ok && seen.outstayed == nil
                ? [] : [seen.story(.sluice1)] + rehearsal.lastWords(of: seen)
        },
        verbCase("estimate.one-line", "it answers with one `estimate` line before that", .estimate) { rehearsal in
            let count = answers(rehearsal.play(estimate(rehearsal))).count
            return count == 1 ? [] : ["\(count) lines of type `estimate`"]
        },
        verbCase("estimate.profiles", "every profile has a name and 0 < p50 ≤ p90 seconds", .estimate) { rehearsal in
            answers(rehearsal.play(estimate(rehearsal))).flatMap(faults)
        },
        verbCase("estimate.repeatable", "the same question has the same answer", .estimate) { rehearsal in
            var again = estimate(rehearsal)
            again.name = "estimate.again"
            let (first, second) = (answers(rehearsal.play(estimate(rehearsal))), answers(rehearsal.play(again)))
            return first == second ? [] : ["first \(first.map { text($0) }), then \(second.map { text($0) })"]
        },
        verbCase("estimate.no-outputs", "it makes no output", .estimate) { rehearsal in
            rehearsal.play(estimate(rehearsal)).files.outputs.keys.sorted().map { "`\($0)` is there" }
        },
    ]

    private static func estimate(_ rehearsal: Rehearsal) -> Scene {
        rehearsal.scene("estimate") { $0.verb = "estimate" }
    }

    private static func answers(_ seen: Performance) -> [JSON] {
        seen.messages.compactMap { if case .estimate(let profiles) = $0 { profiles } else { nil } }
    }

    private static func faults(_ profiles: JSON) -> [String] {
        guard let profiles = profiles.arrayValue, !profiles.isEmpty else { return ["`profiles` is no list, or empty"] }
        return profiles.flatMap { profile in
            let name = profile["name"]?.stringValue ?? ""
            var wrong = name.isEmpty ? ["a profile without a name: \(text(profile))"] : []
            let duration = profile["duration_s"]
            guard let p50 = duration?["p50"]?.doubleValue, let p90 = duration?["p90"]?.doubleValue, 0 < p50, p50 <= p90
            else {
                wrong.append("`\(name)`: `duration_s` is \(duration.map { text($0) } ?? "missing")")
                return wrong
            }
            return wrong
        }
    }

    static let cleanups = [
        verbCase("cleanup.after-run", "`cleanup` succeeds after a `run`", .cleanup) { rehearsal in
            cleanupFaults(rehearsal, after: [rehearsal.plainScene])
        },
        verbCase("cleanup.twice", "it succeeds a second time", .cleanup) { rehearsal in
            cleanupFaults(rehearsal, after: [rehearsal.plainScene, cleanup(rehearsal, after: [])])
        },
        verbCase("cleanup.without-run", "it succeeds where nothing ever ran", .cleanup) { rehearsal in
            cleanupFaults(rehearsal, after: [])
        },
        verbCase("cleanup.after-kill", "it succeeds after a `run` that was killed in the middle", .cleanup) {
            rehearsal in
            let killed = rehearsal.scene("killed") { $0.cues = [.init(after: 1, act: .kill)] }
            return cleanupFaults(rehearsal, after: [killed])
        },
        verbCase("cleanup.after-cancel", "it succeeds after a `run` that was cancelled", .cleanup) { rehearsal in
            let cancelled = rehearsal.scene("cancel.at-once") {
                $0.cues = [.init(after: 0, act: .cancel("user", grace: 10))]
            }
            return cleanupFaults(rehearsal, after: [cancelled])
        },
    ]

    private static func cleanup(_ rehearsal: Rehearsal, after scenes: [Scene]) -> Scene {
        rehearsal.scene("cleanup") {
            $0.verb = "cleanup"
            $0.follows = scenes
        }
    }

    private static func cleanupFaults(_ rehearsal: Rehearsal, after scenes: [Scene]) -> [String] {
        let seen = rehearsal.play(cleanup(rehearsal, after: scenes))
        let isGood = [.ok, .skipped].contains(seen.ending(.sluice1)) && seen.outstayed == nil
        return isGood ? [] : [seen.story(.sluice1)] + rehearsal.lastWords(of: seen)
    }

    private static func verbCase(
        _ name: String, _ rule: String, _ verb: PluginManifest.Verb, wrong: @escaping @Sendable (Rehearsal) -> [String]
    ) -> ConformanceCase {
        ConformanceCase(name, rule) { rehearsal in
            guard rehearsal.subject.manifest.verbs.contains(verb) else {
                return .skipped("the manifest does not list the verb `\(verb.rawValue)`")
            }
            return .unless(wrong(rehearsal))
        }
    }
}
