import GRDB

/// The tables. Their constraints carry the invariants; code above them may rely on what they say.
enum Schema {
    /// `PRAGMA user_version` after the last migration: one look tells whether there is anything to do.
    static let version = 4

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            for statement in [queue, journal, attempts, stages, results, deploys] {
                try database.execute(sql: statement)
            }
            try database.execute(sql: "PRAGMA user_version = 1")
        }
        migrator.registerMigration("2") { database in
            for statement in [accounts, ledger, waits, grants] { try database.execute(sql: statement) }
            try database.execute(sql: "PRAGMA user_version = 2")
        }
        migrator.registerMigration("3") { database in
            try database.execute(sql: estimates)
            try database.execute(sql: "PRAGMA user_version = 3")
        }
        migrator.registerMigration("4") { database in
            try database.execute(sql: concurrency)
            try database.execute(sql: "PRAGMA user_version = 4")
        }
        return migrator
    }

    /// An event is taken in once (its id), and makes each of its runs once (its ordinal).
    private static let queue = """
        CREATE TABLE intake (
            id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 32 AND id NOT GLOB '*[^0-9a-f]*'),
            time INTEGER NOT NULL,
            body TEXT NOT NULL CHECK (json_valid(body))
        ) STRICT;
        CREATE TABLE runs (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            intake TEXT REFERENCES intake (id),
            ordinal INTEGER,
            pipeline TEXT NOT NULL,
            path TEXT NOT NULL,
            repository TEXT NOT NULL,
            bare INTEGER NOT NULL CHECK (bare IN (0, 1)),
            oid TEXT NOT NULL CHECK (length(oid) IN (40, 64)),
            tree TEXT NOT NULL CHECK (length(tree) IN (40, 64)),
            committed INTEGER NOT NULL,
            reference BLOB,
            trusted INTEGER NOT NULL CHECK (trusted IN (0, 1)),
            worktree INTEGER NOT NULL CHECK (worktree IN (0, 1)),
            "trigger" TEXT NOT NULL CHECK ("trigger" IN ('push', 'pre-push', 'pre-receive', 'manual', 'ci')),
            previous TEXT CHECK (length(previous) IN (40, 64)),
            options TEXT NOT NULL CHECK (json_valid(options)),
            priority INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('queued', 'waiting', 'running', 'ended')),
            outcome TEXT CHECK (outcome IN ('succeeded', 'failed', 'refused', 'cancelled', 'lost')),
            degraded INTEGER NOT NULL CHECK (degraded IN (0, 1)),
            queued INTEGER NOT NULL,
            started INTEGER,
            ended INTEGER,
            cancel_requested INTEGER,
            UNIQUE (intake, ordinal),
            CHECK ((intake IS NULL) = (ordinal IS NULL)),
            CHECK ((state = 'ended') = (outcome IS NOT NULL)),
            CHECK ((state = 'ended') = (ended IS NOT NULL)),
            CHECK (state <> 'queued' OR started IS NULL),
            CHECK (state <> 'running' OR started IS NOT NULL)
        ) STRICT;
        CREATE INDEX runs_queue ON runs (priority DESC, id) WHERE state = 'queued';
        CREATE INDEX runs_state ON runs (state, outcome);
        CREATE INDEX runs_pipeline ON runs (pipeline, id);
        CREATE TRIGGER runs_end_once BEFORE UPDATE ON runs WHEN OLD.state = 'ended'
            BEGIN SELECT RAISE(ABORT, 'a run that has ended does not change'); END;
        """

    /// Numbered from 1 without holes, never changed, nothing after the end.
    private static let journal = """
        CREATE TABLE run_events (
            run INTEGER NOT NULL REFERENCES runs (id),
            seq INTEGER NOT NULL CHECK (seq >= 1),
            time INTEGER NOT NULL,
            type TEXT NOT NULL,
            stage TEXT,
            body TEXT NOT NULL CHECK (json_valid(body)),
            PRIMARY KEY (run, seq)
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER run_events_without_holes BEFORE INSERT ON run_events
            WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM run_events WHERE run = NEW.run)
            BEGIN SELECT RAISE(ABORT, 'events are numbered without holes'); END;
        CREATE TRIGGER run_events_before_end BEFORE INSERT ON run_events
            WHEN (SELECT state FROM runs WHERE id = NEW.run) = 'ended'
            BEGIN SELECT RAISE(ABORT, 'nothing happens in a run that has ended'); END;
        CREATE TRIGGER run_events_unchanged BEFORE UPDATE ON run_events
            BEGIN SELECT RAISE(ABORT, 'events are only added'); END;
        CREATE TRIGGER run_events_kept BEFORE DELETE ON run_events
            BEGIN SELECT RAISE(ABORT, 'events are only added'); END;
        """

    /// Numbered once, ended once, one at a time per stage. Wall seconds are the history for later estimates.
    private static let attempts = """
        CREATE TABLE attempts (
            run INTEGER NOT NULL REFERENCES runs (id),
            stage TEXT NOT NULL,
            number INTEGER NOT NULL CHECK (number >= 1),
            profile TEXT NOT NULL,
            executor TEXT NOT NULL,
            folder TEXT NOT NULL,
            started INTEGER NOT NULL,
            ended INTEGER,
            outcome TEXT CHECK (outcome IN ('succeeded', 'failed', 'timedOut', 'cancelled', 'overLimit', 'lost',
                'skipped', 'cached')),
            wall_s REAL CHECK (wall_s >= 0),
            cpu_s REAL CHECK (cpu_s >= 0),
            memory_peak INTEGER CHECK (memory_peak >= 0),
            PRIMARY KEY (run, stage, number),
            CHECK ((ended IS NULL) = (outcome IS NULL)),
            CHECK (ended IS NULL OR wall_s IS NOT NULL)
        ) STRICT;
        CREATE UNIQUE INDEX attempts_one_running ON attempts (run, stage) WHERE ended IS NULL;
        CREATE INDEX attempts_history ON attempts (stage, profile, run) WHERE outcome = 'succeeded';
        CREATE TRIGGER attempts_end_once BEFORE UPDATE ON attempts WHEN OLD.ended IS NOT NULL
            BEGIN SELECT RAISE(ABORT, 'an attempt ends once'); END;
        """

    /// A stage ends once in a run; its outputs by name.
    private static let stages = """
        CREATE TABLE stage_ends (
            run INTEGER NOT NULL REFERENCES runs (id),
            stage TEXT NOT NULL,
            outcome TEXT NOT NULL CHECK (outcome IN ('succeeded', 'failed', 'timedOut', 'cancelled', 'overLimit',
                'lost', 'skipped', 'cached')),
            ended INTEGER NOT NULL,
            PRIMARY KEY (run, stage)
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER stage_ends_unchanged BEFORE UPDATE ON stage_ends
            BEGIN SELECT RAISE(ABORT, 'a stage ends once'); END;
        CREATE TABLE artifacts (
            digest TEXT NOT NULL CHECK (length(digest) = 71 AND digest GLOB 'sha256:*'),
            kind TEXT NOT NULL CHECK (kind IN ('file', 'folder')),
            size INTEGER NOT NULL CHECK (size >= 0),
            PRIMARY KEY (digest, kind)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE stage_artifacts (
            run INTEGER NOT NULL,
            stage TEXT NOT NULL,
            name TEXT NOT NULL,
            type TEXT NOT NULL CHECK (type IN ('file', 'folder', 'dataset', 'model', 'report', 'metrics')),
            digest TEXT NOT NULL,
            kind TEXT NOT NULL,
            PRIMARY KEY (run, stage, name),
            FOREIGN KEY (run, stage) REFERENCES stage_ends (run, stage),
            FOREIGN KEY (digest, kind) REFERENCES artifacts (digest, kind)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX stage_artifacts_digest ON stage_artifacts (digest, kind);
        """

    /// A run that is not trusted makes no trusted entry.
    private static let results = """
        CREATE TABLE cache_entries (
            id INTEGER PRIMARY KEY,
            key TEXT NOT NULL CHECK (length(key) = 71 AND key GLOB 'sha256:*'),
            repository TEXT NOT NULL,
            pipeline TEXT NOT NULL,
            stage TEXT NOT NULL,
            reference TEXT,
            run INTEGER NOT NULL REFERENCES runs (id),
            trusted INTEGER NOT NULL CHECK (trusted IN (0, 1)),
            created INTEGER NOT NULL,
            body TEXT NOT NULL CHECK (json_valid(body)),
            UNIQUE (run, stage)
        ) STRICT;
        CREATE INDEX cache_entries_key ON cache_entries (key, id);
        CREATE INDEX cache_entries_stage ON cache_entries (stage, pipeline, repository, id);
        CREATE TRIGGER cache_entries_trust BEFORE INSERT ON cache_entries
            WHEN NEW.trusted = 1 AND (SELECT trusted FROM runs WHERE id = NEW.run) = 0
            BEGIN SELECT RAISE(ABORT, 'a run that is not trusted makes no trusted entry'); END;
        """

    private static let deploys = """
        CREATE TABLE deploys (
            id INTEGER PRIMARY KEY,
            key TEXT NOT NULL CHECK (length(key) = 71 AND key GLOB 'sha256:*'),
            repository TEXT NOT NULL,
            pipeline TEXT NOT NULL,
            stage TEXT NOT NULL,
            reference TEXT,
            run INTEGER NOT NULL REFERENCES runs (id),
            time INTEGER NOT NULL,
            body TEXT NOT NULL CHECK (json_valid(body)),
            UNIQUE (run, stage)
        ) STRICT;
        CREATE INDEX deploys_stage ON deploys (stage, pipeline, repository, reference, id);
        """
}
