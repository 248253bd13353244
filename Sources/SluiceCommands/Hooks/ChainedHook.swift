import Glibc
import SluiceExecution

/// The hook that was there before ours: gets the same input, arguments and environment.
enum ChainedHook {
    /// `hook` is our own path, as git called it. Its exit status; 0 where there is none.
    static func run(besides hook: String?, arguments: [String], input: [UInt8]) throws -> Int32 {
        guard let hook else { return 0 }
        let path = (hook.contains("/") ? hook : "./" + hook) + HookScript.keptEnding
        guard access(path, X_OK) == 0 else { return 0 }
        return try PassThroughProcess.run([path] + arguments, input: input)
    }
}
