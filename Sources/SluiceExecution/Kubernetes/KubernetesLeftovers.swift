import SluiceModel

/// What runners that died have left in a cluster: Jobs of runs that have ended. Pods and Secrets go with their Job.
package struct KubernetesLeftovers: Sendable {
    private let kubectl: Kubectl
    private let owner: String

    /// Jobs for one call of `kubectl`.
    private static let portion = 100

    /// `owner` is the state folder's identity; nothing of others is touched.
    package init(_ terms: KubernetesTerms, owner: String, searchPath: String, home: String?) {
        kubectl = Kubectl(terms: terms, searchPath: searchPath, home: home)
        self.owner = owner
    }

    /// What cannot be removed now stays for the next time, or until the cluster removes it a day after its end.
    package func remove(isOver: (RunID) -> Bool) {
        let found: Result<KubernetesObjects.List<KubernetesObjects.Object>, UnreadableFile> =
            kubectl.get(["jobs", KubernetesLabels.selector(owner)])
        guard case .success(let list) = found else { return }
        let runs = Set(list.items.compactMap(\.run))
        let over = runs.filter(isOver)
        var names = list.items.filter { $0.run.map(over.contains) ?? false }.map(\.metadata.name)[...]
        while !names.isEmpty {
            let options = ["--wait=false", "--ignore-not-found", "--cascade=background"]
            _ = kubectl.run(["delete", "job"] + names.prefix(Self.portion) + options)
            names = names.dropFirst(Self.portion)
        }
    }
}

extension KubernetesObjects.Object {
    /// The run that it was made for.
    fileprivate var run: RunID? { metadata.labels?[KubernetesLabels.run].flatMap(Int64.init).map(RunID.init) }
}
