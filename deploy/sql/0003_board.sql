-- The board: a role that reads, and one number that says that something it shows has changed.
--
-- Runs in one transaction as the owner, under the migration lock, search_path = duban.

SET LOCAL search_path = duban, pg_temp;

-- ── The role ───────────────────────────────────────────────────────────────────────────────────────────────────────
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'duban_board') THEN
        CREATE ROLE duban_board LOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL; -- another database of the cluster was migrated at the same moment
END
$$;
DO $$
BEGIN
    EXECUTE format('ALTER ROLE duban_board IN DATABASE %I SET search_path = duban, pg_temp', current_database());
END
$$;
GRANT USAGE ON SCHEMA duban TO duban_board;
GRANT SELECT ON migration, installation, programme, plan_version, plan_text, area, target, stream, stream_reopen, key, key_stream, log,
    stream_status, event, batch, quarantine, file_receipt, cell, cell_current, cell_light, stream_due, alert, alert_transition, notice, message,
    message_notice, reply, reply_alert, delivery, delivery_attempt, channel, brief_due TO duban_board;

-- ── What has changed ───────────────────────────────────────────────────────────────────────────────────────────────
-- One number a transaction that changes something the board shows; the notification carries the number and nothing
-- else. What the agents say of themselves (stream_status) changes by the minute and is left to the board's own poll.
CREATE SEQUENCE change_no;
GRANT SELECT ON SEQUENCE change_no TO duban_board, duban_reader, duban_admin;

CREATE FUNCTION note_change_once() RETURNS void LANGUAGE plpgsql SET search_path = duban, pg_temp AS $$
DECLARE
    this text := txid_current()::text;
BEGIN
    IF current_setting('duban.change_noted', true) IS DISTINCT FROM this THEN
        PERFORM set_config('duban.change_noted', this, true);
        PERFORM pg_notify('duban_change', nextval('change_no')::text);
    END IF;
END
$$;
CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = duban, pg_temp AS $$
BEGIN
    PERFORM note_change_once();
    RETURN NULL;
END
$$;
-- A statement that touched no row fires its trigger all the same.
CREATE FUNCTION note_change_of_rows() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = duban, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM changed) THEN PERFORM note_change_once(); END IF;
    RETURN NULL;
END
$$;
-- A delivery under way is nothing to be shown.
CREATE FUNCTION note_change_of_delivery() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = duban, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM changed WHERE state NOT IN ('waiting', 'leased')) THEN PERFORM note_change_once(); END IF;
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION note_change_once(), note_change(), note_change_of_rows(), note_change_of_delivery() FROM PUBLIC;

CREATE TRIGGER note_change AFTER INSERT OR UPDATE OF light, state, assessment ON cell_light
    FOR EACH STATEMENT EXECUTE FUNCTION note_change();
CREATE TRIGGER note_change AFTER INSERT ON alert_transition REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION note_change_of_rows();
CREATE TRIGGER note_change AFTER INSERT ON message REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION note_change_of_rows();
CREATE TRIGGER note_change AFTER UPDATE ON delivery REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION note_change_of_delivery();
CREATE TRIGGER note_change AFTER INSERT ON reply REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION note_change_of_rows();
CREATE TRIGGER note_change AFTER INSERT ON file_receipt FOR EACH STATEMENT EXECUTE FUNCTION note_change();
CREATE TRIGGER note_change AFTER INSERT ON quarantine FOR EACH STATEMENT EXECUTE FUNCTION note_change();
CREATE TRIGGER note_change AFTER INSERT ON plan_version FOR EACH STATEMENT EXECUTE FUNCTION note_change();
