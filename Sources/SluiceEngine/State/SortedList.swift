/// Elements in order, the smallest taken in constant time; insertion is a binary search and a move of memory.
struct SortedList<Element: Comparable & Sendable>: Sendable {
    /// The largest first.
    private var descending: [Element] = []

    var first: Element? { descending.last }
    var isEmpty: Bool { descending.isEmpty }
    var count: Int { descending.count }

    /// The element at a place counted from the smallest; nil behind the last.
    subscript(place: Int) -> Element? {
        place < descending.count ? descending[descending.count - 1 - place] : nil
    }

    mutating func insert(_ element: Element) { descending.insert(element, at: position(of: element)) }

    mutating func popFirst() -> Element? { descending.popLast() }

    mutating func remove(at place: Int) { descending.remove(at: descending.count - 1 - place) }

    /// Takes everything, in order.
    mutating func takeAll() -> [Element] {
        defer { descending = [] }
        return descending.reversed()
    }

    /// Where everything larger ends.
    private func position(of element: Element) -> Int {
        var (low, high) = (0, descending.count)
        while low < high {
            let middle = (low + high) / 2
            if descending[middle] > element { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
