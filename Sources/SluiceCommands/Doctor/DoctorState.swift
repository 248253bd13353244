import SluiceModel
import SluiceReport
import SluiceStore

/// Where the state lies, and where nodes of executors see what they need of it.
struct DoctorState {
    let facts: [DoctorFact]
    /// nil: all of it can be used.
    let fault: ExitStatus?

    init(executors: [ExecutorTerms]) {
        do {
            let folder = try StateServices.open().folder
            let shared = executors.map { Self.shared($0, with: folder) }
            facts = [DoctorFact("state folder", folder.path)] + shared.map(\.fact)
            fault = shared.allSatisfy(\.isUsable) ? nil : .unavailable
        } catch {
            facts = [DoctorFact("state folder", ErrorText.describe(error))]
            fault = ErrorText.status(of: error)
        }
    }

    private static func shared(
        _ executor: ExecutorTerms, with state: StateFolder
    ) -> (fact: DoctorFact, isUsable: Bool) {
        do throws(StoreError) {
            let folder = try SharedFolder.of(executor.sharedRoot, state: state)
            try folder.check()
            let what = executor.sharedRoot == nil ? "carries \(folder.path) to" : "shares \(folder.path) with"
            return (DoctorFact("executor", "\(executor.name): \(what) its nodes"), true)
        } catch {
            return (DoctorFact("executor", "\(executor.name): \(error.description)"), false)
        }
    }
}
