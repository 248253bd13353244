import Glibc
import SluiceExecution

/// The hook that was there before ours: gets the same input, arguments and environment.
enum ChainedHook {
    /// Its exit status; 0 where there is none.
    static func run(_ hook: String, in hooksFolder: String, arguments: [String], input: [UInt8]) throws -> Int32 {
        let path = hooksFolder + "/" + hook + HookScript.keptEnding
        guard access(path, X_OK) == 0 else { return 0 }
        return try PassThroughProcess.run([path] + arguments, input: input)
    }
}
