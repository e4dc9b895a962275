-- What the board's role may read, row by row: all of it for the office's documents, a county's own rows, those of the tasks
-- a unit leads, nothing where nobody said for whom it reads. The board filters in its own code, too; this is the second
-- lock on the same door.
--
-- duban.scope: 'office' 'viewer' 'area:510823' 'unit:市住建局', as services/board/scope.c writes it; duban.tasks: 'T06,T08',
-- the tasks of that unit by the plan in force. Every other role goes on as before.
-- Runs in one transaction as the owner, under the migration lock, search_path = duban.

SET LOCAL search_path = duban, pg_temp;

CREATE FUNCTION sees_all() RETURNS boolean LANGUAGE sql STABLE SET search_path = duban, pg_temp AS $$
    SELECT coalesce(current_setting('duban.scope', true), '') IN ('office', 'viewer')
$$;
CREATE FUNCTION sees_area(code text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT current_setting('duban.scope', true) = 'area:' || code
$$;
CREATE FUNCTION sees_task(code text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT current_setting('duban.scope', true) LIKE 'unit:_%'
       AND split_part(code, '.', 1) = ANY (string_to_array(current_setting('duban.tasks', true), ','))
$$;
CREATE FUNCTION sees_stream(unit text, areas text[]) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT current_setting('duban.scope', true) = 'unit:' || unit
        OR (cardinality(areas) = 1 AND current_setting('duban.scope', true) = 'area:' || areas[1])
$$;
CREATE FUNCTION sees_recipient(recipient text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT current_setting('duban.scope', true) = CASE WHEN recipient LIKE 'it:%' THEN 'area:' || substr(recipient, 4) ELSE recipient END
$$;

-- Everybody of the house as before: a policy that is always true costs a plan nothing.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['stream', 'log', 'stream_status', 'stream_due', 'event', 'cell', 'cell_current', 'cell_light', 'alert',
                                'alert_transition', 'notice', 'message', 'message_notice', 'delivery', 'delivery_attempt', 'reply', 'reply_alert']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY house ON %I TO duban_aggregator, duban_alerter, duban_reader, duban_admin USING (true) WITH CHECK (true)', name);
    END LOOP;
END
$$;

-- Subqueries read through the policies of their own tables: what hangs on a cell, an alert or a stream is seen with it.
CREATE POLICY seen ON stream FOR SELECT TO duban_board USING ((SELECT sees_all()) OR sees_stream(unit, areas));
CREATE POLICY seen ON log FOR SELECT TO duban_board USING ((SELECT sees_all()) OR stream IN (SELECT id FROM stream));
CREATE POLICY seen ON stream_status FOR SELECT TO duban_board USING ((SELECT sees_all()) OR stream IN (SELECT id FROM stream));
CREATE POLICY seen ON stream_due FOR SELECT TO duban_board USING ((SELECT sees_all()) OR stream IN (SELECT id FROM stream));
CREATE POLICY seen ON event FOR SELECT TO duban_board USING (
    (SELECT sees_all()) OR area IN (SELECT id FROM area WHERE sees_area(code))
    OR target IN (SELECT id FROM target WHERE sees_task(code)) OR log IN (SELECT id FROM log));
CREATE POLICY seen ON cell FOR SELECT TO duban_board USING (
    (SELECT sees_all()) OR area IN (SELECT id FROM area WHERE sees_area(code))
    OR target IN (SELECT id FROM target WHERE sees_task(code)));
CREATE POLICY seen ON cell_current FOR SELECT TO duban_board USING ((SELECT sees_all()) OR cell IN (SELECT id FROM cell));
CREATE POLICY seen ON cell_light FOR SELECT TO duban_board USING ((SELECT sees_all()) OR cell IN (SELECT id FROM cell));
-- A red that waits for release is the office's alone.
CREATE POLICY seen ON alert FOR SELECT TO duban_board USING (
    current_setting('duban.scope', true) = 'office'
    OR (rule <> 'review' AND ((SELECT sees_all()) OR cell IN (SELECT id FROM cell) OR stream IN (SELECT id FROM stream))));
CREATE POLICY seen ON alert_transition FOR SELECT TO duban_board USING ((SELECT sees_all()) OR alert IN (SELECT id FROM alert));
CREATE POLICY seen ON notice FOR SELECT TO duban_board USING (
    (SELECT sees_all()) OR (sees_recipient(recipient) AND alert IN (SELECT id FROM alert)));
CREATE POLICY seen ON message FOR SELECT TO duban_board USING ((SELECT sees_all()) OR sees_recipient(recipient));
CREATE POLICY seen ON message_notice FOR SELECT TO duban_board USING ((SELECT sees_all()) OR message IN (SELECT id FROM message));
CREATE POLICY seen ON delivery FOR SELECT TO duban_board USING ((SELECT sees_all()) OR message IN (SELECT id FROM message));
CREATE POLICY seen ON delivery_attempt FOR SELECT TO duban_board USING (
    (SELECT sees_all()) OR delivery IN (SELECT id FROM delivery));
CREATE POLICY seen ON reply_alert FOR SELECT TO duban_board USING ((SELECT sees_all()) OR alert IN (SELECT id FROM alert));
CREATE POLICY seen ON reply FOR SELECT TO duban_board USING (
    (SELECT sees_all()) OR id IN (SELECT r.reply FROM reply_alert r) OR log IN (SELECT id FROM log));

-- COPY does not go into a table with policies, and these two are filled by COPY: the board reads them through views of the
-- same names, in a schema that comes first in its search path.
CREATE SCHEMA duban_seen;
GRANT USAGE ON SCHEMA duban_seen TO duban_board;
CREATE VIEW duban_seen.file_receipt WITH (security_barrier) AS
    SELECT f.* FROM duban.file_receipt f
     WHERE (SELECT duban.sees_all())
        OR f.stream IN (SELECT s.id FROM duban.stream s WHERE duban.sees_stream(s.unit, s.areas));
CREATE VIEW duban_seen.quarantine WITH (security_barrier) AS
    SELECT q.* FROM duban.quarantine q
     WHERE (SELECT duban.sees_all())
        OR q.log IN (SELECT l.id FROM duban.log l JOIN duban.stream s ON s.id = l.stream WHERE duban.sees_stream(s.unit, s.areas));
GRANT SELECT ON duban_seen.file_receipt, duban_seen.quarantine TO duban_board;
REVOKE SELECT ON file_receipt, quarantine FROM duban_board;
