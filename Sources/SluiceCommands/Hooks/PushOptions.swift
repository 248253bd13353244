import Glibc

/// What a pusher asked for with `git push -o`. Untrusted: only known words count, and nothing here loosens a rule.
struct PushOptions {
    var skips = false
    /// Show what the runs do until they have ended.
    var follows = false
    /// Only this pipeline.
    var pipeline: String?
    /// Words for us that nobody knows here.
    var unknown: [String] = []

    private static let most = 64

    /// As git hands them to a hook.
    static func fromEnvironment() -> [String] {
        guard let count = ProcessEnvironment["GIT_PUSH_OPTION_COUNT"].flatMap({ Int($0) }) else { return [] }
        return (0..<min(max(0, count), most)).compactMap { ProcessEnvironment["GIT_PUSH_OPTION_\($0)"] }
    }

    init(_ words: [String]) {
        for word in words {
            if word == "sluice.skip" {
                skips = true
            } else if word == "sluice.follow" {
                follows = true
            } else if word.hasPrefix("sluice.pipeline=") {
                pipeline = String(word.dropFirst(16))
            } else if word.hasPrefix("sluice.") {
                unknown.append(word)
            }
        }
    }
}
