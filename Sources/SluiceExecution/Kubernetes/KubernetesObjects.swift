import SluiceModel

/// What is read of the cluster's objects: a Job, its pod, and what was said about them.
enum KubernetesObjects {
    struct List<Item: Decodable>: Decodable {
        var items: [Item]
    }

    struct Metadata: Decodable, Equatable {
        var name: String
        var uid: String?
        var labels: [String: String]?
        /// `2026-01-31T23:59:59Z`, as is the next one.
        var creationTimestamp: String?
        /// When what is being deleted has to be gone.
        var deletionTimestamp: String?
    }

    struct Condition: Decodable, Equatable {
        var type: String
        var status: String
        var reason: String?
        var message: String?
    }

    /// A Job or a Pod, by its kind; keys that one of them lacks are nil there.
    struct Object: Decodable, Equatable {
        var kind: String
        var metadata: Metadata
        var spec: Spec?
        var status: Status?

        var isPod: Bool { kind == "Pod" }
        /// Of a pod, the Job that it belongs to.
        var job: String? { metadata.labels?["job-name"] }

        /// A pod that is being deleted, and whose processes may still write their results.
        func isLeaving(at now: Timestamp) -> Bool {
            guard let end = metadata.deletionTimestamp.flatMap({ Timestamp($0.dropLast() + ".000Z") }),
                status?.containerStatuses?.first?.state?.running != nil
            else { return false }
            return now < end.advanced(bySeconds: Self.air)
        }

        /// Seconds that a node may be late, and clocks may differ.
        private static let air: Double = 30

        /// A condition that holds.
        func condition(_ type: String) -> Condition? {
            status?.conditions?.first { $0.type == type && $0.status == "True" }
        }
    }

    struct Spec: Decodable, Equatable {
        /// Of a Job that has no pod yet because nobody let it go.
        var suspend: Bool?
    }

    struct Status: Decodable, Equatable {
        var conditions: [Condition]?
        var phase: String?
        /// Of a pod that was evicted: `Evicted`.
        var reason: String?
        var message: String?
        var containerStatuses: [Container]?
        var initContainerStatuses: [Container]?
    }

    struct Container: Decodable, Equatable {
        var state: State?
    }

    struct State: Decodable, Equatable {
        var waiting: Waiting?
        var running: Running?
        var terminated: Terminated?
    }

    struct Running: Decodable, Equatable {}

    struct Waiting: Decodable, Equatable {
        var reason: String?
        var message: String?
    }

    struct Terminated: Decodable, Equatable {
        var exitCode: Int32
        var reason: String?
        /// What its process left in the file for that, or the end of its log.
        var message: String?
    }

    struct Event: Decodable, Equatable {
        var reason: String?
        var message: String?
    }
}
