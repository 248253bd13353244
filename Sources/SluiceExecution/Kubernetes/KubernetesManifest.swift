import Glibc
import SluiceModel

/// The Job that runs one attempt: one pod, once. Its name comes from the attempt's key, so that handing it over twice
/// makes one.
struct KubernetesManifest {
    let order: JobOrder
    let terms: KubernetesTerms
    /// Bytes beyond the grant for the supervisor itself, so that it is the one who sees an overrun first.
    let headroom: Int64

    static let managedBy = "app.kubernetes.io/managed-by"
    static let manager = "sluice"
    /// Whoever looks after a crash still finds the end; then the cluster removes it by itself.
    private static let keptSeconds: Int64 = 86_400

    static func name(_ key: String) -> String { "sluice-" + key.lowercased().prefix(40) }

    var job: JSONValue {
        .object([
            "apiVersion": .string("batch/v1"), "kind": .string("Job"),
            "metadata": .object([
                "name": .string(Self.name(order.key)), "namespace": .string(terms.namespace), "labels": labels,
                "annotations": .object(["sluice.dev/stage": .string(order.stage)]),
            ]),
            "spec": .object([
                // It is tried again by a new attempt, never behind the runner's back.
                "backoffLimit": .integer(0),
                "activeDeadlineSeconds": .integer(seconds(order.time)),
                "ttlSecondsAfterFinished": .integer(Self.keptSeconds),
                "template": .object(["metadata": .object(["labels": labels]), "spec": pod]),
            ]),
        ])
    }

    private var labels: JSONValue { .object([Self.managedBy: .string(Self.manager)]) }

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
            "volumes": .array([
                .object([
                    "name": .string("shared"),
                    "persistentVolumeClaim": .object(["claimName": .string(terms.claim)]),
                ])
            ]),
        ]
        if let account = terms.serviceAccount { pod["serviceAccountName"] = .string(account) }
        return .object(pod)
    }

    private var container: JSONValue {
        .object([
            "name": .string("attempt"), "image": .string(terms.image),
            "command": .array(order.program.map { .string($0) }),
            "workingDir": .string(order.folder),
            "env": .array([.object(["name": .string("PATH"), "value": .string(order.searchPath)])]),
            "resources": .object(["requests": .object(amounts), "limits": .object(amounts)]),
            "volumeMounts": .array([
                .object(["name": .string("shared"), "mountPath": .string(terms.sharedRoot)])
            ]),
            "terminationMessagePolicy": .string("FallbackToLogsOnError"),
        ])
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
