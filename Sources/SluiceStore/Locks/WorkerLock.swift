import SluiceModel

/// One worker drains the queue of a state folder.
package enum WorkerLock {
    package static func tryHold(in folder: StateFolder) throws(StoreError) -> HeldLock? {
        try HeldLock.tryHold(path(folder))
    }

    package static func isHeld(in folder: StateFolder) throws(StoreError) -> Bool {
        try HeldLock.isHeld(path(folder))
    }

    private static func path(_ folder: StateFolder) -> String { folder.locks + "/worker.lock" }
}
