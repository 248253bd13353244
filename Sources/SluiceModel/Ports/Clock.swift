/// Time, as the engine sees it.
package protocol Clock: Sendable {
    func now() -> Timestamp
}
