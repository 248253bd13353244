extension Pipeline {
    /// A node of the DAG as it is written: before matrix expansion, before its plugin is known.
    package struct Stage: Sendable, Equatable {
        package var name: String
        package var description: String?
        package var action: Located<Action>
        /// Params for the plugin; strings in it may hold `${…}`.
        package var with: Located<JSONValue>
        /// This stage's environment over the pipeline's defaults, in the order of the names.
        package var env: [String: String]
        /// What the workspace holds of the commit; nil where nothing is said.
        package var sources: [Glob]?
        package var inputs: [Input]
        package var outputs: [Output]
        /// A JSON file with numbers, in the workspace (`run` and protocol `command`).
        package var metricsPath: String?
        /// Kept, but not passed on.
        package var artifacts: [Glob]
        /// Edges without data; those of `inputs` and `select` come on top.
        package var needs: [Located<String>]
        package var after: After
        /// The text of `if`.
        package var condition: Located<String>?
        /// In order of preference; never empty.
        package var profiles: [StageProfile]
        package var matrix: Matrix?
        package var select: Select?
        package var timeout: Duration
        package var heartbeat: Duration?
        /// nil: the manifest's, else 10 s.
        package var grace: Duration?
        package var retry: RetryPolicy
        package var cache: CachePolicy?
        package var checks: [Check]
        package var allowDegraded: Bool
        /// Whether it is stopped once what is left of the run cannot fit behind it any more.
        package var stopWhenFutile: Bool
        package var seed: Int64?
        /// Which of its plugin's secrets it gets; nil: all of them.
        package var secrets: [Located<String>]?
        /// Where the stage's name stands.
        package var location: SourceLocation

        package init(
            name: String, description: String? = nil, action: Located<Action>,
            with: Located<JSONValue>? = nil, env: [String: String] = [:], sources: [Glob]? = nil,
            inputs: [Input] = [], outputs: [Output] = [], metricsPath: String? = nil, artifacts: [Glob] = [],
            needs: [Located<String>] = [], after: After = .success, condition: Located<String>? = nil,
            profiles: [StageProfile], matrix: Matrix? = nil, select: Select? = nil,
            timeout: Duration = .seconds(3600), heartbeat: Duration? = nil, grace: Duration? = nil,
            retry: RetryPolicy = RetryPolicy(), cache: CachePolicy? = nil, checks: [Check] = [],
            allowDegraded: Bool = false, stopWhenFutile: Bool = false, seed: Int64? = nil,
            secrets: [Located<String>]? = nil, location: SourceLocation
        ) {
            self.name = name
            self.description = description
            self.action = action
            self.with = with ?? Located(.emptyObject, at: location)
            self.env = env
            self.sources = sources
            self.inputs = inputs
            self.outputs = outputs
            self.metricsPath = metricsPath
            self.artifacts = artifacts
            self.needs = needs
            self.after = after
            self.condition = condition
            self.profiles = profiles
            self.matrix = matrix
            self.select = select
            self.timeout = timeout
            self.heartbeat = heartbeat
            self.grace = grace
            self.retry = retry
            self.cache = cache
            self.checks = checks
            self.allowDegraded = allowDegraded
            self.stopWhenFutile = stopWhenFutile
            self.seed = seed
            self.secrets = secrets
            self.location = location
        }

        package enum Action: Sendable, Equatable {
            /// A plugin's name, or `./path` from the repository's root.
            case uses(String)
            /// A script for `/bin/sh -eu`.
            case run(String)
        }

        package enum After: String, Sendable, Codable, CaseIterable { case success, any }

        package struct Input: Sendable, Equatable {
            package var name: String
            package var source: Located<Source>

            package init(name: String, source: Located<Source>) {
                self.name = name
                self.source = source
            }
        }

        package enum Source: Sendable, Equatable {
            /// A path or glob of the commit; may hold `${…}`.
            case path(String)
            case output(stage: String, output: String)
            /// A file outside of the repository, where the operator allows it.
            case external(String)
        }

        package struct Output: Sendable, Equatable {
            package var name: String
            package var type: ArtifactType
            /// Where a `run` line leaves it in its workspace; nil: the runner gives the path.
            package var path: String?

            package init(name: String, type: ArtifactType, path: String? = nil) {
                self.name = name
                self.type = type
                self.path = path
            }
        }

        package struct Matrix: Sendable, Equatable {
            /// In the order of the file; the instances are the product, the last axis fastest.
            package var axes: [Axis]
            package var maxParallel: Int?
            package var failFast: Bool

            package init(axes: [Axis], maxParallel: Int? = nil, failFast: Bool = true) {
                self.axes = axes
                self.maxParallel = maxParallel
                self.failFast = failFast
            }

            package struct Axis: Sendable, Equatable {
                package var name: String
                package var values: [JSONValue]

                package init(name: String, values: [JSONValue]) {
                    self.name = name
                    self.values = values
                }
            }
        }

        /// Which instance of a matrix stage is meant where one is wanted: the best by a metric.
        package struct Select: Sendable, Equatable {
            package var from: Located<String>
            package var metric: String
            package var direction: Direction

            package init(from: Located<String>, metric: String, direction: Direction) {
                self.from = from
                self.metric = metric
                self.direction = direction
            }
        }
    }
}

package enum Direction: String, Sendable, Codable, CaseIterable { case maximize, minimize }

/// What an output is, for the check that ends fit. `file` and `folder` say nothing of the content.
package enum ArtifactType: String, Sendable, Codable, CaseIterable {
    case file, folder, dataset, model, report, metrics
}
