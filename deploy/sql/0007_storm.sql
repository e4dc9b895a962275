-- A hundred thousand milestones at one midnight, again: what is asked often is narrow, and what is written often changes no
-- index.
--
-- Runs in one transaction as the owner, under the migration lock, search_path = duban.

SET LOCAL search_path = duban, pg_temp;

-- ── The due queue without what it carried along ────────────────────────────────────────────────────────────────────
-- cell_light is asked what is due at every look and holds a light; the cell as `duban status --json` prints it is many
-- times as wide, read by the board and by a claim of deliveries, and no index looks into it (json, not jsonb: it is kept, not searched).
CREATE TABLE cell_assessment (
    cell       integer PRIMARY KEY REFERENCES cell,
    assessment json NOT NULL
) WITH (fillfactor = 50);
INSERT INTO cell_assessment SELECT cell, assessment::json FROM cell_light WHERE assessment IS NOT NULL;
DROP TRIGGER note_change ON cell_light;
ALTER TABLE cell_light DROP COLUMN assessment;
CREATE TRIGGER note_change AFTER INSERT OR UPDATE OF light, state ON cell_light FOR EACH STATEMENT EXECUTE FUNCTION note_change();
ALTER TABLE cell_assessment ENABLE ROW LEVEL SECURITY;
CREATE POLICY house ON cell_assessment TO duban_aggregator, duban_alerter, duban_reader, duban_admin USING (true) WITH CHECK (true);
CREATE POLICY seen ON cell_assessment FOR SELECT TO duban_board USING ((SELECT sees_all()) OR cell IN (SELECT id FROM cell));
GRANT SELECT ON cell_assessment TO duban_alerter, duban_reader, duban_admin, duban_board;
GRANT INSERT, UPDATE ON cell_assessment TO duban_alerter;

-- ── Alerts that stand, by a column that changes once ───────────────────────────────────────────────────────────────
-- An index whose condition names a column is touched by every change of that column: `state` changes through an alert's
-- whole life, resolved_at when it ends.
UPDATE alert SET resolved_at = changed_at WHERE state = 'resolved' AND resolved_at IS NULL;
UPDATE alert SET resolved_at = NULL WHERE state <> 'resolved' AND resolved_at IS NOT NULL;
ALTER TABLE alert ADD CONSTRAINT alert_resolved CHECK ((state = 'resolved') = (resolved_at IS NOT NULL));
DROP INDEX alert_one_open_of_cell, alert_one_open, alert_stream, alert_message;
CREATE UNIQUE INDEX alert_one_open_of_cell ON alert (cell, rule, coalesce(period, '-infinity'))
    WHERE resolved_at IS NULL AND cell IS NOT NULL;
CREATE UNIQUE INDEX alert_one_open ON alert (programme, rule, coalesce(stream, 0), coalesce(period, '-infinity'),
    coalesce(file, 0), coalesce(message, 0)) WHERE resolved_at IS NULL AND cell IS NULL;
CREATE INDEX alert_stream ON alert (stream) WHERE resolved_at IS NULL AND stream IS NOT NULL;
CREATE INDEX alert_message ON alert (message) WHERE resolved_at IS NULL AND message IS NOT NULL;
-- What they name was read by the transaction that writes them, and nobody may delete it.
ALTER TABLE alert DROP CONSTRAINT alert_file_fkey, DROP CONSTRAINT alert_message_fkey, DROP CONSTRAINT alert_stream_fkey;
-- Rows are numbered before they are written, so that what hangs on them is written without asking for them again.
GRANT USAGE ON SEQUENCE alert_id_seq TO duban_alerter;
-- Kept as they were written; nothing looks into them.
ALTER TABLE alert ALTER COLUMN facts TYPE json USING facts::json;
ALTER TABLE alert_transition ALTER COLUMN facts TYPE json USING facts::json;

-- ── Notices ────────────────────────────────────────────────────────────────────────────────────────────────────────
-- The key of a notice begins with its alert's, which stands beside it: here is the rest.
UPDATE notice n SET key = substr(n.key, length(a.key) + 2) FROM alert a WHERE a.id = n.alert;

-- Alerters write transitions when there are any: what they touched need not be kept to know that.
DROP TRIGGER note_change ON alert_transition;
CREATE TRIGGER note_change AFTER INSERT ON alert_transition FOR EACH STATEMENT EXECUTE FUNCTION note_change();
