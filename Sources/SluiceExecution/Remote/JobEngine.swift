import SluiceModel

/// What runs programs elsewhere: a cluster's scheduler. Its calls block for seconds at most and may fail at any time.
protocol JobEngine: Sendable {
    /// In messages and codes: `slurm`.
    var name: String { get }
    func submit(_ order: JobOrder) -> Submission
    /// The job that was submitted with a key.
    func find(_ order: JobOrder) -> JobSearch
    /// What was last seen of a job, not long ago. `folder`, here and below: where the engine's own files of its order lie.
    func sighting(of job: String, in folder: String) -> JobSighting
    /// An ending, in the light of what the engine left there.
    func explained(_ ending: JobEnding, in folder: String) -> JobEnding
    /// Nobody asks about it any more.
    func unwatch(_ job: String)
    /// Tells the attempt's supervisor, and nobody else, to stop; false while the engine does not answer.
    func stop(_ job: String, in folder: String) -> Bool
    /// Ends the job, whatever it does or waits for.
    func cancel(_ job: String, in folder: String, isImmediate: Bool) -> Bool
    /// The folder in which the engine shows a node the secrets of an order; nil: it carries none.
    var secretsFolder: String? { get }
    /// A file on the node whose few bytes the engine shows us when a job has ended; nil: there is none.
    var messageFile: String? { get }
    /// The end of an attempt is known: what the engine keeps for it goes. `hasResult`: how its job ended does not count
    /// any more.
    func discard(_ order: JobOrder, hasResult: Bool)
    /// Moves the files of a job to and from its node; nil: nodes share a folder with us.
    func carrier(_ order: JobOrder, of request: AttemptRequest, job: String) -> (any JobCarrier)?
}

/// Stands for the shared folder where there is none: what one side writes, it brings to the other. One thread uses it.
protocol JobCarrier: AnyObject {
    /// Moves what there is to move now; called again and again while the job is followed. Blocks while files move.
    func step() -> Carriage
    /// Brings the node why its attempt is to stop.
    func bringStop()
}

enum Carriage: Equatable {
    case good
    /// It is tried again.
    case failing(String)
    /// It has failed for too long: the attempt cannot begin.
    case impossible(String)
}

extension JobEngine {
    func carrier(_ order: JobOrder, of request: AttemptRequest, job: String) -> (any JobCarrier)? { nil }
    var secretsFolder: String? { nil }
    var messageFile: String? { nil }
    func discard(_ order: JobOrder, hasResult: Bool) {}
}

/// What an engine did not say, and why.
package struct EngineUnreachable: Error {
    package var message: String
}

struct JobOrder: Sendable, Equatable {
    /// Unique to this attempt.
    var key: String
    var stage: String
    /// `sluice attempt REQUEST RESULT`, absolute.
    var program: [String]
    var searchPath: String
    /// Where the engine's own files of it lie.
    var folder: String
    /// Where files of several attempts of its run may lie; nil: nowhere.
    var runFolder: String?
    var request: ResourceRequest
    /// After which the engine may end it.
    var time: Duration
    /// What its supervisor needs between SIGTERM and its end.
    var grace: Duration
    var run = RunID(0)
    var number = 0
    /// It keeps something in a folder that outlives it.
    var deploys = false
    /// For engines that bring them to the node; no engine's own files hold a value.
    var secrets: [Secret] = []
}

enum Submission: Equatable {
    case accepted(String)
    /// It will never be: the request, or who asks, is wrong.
    case refused(String)
    /// Nobody knows whether it has arrived.
    case unreachable(String)
}

enum JobSearch: Equatable {
    case found(String)
    /// It is there, and waits for what its submission has not brought yet.
    case halfway(String)
    case none
    case unreachable(String)
}

enum JobSighting: Equatable {
    /// Nobody has looked yet.
    case unseen
    case pending(reason: String)
    case running
    case ended(JobEnding)
    /// It never began and never will: it has to be submitted again.
    case unstarted
    /// The engine does not know it, or not any more.
    case gone
    case unreachable(String)
    /// It waits for what will never come.
    case impossible(String)
}

/// How a job ended for the engine. It counts only where the attempt left no result.
struct JobEnding: Equatable {
    enum Cause: Equatable {
        case completed, failed, outOfMemory, timeout, preempted, nodeFailed, cancelled
    }

    var cause: Cause
    /// The engine's own words: `NODE_FAIL`, `FAILED 0:9`.
    var words: String
    /// What the attempt's supervisor told the engine.
    var message: ResultMessage?
}

extension JobSearch {
    /// Whatever is there.
    var job: String? {
        switch self {
        case .found(let job), .halfway(let job): job
        case .none, .unreachable: nil
        }
    }
}
