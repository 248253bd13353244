import SluiceModel

/// The Secret of one attempt's Job: it belongs to the Job, so the cluster removes it with it.
struct KubernetesSecret {
    let order: JobOrder
    let labels: KubernetesLabels
    /// The Job's, as the cluster counts it.
    let uid: String

    /// Holds the values: for kubectl's stdin only.
    var json: JSONValue {
        let name = KubernetesManifest.name(order.key)
        let owner: JSONValue = .object([
            "apiVersion": .string("batch/v1"), "kind": .string("Job"), "name": .string(name), "uid": .string(uid),
        ])
        let values = order.secrets.map { ($0.name, JSONValue.string(String(decoding: $0.value, as: UTF8.self))) }
        return .object([
            "apiVersion": .string("v1"), "kind": .string("Secret"), "type": .string("Opaque"),
            "immutable": .bool(true), "stringData": .object(Dictionary(values) { first, _ in first }),
            "metadata": .object([
                "name": .string(name), "labels": labels.json, "ownerReferences": .array([owner]),
            ]),
        ])
    }
}
