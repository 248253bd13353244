import SluiceModel

/// Where an attempt's session puts what is for people: never for decisions.
protocol AttemptListener: AnyObject {
    /// Whole lines with their LF, as the plugin wrote them.
    func text(_ text: [UInt8], lines: Int, stream: LogStream, now: Int64)
    func event(_ event: AttemptEvent, now: Int64)
    /// A message of one side to the other, without secrets and line feed, or in parentheses what it did.
    func said(_ line: [UInt8], by speaker: Speaker)
}

/// The two sides of an attempt.
enum Speaker: String { case runner, plugin }
