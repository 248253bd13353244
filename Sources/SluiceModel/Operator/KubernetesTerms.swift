/// Where and as what Kubernetes runs attempts.
package struct KubernetesTerms: Sendable, Equatable, Hashable {
    package var namespace: String
    /// Holds the `sluice` binary, and what plugins need.
    package var image: String
    /// The claim of the volume that the runner sees at `sharedRoot`; there are both or neither.
    package var claim: String?
    /// The part of the claim's volume that is mounted; nil: all of it.
    package var subPath: String?
    /// A folder that the runner and the pods see under the same path; nil: files are carried to the pods and back.
    package var sharedRoot: String?
    /// The kubeconfig file; nil: the one in the user's home.
    package var configuration: String?
    /// nil: the current one.
    package var context: String?
    package var serviceAccount: String?
    /// What a GPU is called there.
    package var gpu: String
    /// The binary's path in the image.
    package var sluice: String
    /// After which a pod that cannot be scheduled, or whose image cannot be had, is given up.
    package var patience: Duration

    package init(
        namespace: String, image: String, claim: String?, sharedRoot: String?, configuration: String? = nil,
        context: String? = nil, serviceAccount: String? = nil, gpu: String = "nvidia.com/gpu",
        sluice: String = "/usr/local/bin/sluice", subPath: String? = nil, patience: Duration = .seconds(600)
    ) {
        self.namespace = namespace
        self.image = image
        self.claim = claim
        self.subPath = subPath
        self.sharedRoot = sharedRoot
        self.configuration = configuration
        self.context = context
        self.serviceAccount = serviceAccount
        self.gpu = gpu
        self.sluice = sluice
        self.patience = patience
    }
}
