import Glibc
import PluginContract
import SluiceModel

/// Plays scenes of one plugin, each once: cases that look at the same call share it.
final class Rehearsal {
    let subject: PluginSubject
    private let root: String
    private let patience: Duration
    private var played: [Scene: Performance] = [:]
    private var folders = 0
    /// All that was played, in its order.
    private(set) var transcript: [(scene: Scene, performance: Performance)] = []
    private(set) var secondsPlayed = 0.0

    /// `root` is a folder for the attempts; `patience` is what one call may take.
    init(subject: PluginSubject, root: String, patience: Duration) {
        self.subject = subject
        self.root = root
        self.patience = patience
    }

    var plain: Performance { play(plainScene) }
    var plainScene: Scene { Scene(name: "plain", example: subject.mainExample) }

    /// Every example once, as it is.
    var plains: [(example: PluginExample, performance: Performance)] {
        subject.examples.map { ($0, plain(of: $0)) }
    }

    private func plain(of example: PluginExample) -> Performance { play(Scene(name: "plain", example: example)) }

    /// Whether any example could be called at all.
    var hasStarted: Bool { subject.examples.contains { plain(of: $0).failure == nil } }

    func play(_ scene: Scene) -> Performance {
        if let known = played[scene] { return known }
        let began = MonotonicClock.now()
        let performance = perform(scene)
        secondsPlayed += Double(MonotonicClock.now() - began) / 1000
        played[scene] = performance
        transcript.append((scene, performance))
        return performance
    }

    private func perform(_ scene: Scene) -> Performance {
        folders += 1
        let place = "\(root)/\(folders)"
        mkdir(place, 0o755)
        defer { removeTree(place) }
        do throws(PluginError) {
            // What went before happens in the same folders, and is not looked at.
            for earlier in scene.follows { _ = try perform(earlier, in: place) }
            return try perform(scene, in: place)
        } catch {
            var nothing = Performance()
            nothing.failure = error.message + (error.hint.map { " (\($0))" } ?? "")
            return nothing
        }
    }

    private func perform(_ scene: Scene, in place: String) throws(PluginError) -> Performance {
        let files = try SceneFiles(subject: subject, scene: scene, below: place)
        let request = SceneRequest(subject: subject, scene: scene, files: files)
        let launch = try request.launch()
        let start = request.start
        let limit = scene.verb == "run" ? patience : min(patience, .seconds(scene.verb == "estimate" ? 10 : 30))
        guard
            let player = ScenePlayer(
                subject: subject, scene: scene, launch: launch, start: start, patience: limit)
        else { throw PluginError(.notExecutable, "no process could be started: \(errorText(errno))") }
        var performance = player.play()
        performance.files = files.findings()
        (performance.root, performance.start) = (files.root, start)
        return performance
    }
}
