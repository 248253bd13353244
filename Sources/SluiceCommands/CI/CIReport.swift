import Glibc
import SluiceModel
import SluiceReport

/// What a CI job's log and the system around it are told. One stream for everything, so that nothing changes its order:
/// stdout, or stderr where the answer is JSON.
struct CIReport {
    let job: CIJob
    let base: CIBase
    let output: Output
    let observer: CIObserver
    /// Behind which paths of the repository lie, seen from where annotations start: empty, or with a `/` at its end.
    private let prefix: String

    init(job: CIJob, base: CIBase, context: RepositoryContext, output: Output) {
        self.job = job
        self.base = base
        self.output = output
        let stream = Self.stream(output)
        observer = CIObserver(dialect: Self.dialect(job), style: output.style) { [quiet = output.quiet] text in
            if !quiet { Console.write(text + "\n", to: stream) }
        }
        prefix = Self.prefix(context.git.workTree, in: job.workspace)
    }

    /// The job in a sentence, and what `changed()` compares with.
    var note: String {
        guard let oid = base.oid else {
            return "everything counts as changed: \(base.reason)" + (base.hint.map { "; \($0)" } ?? "")
        }
        return "changed since \(oid.short), \(base.reason)"
    }

    func begin(_ revision: Revision, _ permission: RunPermission) {
        let name = revision.reference?.name ?? "no reference"
        tell("\(Self.systemName(job.system)), \(eventName) of \(name) at \(revision.oid.short)")
        tell(note)
        if !revision.isTrusted { tell("hint: \(trustHint(revision))") }
        if case .walledIn(let how) = permission { tell(how) }
    }

    /// Annotations before anything starts. Where nothing will, diagnostics stand whole at the end.
    func tell(_ diagnostics: [Diagnostic]) {
        guard !diagnostics.isEmpty else { return }
        let isValid = !diagnostics.contains { $0.severity == .error }
        if isValid { say(DiagnosticText.lines(diagnostics, style: output.style)) }
        say(Self.dialect(job).annotations(diagnostics.map { located(CIAnnotation($0)) }))
    }

    /// Annotations of what came of the run; all of them, those told before included.
    func end(_ record: RunRecord, pipeline: Pipeline?, told: [Diagnostic]) -> [CIAnnotation] {
        let before = told.map { located(CIAnnotation($0)) }
        let known = Set(before)
        let after = CIAnnotation.all(of: record, pipeline: pipeline).map(located).filter { !known.contains($0) }
        say(Self.dialect(job).annotations(after))
        return before + after
    }

    private var eventName: String {
        switch job.event {
        case .push: "push"
        case .change: job.system == .gitlab ? "merge request" : "pull request"
        case .other(let name): name
        }
    }

    private func trustHint(_ revision: Revision) -> String {
        guard job.isAbout(revision.oid) else { return "only the commit that the job is about can be trusted" }
        switch job.event {
        case .change: return "a \(eventName) is never trusted"
        case .other(let name) where job.system != .other: return "only pushes are trusted in CI, and this is \(name)"
        default:
            return
                "it is not trusted: in CI the operator's configuration must name it, as in `trust: { branches: [main] }`"
        }
    }

    private func located(_ annotation: CIAnnotation) -> CIAnnotation {
        guard !annotation.location.file.hasPrefix("/") else { return annotation }
        var annotation = annotation
        annotation.location.file = prefix + annotation.location.file
        return annotation
    }

    private func tell(_ line: String) { say(["sluice: " + SafeText.line(line)]) }

    private func say(_ lines: [String]) {
        guard !lines.isEmpty, !output.quiet else { return }
        Console.write(lines.joined(separator: "\n") + "\n", to: Self.stream(output))
    }

    private static func stream(_ output: Output) -> Int32 { output.json ? STDERR_FILENO : STDOUT_FILENO }

    private static func dialect(_ job: CIJob) -> CIDialect {
        switch job.system {
        case .github: .github
        case .gitlab: .gitlab
        case .other: .plain
        }
    }

    private static func systemName(_ system: CIJob.System) -> String {
        switch system {
        case .github: "GitHub Actions"
        case .gitlab: "GitLab CI"
        case .other: "a CI system"
        }
    }

    private static func prefix(_ workTree: String?, in workspace: String?) -> String {
        guard let workTree, let workspace, let top = Files.resolvingFolder(of: workspace + "/"),
            workTree.hasPrefix(top)
        else { return "" }
        let rest = workTree.dropFirst(top.count)
        return rest.isEmpty ? "" : rest + "/"
    }
}
