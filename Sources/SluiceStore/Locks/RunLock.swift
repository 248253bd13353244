import SluiceModel

/// Whether somebody drives a run: its held file lock, never a pid.
package enum RunLock {
    /// nil when another process drives it. Held until the value goes away.
    package static func tryHold(_ run: RunID, in folder: StateFolder) throws(StoreError) -> HeldLock? {
        try HeldLock.tryHold(path(run, folder))
    }

    package static func isHeld(_ run: RunID, in folder: StateFolder) throws(StoreError) -> Bool {
        try HeldLock.isHeld(path(run, folder))
    }

    private static func path(_ run: RunID, _ folder: StateFolder) -> String { folder.locks + "/run-\(run).lock" }
}
