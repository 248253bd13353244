import SluiceModel

extension ExportedPipeline {
    /// Minutes after which a CI system may end the job of a whole run that should have ended itself: every stage and every
    /// further attempt one after the other, each to its timeout, and a quarter of an hour for the rest.
    func jobMinutes(atMost most: Int64) -> Int64 {
        var seconds: Int64 = 900
        for stage in stages {
            // The last one needs no pause behind it.
            let attempt = min((stage.timeout + stage.grace).wholeSeconds, most * 60)
            let pause = min(stage.retry.backoff.max.wholeSeconds, most * 60)
            seconds = min(seconds + attempt + (attempt + pause) * Int64(stage.retries), most * 60)
        }
        return (seconds + 59) / 60
    }
}
