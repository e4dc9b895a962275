-- Who may look at the board and decide there: accounts, their sessions, and a record that only grows.
--
-- Accounts are made by `duban user` (duban_admin). The board reads them, keeps sessions, and appends to the record.
-- Sessions live by real time: a browser's eight hours are eight hours, whatever a rehearsal's clock says.
-- Runs in one transaction as the owner, under the migration lock, search_path = duban.

SET LOCAL search_path = duban, pg_temp;

-- Grows when an account or a session's end changes: what the board looks at every two seconds.
CREATE SEQUENCE account_no;

CREATE TABLE account (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name      text NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 31 AND name !~ '[[:cntrl:]]'),
    role      text NOT NULL CHECK (role IN ('viewer', 'county', 'lead', 'office', 'admin')),
    area      text, -- code; of a county's account
    unit      text, -- canonical name; of a lead's
    password  text, -- Argon2id, as libsodium writes it; null = only a proxy's word lets it in
    made_at   timestamptz NOT NULL,
    made_by   text NOT NULL,
    locked_at timestamptz,
    locked_by text,
    CHECK ((role = 'county') = (area IS NOT NULL)),
    CHECK ((role = 'lead') = (unit IS NOT NULL))
);
-- A session: of its token only the hash is kept.
CREATE TABLE session (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account    bigint NOT NULL REFERENCES account,
    token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    begun_at   timestamptz NOT NULL, -- real
    seen_at    timestamptz NOT NULL, -- real, to a minute
    ended_at   timestamptz,          -- real
    ended_why  text CHECK (ended_why IN ('logout', 'lock', 'password', 'role', 'idle', 'age'))
);
CREATE INDEX session_open ON session (account) WHERE ended_at IS NULL;

CREATE FUNCTION note_account() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = duban, pg_temp AS $$
BEGIN
    PERFORM nextval('account_no');
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION note_account() FROM PUBLIC;
CREATE TRIGGER note_account AFTER INSERT OR UPDATE ON account FOR EACH STATEMENT EXECUTE FUNCTION note_account();
CREATE TRIGGER note_account AFTER INSERT OR UPDATE OF ended_at ON session
    FOR EACH STATEMENT EXECUTE FUNCTION note_account();

-- What was tried and done: logins, refusals, actions, changes of accounts. Nobody may change or remove a row.
CREATE TABLE audit (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    stored_at timestamptz NOT NULL DEFAULT now(), -- real
    at        timestamptz NOT NULL,               -- domain time
    what      text NOT NULL CHECK (what IN ('login', 'login_refused', 'logout', 'action', 'action_refused', 'account')),
    account   text NOT NULL,                      -- its name as it was given
    peer      text NOT NULL DEFAULT '',           -- address
    verb      text NOT NULL DEFAULT '',
    subject   text NOT NULL DEFAULT '',
    outcome   text NOT NULL DEFAULT '',           -- a problem's type; of an action what was recorded, in words
    uid       uuid                                -- of the event that was recorded
);
-- Answers by their Idempotency-Key: a repeated request is told the same and does nothing.
CREATE TABLE action_answer (
    account   bigint NOT NULL, -- 0 = somebody without one, in a rehearsal
    key       text NOT NULL CHECK (length(key) <= 79),
    digest    bytea NOT NULL CHECK (length(digest) = 32), -- of verb and body
    status    integer NOT NULL,
    answer    text NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT now(), -- real
    PRIMARY KEY (account, key)
);

GRANT SELECT ON account TO duban_board;
GRANT SELECT, INSERT ON session, action_answer TO duban_board;
GRANT UPDATE (seen_at, ended_at, ended_why) ON session TO duban_board;
GRANT INSERT ON audit TO duban_board;
GRANT SELECT ON SEQUENCE account_no TO duban_board;
GRANT SELECT, INSERT ON account TO duban_admin;
GRANT UPDATE (role, area, unit, password, locked_at, locked_by) ON account TO duban_admin;
GRANT SELECT ON session, action_answer TO duban_admin;
GRANT UPDATE (ended_at, ended_why) ON session TO duban_admin;
GRANT SELECT, INSERT ON audit TO duban_admin;
