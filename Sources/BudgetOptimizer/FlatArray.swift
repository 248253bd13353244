/// A fixed-size array for hot loops: no reference counting, no uniqueness checks, no growth.
///
/// Indices are checked in debug builds only, so every loop over it must be bounded by its own counts.
struct FlatArray<Element: BitwiseCopyable>: ~Copyable {
    let base: UnsafeMutablePointer<Element>
    let count: Int

    init(repeating value: Element, count: Int) {
        precondition(count >= 0, "a flat array has no negative count")
        self.count = count
        base = UnsafeMutablePointer<Element>.allocate(capacity: max(1, count))
        base.initialize(repeating: value, count: count)
    }

    init(_ elements: [Element]) {
        count = elements.count
        base = UnsafeMutablePointer<Element>.allocate(capacity: max(1, elements.count))
        for (index, element) in elements.enumerated() { (base + index).initialize(to: element) }
    }

    deinit { base.deallocate() }

    @inline(__always) subscript(index: Int) -> Element {
        get {
            assert(index >= 0 && index < count, "index within the flat array")
            return base[index]
        }
        nonmutating set {
            assert(index >= 0 && index < count, "index within the flat array")
            base[index] = newValue
        }
    }

    func fill(_ value: Element) {
        for index in 0..<count { base[index] = value }
    }

    /// Takes the elements of another array of at least this count.
    func copy(from other: borrowing FlatArray<Element>) {
        assert(other.count >= count, "a source as long as the target")
        base.update(from: other.base, count: count)
    }

    func array() -> [Element] { (0..<count).map { base[$0] } }
}
