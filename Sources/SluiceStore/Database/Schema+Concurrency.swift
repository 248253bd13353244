extension Schema {
    /// Which runs exclude each other, who asked a run to end, and whose turn it is.
    static let concurrency = """
        ALTER TABLE runs ADD COLUMN concurrency TEXT;
        ALTER TABLE runs ADD COLUMN superseded_by INTEGER REFERENCES runs (id);
        ALTER TABLE runs ADD COLUMN cancel_now INTEGER NOT NULL DEFAULT 0 CHECK (cancel_now IN (0, 1));
        CREATE INDEX runs_group ON runs (concurrency, id) WHERE state <> 'ended';
        CREATE INDEX runs_superseded ON runs (superseded_by) WHERE superseded_by IS NOT NULL;
        CREATE INDEX runs_going ON runs (repository) WHERE state = 'running';
        CREATE INDEX runs_turn ON runs (repository, started);
        """
}
