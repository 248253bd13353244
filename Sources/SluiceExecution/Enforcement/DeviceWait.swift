import Glibc
import SluiceModel

/// Gets an attempt its GPUs. The gate counts them, so that it waits only for attempts of other processes.
struct DeviceWait {
    private static let pause: useconds_t = 100_000

    let devices: GPUDevices
    let cancellation: Cancellation
    let observe: @Sendable (AttemptEvent) -> Void

    /// Why an attempt got none: how it ends.
    struct Refusal: Error {
        var result: AttemptResult
    }

    /// Blocks until they are free.
    func hold(_ count: Int64) -> Result<GPUDevices.Hold, Refusal> {
        guard count <= devices.names.count else { return .failure(tooFew(count)) }
        var isTold = false
        while true {
            if let hold = devices.hold(Int(max(0, count))) { return .success(hold) }
            if let reason = cancellation.state.reason { return .failure(Refusal(result: .stopped(reason))) }
            if !isTold { observe(.log(stream: .log, text: "waits for a GPU that another process uses")) }
            isTold = true
            usleep(Self.pause)
        }
    }

    private func tooFew(_ count: Int64) -> Refusal {
        let error = AttemptError(
            errorClass: .config, code: "executor.no_gpu",
            message: "\(count) GPUs are granted, and there are \(devices.names.count) for this process",
            hint: "compare CUDA_VISIBLE_DEVICES of the runner with `gpus` of the operator's capacity")
        return Refusal(result: AttemptResult(outcome: .failed, error: error))
    }
}
