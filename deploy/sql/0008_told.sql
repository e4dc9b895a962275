-- A list is compared with what its recipient was told before. Messages are those of years: the newest of each recipient is
-- found by an index, and what ended since then by another.
--
-- Runs in one transaction as the owner, under the migration lock, search_path = duban.

SET LOCAL search_path = duban, pg_temp;

CREATE INDEX message_recipient ON message (programme, recipient, rendered_at);
CREATE INDEX alert_ended ON alert (programme, resolved_at) WHERE resolved_at IS NOT NULL;
