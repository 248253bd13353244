import SluiceModel

/// The workers of a state folder that are alive: each holds a place, a locked file of its own.
package enum WorkerLock {
    private static let places = 1...64

    /// The first place that is free; nil when none is.
    package static func tryHold(in folder: StateFolder) throws(StoreError) -> HeldLock? {
        for place in places { if let lock = try HeldLock.tryHold(path(folder, place)) { return lock } }
        return nil
    }

    /// The place of a worker that is not to be one of several; nil beside any other.
    package static func tryHoldAlone(in folder: StateFolder) throws(StoreError) -> HeldLock? {
        try isHeld(in: folder) ? nil : HeldLock.tryHold(path(folder, places.lowerBound))
    }

    package static func isHeld(in folder: StateFolder) throws(StoreError) -> Bool { try count(in: folder) > 0 }

    /// How many there are.
    package static func count(in folder: StateFolder) throws(StoreError) -> Int {
        var count = 0
        for place in places where try HeldLock.isHeld(path(folder, place)) { count += 1 }
        return count
    }

    private static func path(_ folder: StateFolder, _ place: Int) -> String { folder.locks + "/worker-\(place).lock" }
}
