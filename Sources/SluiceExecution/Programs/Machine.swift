import CSluiceProcess
import Glibc
import SluiceModel

/// What this machine has: the local pool where the operator says nothing.
package enum Machine {
    /// Cores that this process may run on, and physical memory; GPUs are those that attempts may be given.
    package static func pool() -> ResourceRequest {
        ResourceRequest(
            cpus: Amount(Int64(sluice_usable_cpus())), memory: memory(), gpus: Int64(devices().count), custom: [:])
    }

    private static func memory() -> Int64 {
        Int64(sysconf(Int32(_SC_PHYS_PAGES))) * Int64(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// The device files that NVIDIA's driver makes.
    static func gpus() -> [Int] {
        (0..<64).prefix { access("/dev/nvidia\($0)", F_OK) == 0 }
    }
}
