import Foundation
import PluginContract
import SluiceModel

/// What was said on both sides in one scene, without anything that is new every time: the token, the attempt's folder,
/// and the secrets. A line of a transcript.
struct TranscriptScene: Codable, Equatable {
    var scene: Scene
    /// The runner's `start`.
    var start: String
    /// The plugin's messages, as compact JSON.
    var said: [String]
    var strays: [String]
    /// The end of stderr.
    var stderr: [String]
    /// In words.
    var ending: String
    var exit: String

    init(_ scene: Scene, _ seen: Performance, subject: PluginSubject) {
        let mask = TranscriptMask(subject: subject, attempt: seen.root)
        self.scene = scene
        start = mask.masking(Self.withoutToken(seen.start))
        said = seen.lines.map { mask.masking(String(decoding: $0.json.line, as: UTF8.self)) }
        strays = (seen.strays + seen.malformed).map(mask.masking)
        stderr = seen.errors.map(mask.masking)
        ending = mask.masking(seen.story(subject.wire))
        exit = seen.outstayed == nil ? seen.exitText : "killed"
    }

    private static func withoutToken(_ start: [UInt8]) -> String {
        guard case .object(var members)? = try? JSONReader.read(start) else { return "" }
        members["token"] = .string("${token}")
        if let padding = members["x_padding"]?.stringValue {
            members["x_padding"] = .string("\(padding.count) times é")
        }
        return String(decoding: JSON.object(members).line, as: UTF8.self)
    }

    /// Where this call differs from a recorded one. `heartbeat` and `progress` come by the clock and do not count.
    func differences(from recorded: TranscriptScene) -> [String] {
        let (before, now) = (recorded.told, told)
        var found: [String] = []
        if start != recorded.start { found.append("the runner says otherwise: another version, or other inputs") }
        if let first = (0..<max(before.count, now.count)).first(where: { before[safe: $0] != now[safe: $0] }) {
            found.append("message \(first + 1): recorded \(before[safe: first] ?? "nothing")")
            found.append("message \(first + 1): now      \(now[safe: first] ?? "nothing")")
        }
        if exit != recorded.exit { found.append("recorded \(recorded.ending); now \(ending)") }
        return found
    }

    private var told: [String] {
        said.filter { line in !["\"type\":\"heartbeat\"", "\"type\":\"progress\""].contains { line.contains($0) } }
    }
}

extension Array {
    fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}

/// Takes out of a transcript what belongs to one machine and one moment.
private struct TranscriptMask {
    private let secrets: SecretMask?
    private let places: [(path: String, name: String)]

    init(subject: PluginSubject, attempt: String) {
        secrets = SecretMask(subject.secrets)
        let all = [(attempt, "${attempt}"), (subject.folder, "${plugin}"), (subject.python ?? "", "${python}")]
        // As they stand in JSON too, where quotes are escaped.
        places = all.filter { !$0.0.isEmpty }.flatMap { path, name in
            var text: [UInt8] = []
            JSON.write(path, to: &text)
            return [(String(decoding: text.dropFirst().dropLast(), as: UTF8.self), name), (path, name)]
        }
    }

    func masking(_ text: String) -> String {
        let moved = places.reduce(text) { $0.replacing($1.path, with: $1.name) }
        let kept = Self.withoutDeadline(moved)
        return secrets?.masked(kept) ?? kept
    }

    private static func withoutDeadline(_ text: String) -> String {
        text.replacing(#/"deadline":"[^"]*"/#, with: "\"deadline\":\"${deadline}\"")
    }
}

/// A file of scenes, one JSON object a line, with a line about the plugin first.
package struct Transcript {
    private static let schema = "sluice.transcript/v1"

    private struct Head: Codable {
        var schema, plugin, version, digest: String
        var wire: WireProtocol
    }

    private let head: Head
    let scenes: [TranscriptScene]

    init(subject: PluginSubject, scenes: [TranscriptScene]) {
        let manifest = subject.manifest
        head = Head(
            schema: Self.schema, plugin: manifest.name, version: manifest.version, digest: subject.digest,
            wire: manifest.wire)
        self.scenes = scenes
    }

    /// Throws what is wrong with the file, in words.
    package init(reading text: String) throws(PluginError) {
        let lines = text.split(separator: "\n").map { Data($0.utf8) }
        guard let first = lines.first, let head = try? JSONDecoder().decode(Head.self, from: first),
            head.schema == Self.schema
        else { throw PluginError(.unreadable, "this is no transcript", hint: "`--record` writes one") }
        self.head = head
        var scenes: [TranscriptScene] = []
        for (position, line) in lines.dropFirst().enumerated() {
            guard let scene = try? JSONDecoder().decode(TranscriptScene.self, from: line) else {
                throw PluginError(.unreadable, "line \(position + 2) of the transcript is no scene")
            }
            scenes.append(scene)
        }
        self.scenes = scenes
    }

    package var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let lines = [try? encoder.encode(head)] + scenes.map { try? encoder.encode($0) }
        return lines.compactMap(\.self).map { String(decoding: $0, as: UTF8.self) + "\n" }.joined()
    }

    /// What is otherwise with the plugin itself.
    func differences(from subject: PluginSubject) -> [String] {
        let manifest = subject.manifest
        guard (head.plugin, head.digest) != (manifest.name, subject.digest) else { return [] }
        return [
            "recorded with \(head.plugin) \(head.version), \(head.digest.prefix(19)); this is \(manifest.name) "
                + "\(manifest.version), \(subject.digest.prefix(19))"
        ]
    }
}
