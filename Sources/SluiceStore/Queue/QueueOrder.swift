/// Whose turn it is among the queued runs (docs/adr/0011-the-order-of-the-queue.md).
///
/// - A run is ready when nothing of its group is going on and nothing older of its group is queued.
/// - Repositories take turns: the one with the fewest running runs, then the one whose last start is longest ago. So
///   no repository can fill the machine by pushing a lot, or by giving itself a high priority.
/// - Within a repository: what is trusted first, then the highest priority, then the oldest.
enum QueueOrder {
    /// The indices are named: without statistics SQLite would rather sort all that is queued.
    static let condition = """
        WHERE id = (
            WITH ready AS (
                SELECT id, repository, trusted, priority FROM runs AS next INDEXED BY runs_queue
                WHERE state = 'queued' AND (concurrency IS NULL OR NOT EXISTS (
                    SELECT 1 FROM runs AS other INDEXED BY runs_group
                    WHERE other.concurrency = next.concurrency AND other.state <> 'ended'
                        AND (other.state <> 'queued' OR other.id < next.id)))
            ), turn AS (
                SELECT repository FROM ready GROUP BY repository
                ORDER BY (SELECT count(*) FROM runs INDEXED BY runs_going
                        WHERE runs.repository = ready.repository AND state = 'running'),
                    (SELECT coalesce(max(started), 0) FROM runs WHERE runs.repository = ready.repository),
                    min(id)
                LIMIT 1
            )
            SELECT id FROM ready WHERE repository = (SELECT repository FROM turn)
            ORDER BY trusted DESC, priority DESC, id LIMIT 1)
        """
}
