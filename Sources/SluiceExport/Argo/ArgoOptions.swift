/// What a cluster calls the things that a workflow needs.
package struct ArgoOptions: Sendable {
    /// Holds the `sluice` binary, git, and what plugins need.
    package var image: String
    /// The claim of the volume through which stages exchange what they make; pods on several nodes mount it.
    package var claim: String
    /// What the workflow's parameter `repository` is, unless it is submitted with another one.
    package var repository: String?
    /// What a GPU is called there.
    package var gpu: String
    /// The Secret whose keys are the names of the operator's secrets.
    package var secret: String
    /// The ConfigMap whose key `sluice.yaml` is the operator's configuration.
    package var configuration: String?
    /// A state folder on the volume; nil: there is none.
    package var state: String?
    /// The account whose token Argo's own container gets, so that stages need none; nil: they share the workflow's.
    package var executorAccount: String?
    /// Days for which exchanges of earlier workflows stay that nobody uses; nil: for ever.
    package var keepDays: Int?

    package init(
        image: String, claim: String, repository: String? = nil, gpu: String = "nvidia.com/gpu",
        secret: String = "sluice-secrets", configuration: String? = nil, state: String? = nil,
        executorAccount: String? = nil, keepDays: Int? = nil
    ) {
        self.image = image
        self.claim = claim
        self.repository = repository
        self.gpu = gpu
        self.secret = secret
        self.configuration = configuration
        self.state = state
        self.executorAccount = executorAccount
        self.keepDays = keepDays
    }
}
