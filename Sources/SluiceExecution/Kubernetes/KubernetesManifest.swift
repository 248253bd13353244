import Glibc
import SluiceModel

/// The Job that runs one attempt: one pod, once. Its name comes from the attempt's key, so that handing it over twice
/// makes one.
struct KubernetesManifest {
    let order: JobOrder
    let terms: KubernetesTerms
    let owner: String?
    /// The folder whose attempts are carried to the pod; nil: it mounts the claim.
    var carried: String?
    /// Bytes beyond the grant for the supervisor itself, so that it is the one who sees an overrun first.
    let headroom: Int64

    /// Whoever looks after a crash still finds the end; then the cluster removes it by itself.
    private static let keptSeconds: Int64 = 86_400
    /// Where the pod finds its secrets, in a file each, and leaves what the cluster is to tell of its end.
    static let secretsFolder = "/run/sluice/secrets"
    static let messageFile = "/dev/termination-log"
    /// How long a result waits for its runner where it is carried.
    private static let hold: Duration = .seconds(3600)
    /// The container that waits until all is there.
    static let receiver = "receive"
    private static let receiving =
        #"trap 'exit 143' TERM; until [ -e "$1" ]; do sleep 0.2 & wait $!; done"#

    static func name(_ key: String) -> String { "sluice-" + key.lowercased().prefix(40) }

    var job: JSONValue {
        .object([
            "apiVersion": .string("batch/v1"), "kind": .string("Job"),
            "metadata": .object([
                "name": .string(Self.name(order.key)), "namespace": .string(terms.namespace), "labels": labels.json,
                "annotations": .object(["sluice.dev/stage": .string(order.stage)]),
            ]),
            "spec": .object(spec),
        ])
    }

    private var spec: [String: JSONValue] {
        var spec: [String: JSONValue] = [
            // It is tried again by a new attempt, never behind the runner's back.
            "backoffLimit": .integer(0),
            "activeDeadlineSeconds": .integer(seconds(order.time + (carried == nil ? .zero : Self.hold))),
            "ttlSecondsAfterFinished": .integer(Self.keptSeconds),
            "template": .object(["metadata": .object(["labels": labels.json]), "spec": pod]),
        ]
        // Its Secret can belong to it only when it is there: its pod waits until both are. Clusters before 1.21 do not
        // know the field, so nobody else has it.
        if !order.secrets.isEmpty { spec["suspend"] = .bool(true) }
        return spec
    }

    var labels: KubernetesLabels { KubernetesLabels(order: order, owner: owner) }

    private var pod: JSONValue {
        var pod: [String: JSONValue] = [
            "restartPolicy": .string("Never"),
            "terminationGracePeriodSeconds": .integer(seconds(order.grace)),
            // A stage has no business with the cluster.
            "automountServiceAccountToken": .bool(false), "enableServiceLinks": .bool(false),
            // The attempt's files are this user's alone.
            "securityContext": .object([
                "runAsUser": .integer(Int64(geteuid())), "runAsGroup": .integer(Int64(getegid())),
            ]),
            "containers": .array([container]),
            "volumes": .array(volumes.map(\.volume)),
        ]
        if carried != nil { pod["initContainers"] = .array([receiver]) }
        if let account = terms.serviceAccount { pod["serviceAccountName"] = .string(account) }
        return .object(pod)
    }

    private var container: JSONValue {
        .object([
            "name": .string("attempt"), "image": .string(terms.image),
            "command": .array(program.map { .string($0) }),
            "workingDir": .string(order.folder),
            "env": .array([.object(["name": .string("PATH"), "value": .string(order.searchPath)])]),
            "resources": .object(["requests": .object(amounts), "limits": .object(amounts)]),
            "volumeMounts": .array(volumes.map(\.mount)),
            "terminationMessagePath": .string(Self.messageFile),
            "terminationMessagePolicy": .string("FallbackToLogsOnError"),
        ])
    }

    private var program: [String] {
        order.program + (carried == nil ? [] : ["--hold", "\(seconds(Self.hold))"])
    }

    /// It asks for as much as the attempt, which the pod has to be given anyway: quotas want every container to ask.
    private var receiver: JSONValue {
        let command = ["/bin/sh", "-c", Self.receiving, Self.receiver, Parcel.mark(in: order.folder)]
        return .object([
            "name": .string(Self.receiver), "image": .string(terms.image),
            "command": .array(command.map { .string($0) }),
            "resources": .object(["requests": .object(amounts), "limits": .object(amounts)]),
            "volumeMounts": .array([shared.mount]),
        ])
    }

    private var volumes: [(volume: JSONValue, mount: JSONValue)] {
        [shared] + (order.secrets.isEmpty ? [] : [secrets])
    }

    private var shared: (volume: JSONValue, mount: JSONValue) {
        let place = carried ?? terms.sharedRoot ?? "/"
        var mount: [String: JSONValue] = ["name": .string("shared"), "mountPath": .string(place)]
        if let path = terms.subPath { mount["subPath"] = .string(path) }
        let claim = terms.claim.map { JSONValue.object(["claimName": .string($0)]) }
        let volume = claim.map { ("persistentVolumeClaim", $0) } ?? ("emptyDir", .object([:]))
        return (.object(["name": .string("shared"), volume.0: volume.1]), .object(mount))
    }

    /// In the pod's memory. All of its processes are one user's, who is not the one that the files belong to.
    private var secrets: (volume: JSONValue, mount: JSONValue) {
        let secret: JSONValue = .object([
            "secretName": .string(Self.name(order.key)), "defaultMode": .integer(0o444),
        ])
        let mount: [String: JSONValue] = [
            "name": .string("secrets"), "mountPath": .string(Self.secretsFolder), "readOnly": .bool(true),
        ]
        return (.object(["name": .string("secrets"), "secret": secret]), .object(mount))
    }

    /// Requests are limits: what was granted is what it gets.
    private var amounts: [String: JSONValue] {
        let millis = max(1, Int64((order.request.cpus.doubleValue * 1000).rounded(.up)))
        var amounts: [String: JSONValue] = [
            "cpu": .string("\(millis)m"), "memory": .string("\(order.request.memory + headroom)"),
        ]
        if order.request.gpus > 0 { amounts[terms.gpu] = .string("\(order.request.gpus)") }
        return amounts
    }

    private func seconds(_ duration: Duration) -> Int64 { max(1, (duration.wholeMilliseconds + 999) / 1000) }
}
