extension Schema {
    /// What an attempt's duration is compared with: the same work in the same repository, and what was expected.
    /// Attempts from before this version have none of it and are no history.
    static let estimates = """
        DROP INDEX attempts_history;
        ALTER TABLE attempts ADD COLUMN repository TEXT;
        ALTER TABLE attempts ADD COLUMN work TEXT;
        ALTER TABLE attempts ADD COLUMN data_bytes INTEGER CHECK (data_bytes >= 0);
        ALTER TABLE attempts ADD COLUMN estimate_s REAL CHECK (estimate_s >= 0);
        ALTER TABLE attempts ADD COLUMN estimate_source TEXT CHECK (estimate_source IN ('history', 'plugin',
            'declared', 'manifest', 'default'));
        ALTER TABLE attempts ADD COLUMN estimate_quantile REAL;
        CREATE INDEX attempts_history ON attempts (repository, work, profile, run) WHERE outcome = 'succeeded';
        """
}
