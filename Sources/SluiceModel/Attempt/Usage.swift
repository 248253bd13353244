/// What an attempt used, measured. What nobody measured is nil, never a guess.
package struct Usage: Sendable, Codable, Equatable {
    /// Seconds.
    package var wall: Double
    /// Seconds of user and system time of the program and all its descendants.
    package var cpu: Double
    /// Bytes of all its processes together; of the largest single process where nothing better can be had.
    package var memoryPeak: Int64
    /// Bytes that it sent to disks.
    package var written: Int64?
    /// Bytes of disk that its folders needed beyond what was given to it, at their largest seen.
    package var diskPeak: Int64?
    /// Bytes of the artifacts that it left in the store.
    package var stored: Int64?
    /// Seconds in which its devices were busy, summed over them.
    package var gpu: Double?
    /// Bytes of memory of its devices together.
    package var gpuMemoryPeak: Int64?
    /// Seconds for which its executor let it wait before it started; not part of `wall`.
    package var queued: Double?
    /// What could not be measured and is the declared value: names of budget resources.
    package var declared: [String]

    package init(
        wall: Double = 0, cpu: Double = 0, memoryPeak: Int64 = 0, written: Int64? = nil, diskPeak: Int64? = nil,
        stored: Int64? = nil, gpu: Double? = nil, gpuMemoryPeak: Int64? = nil, queued: Double? = nil,
        declared: [String] = []
    ) {
        self.wall = wall
        self.cpu = cpu
        self.memoryPeak = memoryPeak
        self.written = written
        self.diskPeak = diskPeak
        self.stored = stored
        self.gpu = gpu
        self.gpuMemoryPeak = gpuMemoryPeak
        self.queued = queued
        self.declared = declared
    }

    private enum CodingKeys: String, CodingKey {
        case wall = "wall_s"
        case cpu = "cpu_s"
        case memoryPeak = "memory_peak"
        case written = "written_bytes"
        case diskPeak = "disk_peak"
        case stored = "stored_bytes"
        case gpu = "gpu_s"
        case gpuMemoryPeak = "gpu_memory_peak"
        case queued = "queued_s"
        case declared
    }
}
