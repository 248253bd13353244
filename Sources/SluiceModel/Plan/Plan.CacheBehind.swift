extension Plan {
    /// What a look for a stage's result finds if stages that it needs are content with what another way of theirs has
    /// made before. It counts only for a plan that takes exactly these ways.
    package struct CacheBehind: Sendable, Equatable {
        /// By name: the way that each of them takes, an index into its profiles.
        package var ways: [String: Int]
        /// What is known of the stage's `if` then.
        package var condition: Condition
        /// Of the stage's first way.
        package var cache: CacheState
        /// Results that its other ways have had, by index into its profiles.
        package var others: [Int: CacheState]

        package init(
            ways: [String: Int], condition: Condition = .holds, cache: CacheState, others: [Int: CacheState] = [:]
        ) {
            self.ways = ways
            self.condition = condition
            self.cache = cache
            self.others = others
        }
    }
}
