-- A hundred thousand milestones may fall due at one midnight: their alerts, notices and messages are written in bulk, and
-- what such a row costs beside itself is paid only where somebody reads it.
--
-- Runs in one transaction as the owner, under the migration lock, search_path = duban.

SET LOCAL search_path = duban, pg_temp;

-- ── A message carries its items, a notice the messages that say it ─────────────────────────────────────────────────
-- items[i] is the item in which the message says notices[i]; in the order of items. A notice may stand in its
-- recipient's own message and in a room's, and again in a later one when it was only said in trial.
ALTER TABLE message
    ADD COLUMN notices bigint[] NOT NULL DEFAULT '{}',
    ADD COLUMN items integer[] NOT NULL DEFAULT '{}';
ALTER TABLE notice ADD COLUMN messages bigint[]; -- NULL = not said yet
UPDATE message m SET notices = x.notices, items = x.items
  FROM (SELECT message, array_agg(notice ORDER BY item, notice) AS notices, array_agg(item ORDER BY item, notice) AS items
          FROM message_notice GROUP BY message) x WHERE x.message = m.id;
UPDATE notice n SET messages = x.messages
  FROM (SELECT notice, array_agg(message ORDER BY message) AS messages FROM message_notice GROUP BY notice) x
 WHERE x.notice = n.id;
DROP TABLE message_notice;
-- By message. Who looks for the messages of a notice takes notice.messages: this view would read all of them.
-- Whoever reads it is shown the messages he may read.
CREATE VIEW message_notice WITH (security_invoker) AS
    SELECT m.id AS message, s.notice, s.item FROM message m, unnest(m.notices, m.items) AS s(notice, item);
GRANT SELECT ON message_notice TO duban_alerter, duban_reader, duban_admin, duban_board;

-- ── What a row costs beside itself ─────────────────────────────────────────────────────────────────────────────────
-- No role may delete what these columns name, and it was read or written by the same transaction: a check of each row
-- would cost as much as the row, and lock what it names.
ALTER TABLE alert DROP CONSTRAINT alert_programme_fkey, DROP CONSTRAINT alert_cell_fkey;
ALTER TABLE alert_transition DROP CONSTRAINT alert_transition_alert_fkey;
ALTER TABLE notice DROP CONSTRAINT notice_programme_fkey, DROP CONSTRAINT notice_alert_fkey;
-- A notice's key begins with its alert's: one index finds both.
DROP INDEX notice_alert;
ALTER TABLE notice DROP CONSTRAINT notice_key_key, ADD CONSTRAINT notice_once UNIQUE (alert, key);
-- The same for the alerts that stand of a cell, which are the many.
DROP INDEX alert_one_open, alert_cell;
CREATE UNIQUE INDEX alert_one_open_of_cell ON alert (cell, rule, coalesce(period, '-infinity'))
    WHERE state <> 'resolved' AND cell IS NOT NULL;
CREATE UNIQUE INDEX alert_one_open ON alert (programme, rule, coalesce(stream, 0), coalesce(period, '-infinity'),
    coalesce(file, 0), coalesce(message, 0)) WHERE state <> 'resolved' AND cell IS NULL;
-- A window writes into the alerts what it said of them: room for that on their own pages, past their indexes.
ALTER TABLE alert SET (fillfactor = 50);
