import CTickBits

/// What is free at every tick of up to four small capacities, one word a tick, for a search without branches.
///
/// Mispredicted branches are most of the cost of finding a place for an activity: its scan ends after a few ticks, each
/// time at another one. So 32 ticks are compared at once, and shifted ands of the bits (a run of n open ticks is two
/// overlapping runs of about half of n) leave a bit for every start that fits. All reads and writes are whole aligned
/// blocks of four ticks: a read that spans two writes in flight would wait for both.
struct TickProfile: ~Copyable {
    private static let laneBits = 8
    private static let lanes = 4
    /// Modes of at most so many ticks are taken out with one fixed number of blocks, whatever their place in a block.
    private static let shortest = 13
    /// Amounts of a mode: three ticks of nothing, its ticks, and nothing up to a whole number of blocks.
    private static let rowLength = 20
    /// Ticks that may be compared or written behind the last one.
    private static let margin = 64

    private let base: UnsafeMutablePointer<UInt32>
    private let full: UInt32
    private let guards: UInt32
    private let need: FlatArray<UInt32>
    private let rows: FlatArray<UInt32>

    static func isEnough(for capacities: [Int]) -> Bool {
        capacities.count <= lanes && capacities.allSatisfy { $0 < 1 << (laneBits - 1) }
    }

    /// For times before `horizon` and modes whose requests fit the capacities.
    init(_ capacities: [Int] = [], modes: [ProjectProblem.Mode] = [], horizon: Int = 0) {
        guards = 0x8080_8080
        full = guards | Self.pack(capacities)
        base = Self.aligned(count: horizon + Self.margin)
        base.initialize(repeating: full, count: horizon + Self.margin)
        need = FlatArray(modes.map { Self.pack($0.renewable) })
        rows = FlatArray(repeating: 0, count: modes.count * Self.rowLength)
        for (index, mode) in modes.enumerated() {
            for tick in 0..<min(Self.shortest, mode.duration) {
                rows[index * Self.rowLength + 3 + tick] = need[index]
            }
        }
    }

    deinit { UnsafeMutableRawPointer(base).deallocate() }

    private static func aligned(count: Int) -> UnsafeMutablePointer<UInt32> {
        UnsafeMutableRawPointer.allocate(byteCount: count * MemoryLayout<UInt32>.stride, alignment: 16)
            .bindMemory(to: UInt32.self, capacity: count)
    }

    private static func pack(_ amounts: [Int]) -> UInt32 {
        amounts.enumerated().reduce(0) { $0 | UInt32($1.element) << UInt32($1.offset * laneBits) }
    }

    /// Frees the ticks before `end`.
    @inline(__always) func reset(upTo end: Int) { base.update(repeating: full, count: end) }

    /// The first start at or after `earliest` where the mode fits for its `length` ticks, one at least.
    @inline(__always) func fit(_ mode: Int, _ earliest: Int, _ length: Int) -> Int {
        length <= Self.shortest ? fitShort(mode, earliest, length) : fitLong(mode, earliest, length)
    }

    @inline(__always) private func fitShort(_ mode: Int, _ earliest: Int, _ length: Int) -> Int {
        let need = need.base[mode]
        var start = earliest
        while true {
            let offset = start & 3
            var open = UInt64(sluice_fits32(base + (start &- offset), need, guards)) &>> UInt64(offset)
            var run = 1
            // Four doublings are runs of up to 16.
            for _ in 0..<4 {
                let step = min(run, length &- run)
                open &= open &>> UInt64(truncatingIfNeeded: step)
                run &+= step
            }
            if open != 0 { return start &+ open.trailingZeroBitCount }
            start &+= 33 &- offset &- length
        }
    }

    private func fitLong(_ mode: Int, _ earliest: Int, _ length: Int) -> Int {
        let need = need.base[mode]
        var start = earliest
        var checked = start
        search: while true {
            var tick = start + length - 1
            while tick >= checked {
                if (base[tick] &- need) & guards != guards {
                    checked = start + length
                    start = tick + 1
                    continue search
                }
                tick -= 1
            }
            return start
        }
    }

    @inline(__always) func take(_ mode: Int, at start: Int, _ length: Int) {
        if length <= Self.shortest {
            let offset = start & 3
            sluice_take16(base + (start &- offset), rows.base + (mode &* Self.rowLength &+ 3 &- offset))
        } else {
            for tick in start..<start + length { base[tick] &-= need.base[mode] }
        }
    }

    @inline(__always) func giveBack(_ mode: Int, at start: Int, _ length: Int) {
        for tick in start..<start + length { base[tick] &+= need.base[mode] }
    }
}
