-- Alerts that people can act on: answers, the ladder of reminders, ways out of the house and what became of each.
--
-- Replies, extensions, close-outs, mutes, overrides and their reversals are events; what is kept here beside them is found
-- again from them. Runs in one transaction as the owner, under the migration lock, search_path = duban.

SET LOCAL search_path = duban, pg_temp;

-- What people said and decided (kind 16 and above) is rare among the figures and often asked for by itself.
CREATE INDEX event_desk ON event (known_at, log, seq) WHERE kind >= 16;

-- ── The life of an alert ───────────────────────────────────────────────────────────────────────────────────────────
-- rung: how far it has come without an answer that holds: 0 reminded 提醒, 1 urged 催办, 2 yellow card proposed 拟黄牌,
-- 3 red card or circular proposed 拟红牌/通报. rung_said_at: when that rung was put into a message; NULL = not yet, so
-- nothing counts: nobody is urged for a question that never left the house.
ALTER TABLE alert
    ADD COLUMN rung smallint NOT NULL DEFAULT 0 CHECK (rung BETWEEN 0 AND 3),
    ADD COLUMN rung_at timestamptz,
    ADD COLUMN rung_said_at timestamptz,
    ADD COLUMN issued smallint NOT NULL DEFAULT 0 CHECK (issued BETWEEN 0 AND 3), -- the highest rung the office issued
    ADD COLUMN message bigint REFERENCES message,                                -- of an undeliverable one
    ADD COLUMN opening smallint NOT NULL DEFAULT 1; -- one more each time its cause came back after it was over
-- What was said before there were rungs counts from the newest message that left the house with it, to one whom it was
-- meant for; its subject is looked at again, so that the next rung finds its window.
UPDATE alert SET rung_at = opened_at, rung_said_at = CASE WHEN state <> 'resolved' THEN
    (SELECT max(m.window_at) FROM notice n JOIN message m ON m.id = n.message
      WHERE n.alert = alert.id AND NOT n.unroutable AND n.step <> 'recovered'
        AND (n.recipient = 'office') = (rule IN ('review', 'correction'))
        AND EXISTS (SELECT FROM delivery d WHERE d.message = m.id AND d.state <> 'trial')) END;
INSERT INTO wake (cell, stream, not_before)
    SELECT cell, stream, max(rung_said_at) FROM alert WHERE rung_said_at IS NOT NULL GROUP BY cell, stream;
ALTER TABLE alert ALTER COLUMN rung_at SET NOT NULL;
DROP INDEX alert_one_open;
CREATE UNIQUE INDEX alert_one_open ON alert (programme, rule, coalesce(cell, 0), coalesce(stream, 0),
    coalesce(period, '-infinity'), coalesce(file, 0), coalesce(message, 0)) WHERE state <> 'resolved';
CREATE INDEX alert_message ON alert (message) WHERE message IS NOT NULL AND state <> 'resolved';

ALTER TABLE alert_transition ADD COLUMN rung smallint NOT NULL DEFAULT 0;
-- What the rules said of a cell; light is what is shown, which the office may have set by hand.
ALTER TABLE cell_light ADD COLUMN computed text;

-- An answer as it was matched to what it answers; written by the alerter, once for each event of kind 16.
CREATE TABLE reply (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    programme   smallint NOT NULL REFERENCES programme,
    log         integer NOT NULL,
    seq         bigint NOT NULL,
    uid         uuid NOT NULL,
    known_at    timestamptz NOT NULL,
    number      text NOT NULL,     -- as written: "D21-1108-05" or "D21-1108-05/2"
    message     bigint REFERENCES message,
    item        integer,           -- NULL = the message as a whole
    who         text NOT NULL,
    by_day      date,              -- NULL = an answer, no promise
    reason_code text,
    words       text,
    reporter    text,
    on_behalf   boolean NOT NULL,  -- taken down by the office, by phone
    refused     text,              -- why it answers nothing: no_such_number no_such_item not_yours over; NULL = it does
    UNIQUE (log, seq)
);
CREATE TABLE reply_alert (
    reply    bigint NOT NULL REFERENCES reply,
    alert    bigint NOT NULL REFERENCES alert,
    -- of the promise (answers without a day are 'answer'): standing kept broken worse replaced reversed
    outcome  text NOT NULL CHECK (outcome IN ('answer', 'standing', 'kept', 'broken', 'worse', 'replaced', 'reversed')),
    ended_at timestamptz,
    PRIMARY KEY (reply, alert)
);
CREATE INDEX reply_alert_alert ON reply_alert (alert);

-- ── What leaves the house ──────────────────────────────────────────────────────────────────────────────────────────
-- kind: notices = one recipient's; room = a channel shared by several; brief = the office's morning; test = `duban channel test`
ALTER TABLE message
    ADD COLUMN kind text NOT NULL DEFAULT 'notices' CHECK (kind IN ('notices', 'room', 'brief', 'test')),
    ADD COLUMN long_body text,        -- for mail, where it differs from body
    ADD COLUMN attachment_name text,
    ADD COLUMN attachment bytea;
-- Which notices a message says, in which item; a notice may stand in its recipient's own message and in a room's.
CREATE TABLE message_notice (
    message bigint NOT NULL REFERENCES message,
    notice  bigint NOT NULL REFERENCES notice,
    item    integer NOT NULL,
    PRIMARY KEY (message, notice)
);
CREATE INDEX message_notice_notice ON message_notice (notice);
INSERT INTO message_notice SELECT message, id, item FROM notice WHERE message IS NOT NULL;
ALTER TABLE notice DROP COLUMN message, DROP COLUMN item;

ALTER TABLE delivery
    ADD COLUMN mention text,                 -- whom the room's robot calls: userids or numbers, comma between
    ADD COLUMN fallback_channel text,
    ADD COLUMN fallback_address text,
    ADD COLUMN fallback_of bigint REFERENCES delivery,
    DROP CONSTRAINT delivery_state_check,
    ADD CONSTRAINT delivery_state_check
        CHECK (state IN ('waiting', 'leased', 'held', 'delivered', 'failed', 'dropped', 'trial'));
CREATE UNIQUE INDEX delivery_fallback_once ON delivery (fallback_of) WHERE fallback_of IS NOT NULL;
CREATE INDEX delivery_message ON delivery (message);
CREATE INDEX delivery_way ON delivery (channel, address, id) WHERE state IN ('waiting', 'leased'); -- each room its own queue
ALTER TABLE delivery ADD COLUMN told boolean NOT NULL DEFAULT false; -- a failed one: that the office was told
CREATE INDEX delivery_untold ON delivery (id) WHERE state = 'failed' AND NOT told;
CREATE TABLE delivery_attempt (
    delivery bigint NOT NULL REFERENCES delivery,
    at       timestamptz NOT NULL DEFAULT now(), -- real
    outcome  text NOT NULL CHECK (outcome IN ('delivered', 'retry', 'failed', 'throttled', 'dropped')),
    answer   text
);
CREATE INDEX delivery_attempt_delivery ON delivery_attempt (delivery);

-- How many failed is asked at every look; whether an address was reached again, of each message it missed. Messages of a
-- window and of a day are counted among those of years.
CREATE INDEX delivery_failed ON delivery (channel, address) WHERE state = 'failed';
CREATE INDEX delivery_reached ON delivery (channel, address, id) WHERE state = 'delivered';
CREATE INDEX message_window ON message (programme, window_at);

-- The channels that the alerters' configurations declare: kept here so that all alerters keep one pace (a robot asked too
-- often shuts for minutes, and failures count), and so that the office can list and test them. No address, no secret.
CREATE TABLE channel (
    name          text PRIMARY KEY,
    kind          text NOT NULL,
    interval_ms   integer NOT NULL CHECK (interval_ms >= 0),   -- one message in so long; 0 = no pace
    burst         integer NOT NULL CHECK (burst > 0),          -- so many at once, when they were saved up
    abreast       integer NOT NULL CHECK (abreast > 0),        -- deliveries under way at a time
    quiet_seconds integer NOT NULL CHECK (quiet_seconds >= 0), -- after each full and half hour
    next_at       timestamptz NOT NULL DEFAULT now(),          -- real: when the bucket would be full again
    held_until    timestamptz NOT NULL DEFAULT now(),          -- real: by the vendor
    held_cause    text,
    declared_at   timestamptz NOT NULL DEFAULT now()           -- real
);
-- The first real moment at which a channel may take one more.
CREATE FUNCTION channel_free_at(c channel) RETURNS timestamptz LANGUAGE sql STABLE SET search_path = duban, pg_temp AS $$
    SELECT CASE WHEN extract(epoch FROM t)::bigint % 1800 < c.quiet_seconds
                THEN t + (c.quiet_seconds - extract(epoch FROM t)::bigint % 1800) * interval '1 second' ELSE t END
      FROM (SELECT greatest(now() /* real */, c.held_until,
                            c.next_at - (c.burst - 1) * c.interval_ms * interval '1 millisecond') AS t) AS pace
$$;

-- When the office's morning brief is next due. One row a programme, made by the alerter.
CREATE TABLE brief_due (
    programme  smallint PRIMARY KEY REFERENCES programme,
    next_at    timestamptz NOT NULL
);

-- ── Rights ─────────────────────────────────────────────────────────────────────────────────────────────────────────
GRANT SELECT ON reply, reply_alert, message_notice, delivery_attempt, channel, brief_due
    TO duban_alerter, duban_reader, duban_admin;
GRANT INSERT ON reply, message_notice, delivery_attempt, wake TO duban_alerter;
GRANT INSERT, UPDATE ON reply_alert, channel, brief_due TO duban_alerter;
GRANT UPDATE (trial) ON programme TO duban_alerter; -- from the office's go-live event and the rules in force
GRANT INSERT ON message, delivery TO duban_admin;   -- `duban channel test`
GRANT UPDATE (state) ON delivery TO duban_admin;    -- hold and release by the office, of notices since 0001
