-- The walls of the database: who may write what, where a figure lives, what waits for assessment, what was sent.
--
-- Times named *_at are domain time (the clock that decides what a report says) unless the comment says "real".
-- Events are rows; they are the figure history; nobody may update or delete them.
-- Runs in one transaction as the owner of the database, under the migration lock, search_path = duban.

CREATE SCHEMA IF NOT EXISTS duban;
SET LOCAL search_path = duban, pg_temp;

-- ── Roles ──────────────────────────────────────────────────────────────────────────────────────────────────────────
-- They belong to the cluster, so a second database finds them there. LOGIN without a password: peer or the operator's.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['duban_aggregator', 'duban_alerter', 'duban_reader', 'duban_admin'] LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
                EXECUTE format('CREATE ROLE %I LOGIN', name);
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL; -- another database of the cluster was migrated at the same moment
        END;
        EXECUTE format('ALTER ROLE %I IN DATABASE %I SET search_path = duban, pg_temp', name, current_database());
    END LOOP;
END
$$;

-- ── Installation ───────────────────────────────────────────────────────────────────────────────────────────────────
CREATE TABLE installation (
    only_row  boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    kind      text NOT NULL CHECK (kind IN ('rehearsal', 'real')), -- a process with the other clock refuses to start
    made_at   timestamptz NOT NULL DEFAULT now()                   -- real
);

-- ── Programmes, plans, registries ──────────────────────────────────────────────────────────────────────────────────
CREATE TABLE programme (
    id    smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code  text NOT NULL UNIQUE CHECK (code ~ '^[a-z0-9-]{1,32}$'),
    title text NOT NULL,
    trial boolean NOT NULL DEFAULT true -- 试运行: everything is computed, nothing leaves the office
);

-- A load is numbered and hashed; the texts it was read from are kept whole, so the same reader reads them again.
CREATE TABLE plan_version (
    programme smallint NOT NULL REFERENCES programme,
    version   integer NOT NULL,
    hash      bytea NOT NULL CHECK (length(hash) = 32),
    loaded_at timestamptz NOT NULL,
    loaded_by text NOT NULL,
    document  text, -- of a revision
    PRIMARY KEY (programme, version)
);
CREATE TABLE plan_text (
    programme smallint NOT NULL,
    version   integer NOT NULL,
    ordinal   smallint NOT NULL,
    role      text NOT NULL CHECK (role IN ('plan', 'allocation', 'nodes', 'denominators', 'openings', 'contacts', 'calendar', 'rules')),
    name      text NOT NULL,
    content   bytea NOT NULL,
    PRIMARY KEY (programme, version, ordinal),
    FOREIGN KEY (programme, version) REFERENCES plan_version
);

-- Registry ids stand for codes in events. A row is never removed: old events point to it.
CREATE TABLE area (
    id   integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code text NOT NULL UNIQUE
);
CREATE TABLE target (
    id        integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    programme smallint NOT NULL REFERENCES programme,
    code      text NOT NULL, -- a target "T06.1" or a task "T07" (for words)
    UNIQUE (programme, code)
);

-- ── Streams and keys ───────────────────────────────────────────────────────────────────────────────────────────────
CREATE TABLE stream (
    id        integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name      text NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9-]{1,32}$'),
    programme smallint NOT NULL REFERENCES programme,
    unit      text NOT NULL,                  -- who speaks
    role      text NOT NULL CHECK (role IN ('county', 'department', 'office')),
    areas     text[],                         -- scope; NULL = all
    tasks     text[],                         -- scope; NULL = all
    made_at   timestamptz NOT NULL
);
-- One life of a spool. Position and head change only together with events, in their transaction.
CREATE TABLE log (
    id            integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    stream        integer NOT NULL REFERENCES stream,
    epoch         bytea NOT NULL CHECK (length(epoch) = 16),
    first_hash    bytea NOT NULL CHECK (length(first_hash) = 32), -- h(0)
    gen           bigint NOT NULL,
    committed_seq bigint NOT NULL DEFAULT 0,
    head_hash     bytea NOT NULL CHECK (length(head_hash) = 32),
    current       boolean NOT NULL DEFAULT true,
    opened_at     timestamptz NOT NULL,
    UNIQUE (stream, epoch)
) WITH (fillfactor = 50);
CREATE UNIQUE INDEX log_current ON log (stream) WHERE current;
-- `duban stream reopen`: lets one new epoch in, once.
CREATE TABLE stream_reopen (
    stream    integer NOT NULL REFERENCES stream,
    asked_at  timestamptz NOT NULL,
    asked_by  text NOT NULL,
    reason    text NOT NULL,
    used_log  integer REFERENCES log
);
CREATE UNIQUE INDEX stream_reopen_waiting ON stream_reopen (stream) WHERE used_log IS NULL;

CREATE TABLE key (
    pubkey     text PRIMARY KEY CHECK (length(pubkey) = 40), -- Z85
    label      text NOT NULL,
    allowed_at timestamptz NOT NULL,
    allowed_by text NOT NULL,
    revoked_at timestamptz,
    revoked_by text
);
CREATE TABLE key_stream (
    pubkey text NOT NULL REFERENCES key,
    stream integer NOT NULL REFERENCES stream,
    PRIMARY KEY (pubkey, stream)
);

-- What the agent last said of itself. previous_at: its STATUS of an earlier instant, kept by the trigger; whether the one
-- of the present step has arrived yet must not decide who is called silent.
CREATE TABLE stream_status (
    stream         integer PRIMARY KEY REFERENCES stream,
    status_at      timestamptz,
    previous_at    timestamptz,
    last_seq       bigint,
    depth          bigint,
    oldest_age_ms  bigint,
    disk_free      bigint,
    clock_skew_ms  bigint,
    software       text
) WITH (fillfactor = 50);

CREATE FUNCTION keep_previous_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.previous_at := CASE WHEN NEW.status_at > OLD.status_at THEN OLD.status_at ELSE OLD.previous_at END;
    RETURN NEW;
END
$$;
CREATE TRIGGER keep_previous BEFORE UPDATE ON stream_status FOR EACH ROW EXECUTE FUNCTION keep_previous_status();

-- ── Events ─────────────────────────────────────────────────────────────────────────────────────────────────────────
-- Every field of the canonical bytes has its column, so that the chain is recomputable from here alone.
CREATE TABLE event (
    log             integer NOT NULL,
    seq             bigint NOT NULL,
    known_at        timestamptz NOT NULL,
    stored_at       timestamptz NOT NULL DEFAULT now(), -- real
    kind            integer NOT NULL,
    uid             uuid NOT NULL,
    target          integer,
    area            integer,
    as_of           date,
    value           numeric, -- figure; the numerator when denominator is not null
    denominator     numeric,
    done            boolean,
    reported_at     timestamptz NOT NULL,
    reporter        text,
    source_file     text,
    source_hash     bytea,  -- not null = the event names a source
    source_place    text,
    source_raw      text,
    source_document text,
    replaces        uuid,
    reason          text,
    note            text,
    blocked_by      text,
    doubts          bytea,  -- msgpack, as it travelled; null = none
    more            bytea   -- msgpack, as it travelled; null = nil
) PARTITION BY RANGE (known_at);
CREATE INDEX event_cell ON event (area, target);
CREATE INDEX event_known ON event USING brin (known_at);
CREATE TABLE event_default PARTITION OF event DEFAULT;

-- The month's partition, made before its first event. Called by the aggregator, once a month.
CREATE FUNCTION ensure_event_partition(at timestamptz) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = duban, pg_temp AS $$
DECLARE
    first date := date_trunc('month', at AT TIME ZONE 'UTC')::date;
    part  text := 'event_' || to_char(first, 'YYYYMM');
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('duban event partition')); -- two aggregators, one month
    IF to_regclass('duban.' || part) IS NULL THEN
        EXECUTE format('CREATE TABLE %I PARTITION OF event FOR VALUES FROM (%L) TO (%L)', part,
                       first::text || ' 00:00:00+00', (first + interval '1 month')::date::text || ' 00:00:00+00');
        EXECUTE format('GRANT SELECT, INSERT ON %I TO duban_aggregator', part);
    END IF;
    RETURN part;
END
$$;

-- Finds an event by (log, seq) and keeps the chain's heads.
CREATE TABLE batch (
    log       integer NOT NULL REFERENCES log,
    first_seq bigint NOT NULL,
    last_seq  bigint NOT NULL,
    layout    smallint NOT NULL,
    known_at  timestamptz NOT NULL,
    head      bytea NOT NULL CHECK (length(head) = 32)
);
CREATE INDEX batch_position ON batch (log, first_seq);

-- An event that could not take effect: its bytes whole, its sequence consumed, its place in the chain kept.
CREATE TABLE quarantine (
    log       integer NOT NULL REFERENCES log,
    seq       bigint NOT NULL,
    known_at  timestamptz NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT now(), -- real
    code      text NOT NULL,
    field     text,
    hint      text,
    raw       bytea NOT NULL
);
CREATE INDEX quarantine_position ON quarantine (log, seq);

-- One file as the agent took it; a projection of receipt events, written with them.
CREATE TABLE file_receipt (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- "F1187"
    log         integer NOT NULL REFERENCES log,
    seq         bigint NOT NULL,
    stream      integer NOT NULL REFERENCES stream,
    known_at    timestamptz NOT NULL,
    reported_at timestamptz NOT NULL,
    file        text NOT NULL,
    hash        bytea,
    feed        text,
    period      text,
    taken       integer NOT NULL,
    unchanged   integer NOT NULL,
    held        integer NOT NULL,
    refused     integer NOT NULL,
    refusals    jsonb NOT NULL -- [[place, code, text], …], the first ten
);
CREATE INDEX file_receipt_stream ON file_receipt (stream, id);

-- ── Cells ──────────────────────────────────────────────────────────────────────────────────────────────────────────
-- Made at plan load. `retired`: the newest plan has no such cell; its history stays.
CREATE TABLE cell (
    id        integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    programme smallint NOT NULL REFERENCES programme,
    target    integer NOT NULL REFERENCES target,
    area      integer NOT NULL REFERENCES area,
    rollup    boolean NOT NULL,
    retired   boolean NOT NULL DEFAULT false,
    UNIQUE (target, area)
);
-- The newest committed event of a cell; written by the aggregator alone, in the events' transaction.
CREATE TABLE cell_current (
    cell        integer PRIMARY KEY REFERENCES cell,
    known_at    timestamptz,
    as_of       date,
    value       numeric,
    denominator numeric,
    done        boolean,
    log         integer,
    seq         bigint
) WITH (fillfactor = 70);
-- What the alerter last said of a cell, and when it must look again; written by the alerter alone.
CREATE TABLE cell_light (
    cell          integer PRIMARY KEY REFERENCES cell,
    next_check_at timestamptz,          -- NULL = nothing can change without an event
    assessed_at   timestamptz,
    plan_version  integer,
    rules_version text,
    state         text,
    light         text,
    proposed      text,
    light_since   date,
    rule          text,
    deviation_tenths integer,
    why           text,
    assessment    jsonb                 -- the cell as `duban status --json` prints it
) WITH (fillfactor = 70);
CREATE INDEX cell_light_due ON cell_light (next_check_at) WHERE next_check_at IS NOT NULL;

-- What a commit touched; appended by the aggregator, consumed by the alerter.
CREATE TABLE wake (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    cell       integer,
    stream     integer, -- a receipt or a silence to look at
    not_before timestamptz NOT NULL,
    CHECK ((cell IS NULL) <> (stream IS NULL))
);

-- The due queue's other subjects: streams whose silence becomes news, programmes whose morning comes.
CREATE TABLE stream_due (
    stream        integer PRIMARY KEY REFERENCES stream,
    next_check_at timestamptz
);

-- ── Alerts and what leaves the house ───────────────────────────────────────────────────────────────────────────────
CREATE TABLE alert (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    programme     smallint NOT NULL REFERENCES programme,
    key           text NOT NULL UNIQUE, -- from rule, subject, opening event; never a sequence
    rule          text NOT NULL,        -- due_soon slipping review overdue fell_back missing offline rejected …
    cell          integer REFERENCES cell,
    stream        integer REFERENCES stream,
    period        date,                 -- first day, for a unit's period
    file          bigint REFERENCES file_receipt,
    state         text NOT NULL CHECK (state IN ('open', 'promised', 'suppressed', 'resolved')),
    cause         text NOT NULL,        -- of the present state
    step          text NOT NULL DEFAULT 'first', -- first, reminded, urged …
    opened_at     timestamptz NOT NULL,
    changed_at    timestamptz NOT NULL,
    resolved_at   timestamptz,
    rules_version text NOT NULL,
    back_filled   boolean NOT NULL DEFAULT false, -- 补录: about a date before the plan was loaded
    facts         jsonb NOT NULL        -- figures as they stood when it opened
);
CREATE UNIQUE INDEX alert_one_open ON alert (rule, coalesce(cell, 0), coalesce(stream, 0), coalesce(period, '-infinity'), coalesce(file, 0))
    WHERE state <> 'resolved';
CREATE INDEX alert_cell ON alert (cell) WHERE state <> 'resolved';
CREATE INDEX alert_stream ON alert (stream) WHERE state <> 'resolved';

CREATE TABLE alert_transition (
    alert         bigint NOT NULL REFERENCES alert,
    at            timestamptz NOT NULL,
    stored_at     timestamptz NOT NULL DEFAULT now(), -- real
    from_state    text,
    to_state      text NOT NULL,
    step          text NOT NULL,
    cause         text NOT NULL,
    rules_version text NOT NULL,
    facts         jsonb NOT NULL
);
CREATE INDEX alert_transition_alert ON alert_transition (alert, at);

-- What is to be said to whom, before it is put into a message at its window.
CREATE TABLE notice (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    programme  smallint NOT NULL REFERENCES programme,
    key        text NOT NULL UNIQUE,    -- alert key, step, recipient
    alert      bigint NOT NULL REFERENCES alert,
    step       text NOT NULL,
    recipient  text NOT NULL,           -- "office" "area:510823" "it:510823" "unit:市交通运输局"
    unroutable boolean NOT NULL DEFAULT false, -- meant for another who cannot be reached
    meant_for  text,
    not_before timestamptz NOT NULL,
    state      text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'held', 'rendered', 'dropped')),
    cause      text,                    -- why it was dropped or held
    message    bigint,
    item       smallint
);
CREATE INDEX notice_due ON notice (not_before) WHERE state = 'waiting';
CREATE INDEX notice_alert ON notice (alert);

CREATE TABLE message (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    programme   smallint NOT NULL REFERENCES programme,
    number      text NOT NULL,          -- "D21-1108-05", given when it is rendered, in order of recipient
    recipient   text NOT NULL,
    window_at   timestamptz NOT NULL,
    rendered_at timestamptz NOT NULL,
    key         text NOT NULL UNIQUE,   -- idempotency key: recipient and its notices' keys
    first_line  text NOT NULL,
    body        text NOT NULL,          -- the whole text, first line included
    facts       jsonb NOT NULL,         -- the items, for structured channels
    UNIQUE (programme, number)
);
ALTER TABLE notice ADD FOREIGN KEY (message) REFERENCES message;

CREATE TABLE delivery (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message      bigint NOT NULL REFERENCES message,
    channel      text NOT NULL,         -- log webhook email
    address      text NOT NULL,
    state        text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'leased', 'delivered', 'failed', 'trial')),
    attempts     integer NOT NULL DEFAULT 0,
    next_try_at  timestamptz NOT NULL DEFAULT now(), -- real
    lease_until  timestamptz,                        -- real
    lease_epoch  bigint NOT NULL DEFAULT 0,
    delivered_at timestamptz,                        -- real
    last_answer  text
);
CREATE INDEX delivery_due ON delivery (next_try_at) WHERE state IN ('waiting', 'leased');

-- ── Rights ─────────────────────────────────────────────────────────────────────────────────────────────────────────
GRANT USAGE ON SCHEMA duban TO duban_aggregator, duban_alerter, duban_reader, duban_admin;
GRANT SELECT ON ALL TABLES IN SCHEMA duban TO duban_aggregator, duban_alerter, duban_reader, duban_admin;
REVOKE EXECUTE ON FUNCTION ensure_event_partition(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ensure_event_partition(timestamptz) TO duban_aggregator;

GRANT INSERT ON event, event_default, batch, quarantine, file_receipt, wake, log TO duban_aggregator;
GRANT UPDATE (gen, committed_seq, head_hash, current) ON log TO duban_aggregator;
GRANT UPDATE (used_log) ON stream_reopen TO duban_aggregator;
GRANT INSERT, UPDATE ON stream_status TO duban_aggregator;
GRANT UPDATE ON cell_current TO duban_aggregator;

GRANT UPDATE ON cell_light, stream_due TO duban_alerter;
GRANT INSERT ON stream_due TO duban_alerter;
GRANT DELETE ON wake TO duban_alerter;
GRANT UPDATE ON wake TO duban_alerter; -- FOR UPDATE SKIP LOCKED needs it
GRANT INSERT, UPDATE ON alert, notice, message, delivery TO duban_alerter;
GRANT INSERT ON alert_transition TO duban_alerter;

GRANT INSERT ON programme, plan_version, plan_text, area, target, stream, stream_reopen, key, key_stream, cell, cell_current,
    cell_light, stream_status, stream_due, wake TO duban_admin;
GRANT UPDATE (title, trial) ON programme TO duban_admin;
GRANT UPDATE (rollup, retired) ON cell TO duban_admin;
GRANT UPDATE (next_check_at) ON cell_light, stream_due TO duban_admin;
GRANT UPDATE (revoked_at, revoked_by, label) ON key TO duban_admin;
GRANT UPDATE (unit, areas, tasks) ON stream TO duban_admin;
GRANT DELETE ON key_stream TO duban_admin;
GRANT UPDATE (state, cause) ON notice TO duban_admin; -- hold and release by the office
