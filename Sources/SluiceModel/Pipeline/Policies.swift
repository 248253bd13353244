/// When a failed attempt is tried again.
package struct RetryPolicy: Sendable, Equatable, Codable {
    /// Further attempts altogether, a retried crash included; 0 turns every retry off.
    package var limit: Int
    package var classes: [ErrorClass]
    package var backoff: Backoff
    /// How much more an attempt gets after one that lacked resources; nil: the same again.
    package var escalation: Escalation?

    package init(
        limit: Int = 1, classes: [ErrorClass] = [.transient], backoff: Backoff = Backoff(),
        escalation: Escalation? = nil
    ) {
        self.limit = limit
        self.classes = classes
        self.backoff = backoff
        self.escalation = escalation
    }

    /// Factors over the last grant, above 1; nil: as before.
    package struct Escalation: Sendable, Equatable, Codable {
        package var cpus: Amount?
        package var memory: Amount?
        package var disk: Amount?

        package init(cpus: Amount? = nil, memory: Amount? = nil, disk: Amount? = nil) {
            self.cpus = cpus
            self.memory = memory
            self.disk = disk
        }
    }

    package struct Backoff: Sendable, Equatable, Codable {
        package var initial: Duration
        package var factor: Double
        package var max: Duration
        package var jitter: Bool

        package init(
            initial: Duration = .seconds(1), factor: Double = 2, max: Duration = .seconds(60), jitter: Bool = true
        ) {
            self.initial = initial
            self.factor = factor
            self.max = max
            self.jitter = jitter
        }
    }
}

/// Who is to blame for a failure, and with `RetryPolicy.classes` whether it is tried again.
package enum ErrorClass: String, Sendable, Codable, CaseIterable {
    case config, user, transient, resource, dependency, `internal`
}

/// Whether a stage's result may come from an earlier run.
package enum CachePolicy: Sendable, Equatable {
    case on
    case off
    case maxAge(Duration)
}

/// A threshold for a metric, judged on every run.
package struct Check: Sendable, Equatable {
    package var metric: String
    package var min: Amount?
    package var max: Amount?
    package var severity: Diagnostic.Severity
    package var onMissing: OnMissing
    package var location: SourceLocation

    package init(
        metric: String, min: Amount? = nil, max: Amount? = nil, severity: Diagnostic.Severity = .error,
        onMissing: OnMissing = .fail, location: SourceLocation
    ) {
        self.metric = metric
        self.min = min
        self.max = max
        self.severity = severity
        self.onMissing = onMissing
        self.location = location
    }

    package enum OnMissing: String, Sendable, Codable, CaseIterable { case fail, warn, pass }
}

/// What a run may use altogether, and what happens when it does not fit.
package struct BudgetPolicy: Sendable, Equatable {
    package var limits: [BudgetLimit]
    /// Accounts of the operator that it draws on besides those that it is charged on anyhow.
    package var accounts: [Located<String>]
    package var onExceed: OnExceed
    package var objective: [Objective]
    package var estimateQuantile: Double
    package var estimateMinSamples: Int

    package init(
        limits: [BudgetLimit] = [], accounts: [Located<String>] = [], onExceed: OnExceed = .degrade,
        objective: [Objective] = [.penalty, .cost, .makespan], estimateQuantile: Double = 0.9,
        estimateMinSamples: Int = 5
    ) {
        self.limits = limits
        self.accounts = accounts
        self.onExceed = onExceed
        self.objective = objective
        self.estimateQuantile = estimateQuantile
        self.estimateMinSamples = estimateMinSamples
    }

    package enum OnExceed: String, Sendable, Codable, CaseIterable { case degrade, wait, refuse }
    package enum Objective: String, Sendable, Codable, CaseIterable { case penalty, cost, makespan }
}

/// A limit on a budget resource. Units: cost in the operator's currency, hours as hours, GiB-hours, bytes for
/// egress and storage, seconds for wall.
package struct BudgetLimit: Sendable, Equatable, Codable {
    package var resource: BudgetResource
    package var amount: Amount

    package init(resource: BudgetResource, amount: Amount) {
        self.resource = resource
        self.amount = amount
    }
}

package enum BudgetResource: String, Sendable, Codable, CaseIterable {
    case cost
    case cpuHours = "cpu_hours"
    case gpuHours = "gpu_hours"
    case memoryGiBHours = "memory_gib_hours"
    case egress, storage, wall
}
