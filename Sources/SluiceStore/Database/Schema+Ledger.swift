/// The tables of accounts and pools. An amount is two columns, whole units and billionths, so that SQLite adds it up
/// exactly.
extension Schema {
    /// What a run is charged on, as the accounts were when it was admitted.
    static let accounts = """
        CREATE TABLE run_accounts (
            run INTEGER NOT NULL REFERENCES runs (id),
            account TEXT NOT NULL,
            window TEXT NOT NULL,
            limits TEXT NOT NULL CHECK (json_valid(limits)),
            ends INTEGER NOT NULL,
            PRIMARY KEY (run, account)
        ) STRICT, WITHOUT ROWID;
        """

    /// Only added to, in the order of its times; an attempt reserves, settles and releases once; a run that ends holds
    /// nothing.
    static let ledger = """
        CREATE TABLE ledger (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            time INTEGER NOT NULL,
            account TEXT NOT NULL,
            run INTEGER NOT NULL REFERENCES runs (id),
            stage TEXT,
            attempt INTEGER,
            kind TEXT NOT NULL CHECK (kind IN ('reserve', 'settle', 'release')),
            resource TEXT NOT NULL CHECK (resource IN ('cost', 'cpu_hours', 'gpu_hours', 'memory_gib_hours', 'egress',
                'storage', 'wall')),
            whole INTEGER NOT NULL CHECK (whole >= 0),
            billionths INTEGER NOT NULL CHECK (billionths BETWEEN 0 AND 999999999),
            declared INTEGER NOT NULL CHECK (declared IN (0, 1)),
            CHECK ((stage IS NULL) = (attempt IS NULL)),
            CHECK (kind <> 'settle' OR stage IS NOT NULL),
            FOREIGN KEY (run, account) REFERENCES run_accounts (run, account)
        ) STRICT;
        CREATE UNIQUE INDEX ledger_once ON ledger (run, stage, attempt, kind, account, resource)
            WHERE stage IS NOT NULL;
        CREATE INDEX ledger_run ON ledger (run, account, resource);
        CREATE INDEX ledger_account ON ledger (account, id);
        CREATE INDEX ledger_use ON ledger (account, resource, time, run, kind, whole, billionths)
            WHERE kind = 'settle';
        CREATE TRIGGER ledger_in_order BEFORE INSERT ON ledger
            WHEN NEW.time < (SELECT time FROM ledger ORDER BY id DESC LIMIT 1)
            BEGIN SELECT RAISE(ABORT, 'the time of the ledger does not go back'); END;
        CREATE TRIGGER ledger_unchanged BEFORE UPDATE ON ledger
            BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END;
        CREATE TRIGGER ledger_kept BEFORE DELETE ON ledger
            BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END;
        CREATE TRIGGER runs_end_holding_nothing BEFORE UPDATE ON runs
            WHEN NEW.state = 'ended' AND EXISTS (
                SELECT sum(CASE kind WHEN 'reserve' THEN whole ELSE -whole END) AS units,
                    sum(CASE kind WHEN 'reserve' THEN billionths ELSE -billionths END) AS rest
                FROM ledger WHERE run = NEW.id AND kind <> 'settle' GROUP BY account, resource
                HAVING rest % 1000000000 <> 0 OR units + rest / 1000000000 <> 0)
            BEGIN SELECT RAISE(ABORT, 'a run that ends holds nothing of its accounts'); END;
        """

    /// Runs that wait for accounts, in the order of their coming, with what they ask for. `parked`: nobody drives it,
    /// a worker takes it up when there is room.
    static let waits = """
        CREATE TABLE ledger_waits (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            run INTEGER NOT NULL UNIQUE REFERENCES runs (id),
            since INTEGER NOT NULL,
            parked INTEGER NOT NULL CHECK (parked IN (0, 1)),
            asks TEXT NOT NULL CHECK (json_valid(asks))
        ) STRICT;
        """

    /// What attempts hold of a pool that several processes share; `granted = 0`: what a run waits for.
    static let grants = """
        CREATE TABLE grants (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            run INTEGER NOT NULL REFERENCES runs (id),
            stage TEXT NOT NULL,
            number INTEGER NOT NULL,
            pool TEXT NOT NULL,
            granted INTEGER NOT NULL CHECK (granted IN (0, 1)),
            request TEXT NOT NULL CHECK (json_valid(request)),
            UNIQUE (run, stage, number)
        ) STRICT;
        CREATE INDEX grants_pool ON grants (pool, run);
        """
}
