import SluiceExecution
import SluiceModel
import SluiceStore

/// The executors that a machine's operator describes, for runs of one repository.
struct MachineExecutors {
    let context: RepositoryContext
    let services: StateServices
    let installation: Installation

    /// Those of a repository that may be gone: then only the local one is left.
    static func of(_ repository: Repository, services: StateServices) -> Executors {
        guard let context = try? RepositoryContext.open(at: repository.gitDirectory) else {
            return Executors(local: LocalExecutor(stateFolder: services.folder.path))
        }
        return MachineExecutors(context: context, services: services, installation: .current()).all
    }

    var all: Executors { Executors(local: local, others: context.configuration.executors.map(executor)) }

    /// For what is not trusted: nobody knows beforehand whether a node has a sandbox for it.
    var onlyLocal: Executors { Executors(local: local) }

    private var local: LocalExecutor {
        let configuration = context.configuration
        return LocalExecutor(
            stateFolder: services.folder.path, enforcement: configuration.enforcement ?? .auto,
            devices: Machine.devices(atLeast: configuration.local?.gpus ?? 0),
            sandbox: context.sandbox(state: services.folder))
    }

    private func executor(_ terms: ExecutorTerms) -> any Executor {
        let sandbox = NodeSandbox(
            terms.sandbox ?? context.configuration.sandbox ?? .off,
            hidden: context.sandbox(state: services.folder).hidden)
        return switch terms.engine {
        case .slurm(let slurm):
            SlurmExecutor.executor(
                slurm, name: terms.name, stateFolder: services.folder.path, sluice: installation.executable,
                searchPath: ProcessEnvironment.searchPath, sandbox: sandbox)
        case .kubernetes(let kubernetes):
            KubernetesExecutor.executor(
                kubernetes, name: terms.name, stateFolder: services.folder.path, owner: try? services.folder.identity(),
                carried: kubernetes.sharedRoot == nil ? try? SharedFolder.of(nil, state: services.folder).path : nil,
                searchPath: ProcessEnvironment.searchPath, home: ProcessEnvironment["HOME"], sandbox: sandbox)
        }
    }
}
