import SluiceModel

/// Where an attempt's session puts what is for people: never for decisions.
protocol AttemptListener: AnyObject {
    /// Whole lines with their LF, as the plugin wrote them.
    func text(_ text: [UInt8], lines: Int, stream: LogStream, now: Int64)
    func event(_ event: AttemptEvent, now: Int64)
}
