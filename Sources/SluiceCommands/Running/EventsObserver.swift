import SluiceEngine
import SluiceModel
import SluiceReport

/// Prints every recorded event as one line of JSON on stdout: `sluice run --events -`.
struct EventsObserver: RunObserver {
    func recorded(_ event: RunEvent) { Console.answer(JSONText.encode(event)) }
    func attempt(_ stage: String, number: Int, said event: AttemptEvent) {}
}
