import Glibc
import SluiceModel

extension SharedFolder {
    /// What a look at an ended run may still want: outputs of attempts that failed, and logs that could not be taken home.
    private static let kept = Set([\AttemptFolder.outputs, \.log, \.metrics].map { AttemptFolder.name(of: $0) })

    /// Removes what is left of runs that have ended, also by runners that died. What cannot be removed stays for the next
    /// time.
    package func sweep(isOver: (RunID) -> Bool) {
        guard (try? check()) != nil else { return }
        for name in FolderNames.all(in: runs) {
            guard let number = Int64(name), isOver(RunID(number)) else { continue }
            let run = "\(runs)/\(name)"
            for stage in FolderNames.all(in: run) { sweep(stage: "\(run)/\(stage)") }
            rmdir(run)
        }
    }

    private func sweep(stage: String) {
        for name in FolderNames.all(in: stage) {
            let attempt = "\(stage)/\(name)"
            guard Int(name) != nil else {
                try? TreeRemoval.remove(attempt)
                continue
            }
            for part in FolderNames.all(in: attempt) {
                let path = "\(attempt)/\(part)"
                if Self.kept.contains(part) { rmdir(path) } else { try? TreeRemoval.remove(path) }
            }
            rmdir(attempt)
        }
        rmdir(stage)
    }
}

extension AttemptFolder {
    fileprivate static func name(of part: KeyPath<AttemptFolder, String>) -> String {
        String(AttemptFolder(root: "", name: "")[keyPath: part].dropFirst())
    }
}
