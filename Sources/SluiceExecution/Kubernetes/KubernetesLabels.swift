import SluiceModel

/// What says of an object in the cluster whose it is: all that are made for an attempt carry it.
struct KubernetesLabels {
    private static let manager = ("app.kubernetes.io/managed-by", "sluice")
    private static let state = "sluice.dev/state"
    static let run = "sluice.dev/run"

    let order: JobOrder
    /// The state folder's identity; nil where there is none.
    let owner: String?

    var json: JSONValue {
        var labels = [
            Self.manager.0: Self.manager.1, Self.run: order.run.description, "sluice.dev/attempt": "\(order.number)",
            "sluice.dev/stage": Self.value(order.stage),
        ]
        labels[Self.state] = owner
        return .object(labels.mapValues { .string($0) })
    }

    /// Selects all that a state folder's runners have made.
    static func selector(_ owner: String?) -> String {
        let all = "--selector=\(manager.0)=\(manager.1)"
        return owner.map { "\(all),\(state)=\($0)" } ?? all
    }

    /// As much of a name as a label may say: 63 letters, digits, `-`, `_` and `.`, the first and the last one no sign.
    static func value(_ name: String) -> String {
        let plain = name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) ? $0 : "_" }
        let isSign: (Character) -> Bool = { "-_.".contains($0) }
        let start = plain.drop(while: isSign).prefix(63)
        return String(start.prefix(upTo: start.lastIndex { !isSign($0) }.map { $0 + 1 } ?? start.startIndex))
    }
}
