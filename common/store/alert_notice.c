#include "common/store/alert_notice.h"

#include <stdio.h>
#include <string.h>

#include "common/base/cleanup.h"

static bool is_over(const struct alert_write *item) {
    return item->id != 0 && item->to != ALERT_OPEN;
}
static bool is_recovered(const struct alert_write *item) {
    return item->id != 0 && item->recovered;
}
static bool is_recovered_for_office(const struct alert_write *item) {
    return item->id != 0 && item->office_recovered;
}
static bool is_withdrawn(const struct alert_write *item) {
    return item->id != 0 && item->withdrawn;
}

/* By alert, one after the other: a plan from before a storm believes that next to nothing waits, and would read all that
 * does for every alert. */
static const struct bulk drop = {
    .sql = "UPDATE notice SET state = 'dropped', cause = n.cause"
           "  FROM unnest($4::bigint[], $5::text[], $6::text[]) AS n(alert, cause, state)"
           " CROSS JOIN LATERAL (SELECT id, step, state FROM notice WHERE alert = n.alert OFFSET 0) AS own"
           " WHERE notice.id = own.id AND own.state = 'waiting'"
           "   AND own.step NOT IN ('issued', 'withdrawn', 'recovered')"
           "   AND (n.state <> 'promised' OR own.step IN ('urged', 'yellow_card', 'red_card'))",
    BULK_COLUMNS(BULK_ROW, BULK_CAUSE, BULK_TO),
    .pick = is_over,
};

enum error_code notices_drop(struct pg *pg, const struct bulk_frame *frame, const struct alert_writes *writes,
                             struct error *err) {
    return bulk_run(pg, &drop, frame, writes, err);
}

/* --- to those who were told --- */

/* a: an alert. What is said of one that came back after it was over is said anew: its notices have keys of their own. */
#define AGAIN "CASE WHEN a.opening > 1 THEN 'again:' || a.opening || '|' ELSE '' END || "

/* Who was told: a notice to him stands in a message that left the house (in trial, that was shown to it). */
#define WAS_TOLD                                                                                                       \
    "n.state = 'rendered' AND NOT n.unroutable AND EXISTS (SELECT FROM delivery d WHERE d.message = ANY (n.messages)"  \
    " AND (d.state <> 'trial' OR p.trial))"

/* Those who were told hear that it is over; nobody else does. */
static const struct bulk recovered = {
    .sql = "INSERT INTO notice (programme, key, alert, step, recipient, not_before)"
           " SELECT $1, " AGAIN "'recovered|' || said.recipient, a.id, 'recovered', said.recipient, $2"
           "   FROM unnest($4::bigint[]) AS w(alert) JOIN alert a ON a.id = w.alert JOIN programme p ON p.id = $1"
           "   JOIN LATERAL (SELECT DISTINCT n.recipient FROM notice n WHERE n.alert = a.id AND n.step <> 'recovered'"
           "                    AND " WAS_TOLD ") said ON true ON CONFLICT (alert, key) DO NOTHING",
    BULK_COLUMNS(BULK_ROW),
    .pick = is_recovered,
};

static const struct bulk recovered_for_office = {
    .sql = "INSERT INTO notice (programme, key, alert, step, recipient, not_before)"
           " SELECT $1, " AGAIN "'recovered|office', a.id, 'recovered', 'office', $2"
           "   FROM alert a WHERE a.id = ANY($4) ON CONFLICT (alert, key) DO NOTHING",
    BULK_COLUMNS(BULK_ROW),
    .pick = is_recovered_for_office,
};

/* Taken back before it was said: nobody hears of either. */
static const struct bulk unsaid_issue = {
    .sql = "UPDATE notice SET state = 'dropped', cause = 'withdrawn'"
           " WHERE alert = ANY($4) AND step = 'issued' AND state = 'waiting'",
    BULK_COLUMNS(BULK_ROW),
    .pick = is_withdrawn,
};

static const struct bulk withdrawn = {
    .sql = "INSERT INTO notice (programme, key, alert, step, recipient, not_before)"
           " SELECT $1, " AGAIN "'withdrawn:' || w.decision || '|' || said.recipient, a.id, 'withdrawn', said.recipient, $2"
           "   FROM unnest($4::bigint[], $5::text[]) AS w(alert, decision) JOIN alert a ON a.id = w.alert"
           "   JOIN programme p ON p.id = $1"
           "   JOIN LATERAL (SELECT DISTINCT n.recipient FROM notice n WHERE n.alert = a.id AND n.step = 'issued'"
           "                    AND " WAS_TOLD ") said ON true ON CONFLICT (alert, key) DO NOTHING",
    BULK_COLUMNS(BULK_ROW, BULK_DECISION),
    .pick = is_withdrawn,
};

/* --- to those whom the route names --- */

static const char notices_sql[] =
    "INSERT INTO notice (programme, key, alert, step, recipient, unroutable, meant_for, not_before, state, cause)"
    " SELECT $1, n.key, n.alert, n.step, n.recipient, n.meant_for IS NOT NULL, n.meant_for, $2,"
    "        CASE WHEN n.held THEN 'held' ELSE 'waiting' END, CASE WHEN n.held THEN 'back_filled' END"
    "   FROM unnest($4::text[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::bool[])"
    "        AS n(key, alert, step, recipient, meant_for, held)"
    " ON CONFLICT (alert, key) DO UPDATE SET state = 'waiting', cause = NULL, not_before = excluded.not_before"
    "  WHERE notice.state = 'dropped'";

enum { KEY_MAX = 2 * RECIPIENT_MAX + 128 };

/* As AGAIN says it, of one that is written now. */
static void print_key(const struct alert_write *alert, const struct notice_write *n, char out[KEY_MAX]) {
    char again[32] = "";
    if (alert->opening > 1) (void)snprintf(again, sizeof again, "again:%u|", alert->opening);
    (void)snprintf(out, KEY_MAX, "%s%s%s%s|%s%s%s", again, n->step, *n->decision ? ":" : "", n->decision, n->recipient,
                   n->unroutable ? "|for:" : "", n->unroutable ? n->meant_for : "");
}

enum notice_column { NOTICE_KEY, NOTICE_ALERT, NOTICE_STEP, NOTICE_RECIPIENT, NOTICE_MEANT_FOR, NOTICE_HELD, NOTICE_COLUMNS };

static const enum pg_element elements[NOTICE_COLUMNS] = {
    [NOTICE_KEY] = PG_ELEMENT_TEXT,       [NOTICE_ALERT] = PG_ELEMENT_BIGINT,   [NOTICE_STEP] = PG_ELEMENT_TEXT,
    [NOTICE_RECIPIENT] = PG_ELEMENT_TEXT, [NOTICE_MEANT_FOR] = PG_ELEMENT_TEXT, [NOTICE_HELD] = PG_ELEMENT_BOOL,
};

static void put_value(struct buffer *out, const struct alert_write *alert, const struct notice_write *n,
                      enum notice_column column) {
    char key[KEY_MAX];
    switch (column) {
    case NOTICE_KEY: print_key(alert, n, key); bulk_put_text(out, key); break;
    case NOTICE_ALERT: binary_int8(out, alert->row); break;
    case NOTICE_STEP: bulk_put_text(out, n->step); break;
    case NOTICE_RECIPIENT: bulk_put_text(out, n->recipient); break;
    case NOTICE_MEANT_FOR: bulk_put_text(out, n->unroutable ? n->meant_for : NULL); break;
    case NOTICE_HELD: binary_bool(out, alert->back_filled && strcmp(n->step, "issued") != 0); break;
    case NOTICE_COLUMNS: break;
    }
}

static enum error_code write_part(struct pg *pg, const struct bulk_frame *frame, const struct alert_writes *writes,
                                  size_t from, size_t count, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    bulk_put_frame(&params, frame);
    for (enum notice_column column = 0; column < NOTICE_COLUMNS; column++) {
        pg_array_begin(&params, elements[column], count);
        for (size_t i = from; i < from + count; i++)
            put_value(&params.bytes, &writes->items[writes->notices[i].alert], &writes->notices[i], column);
        pg_array_end(&params);
    }
    return pg_run(pg, notices_sql, &params, NULL, err);
}

enum error_code notices_write(struct pg *pg, const struct bulk_frame *frame, const struct alert_writes *writes,
                              struct error *err) {
    enum error_code code = bulk_run(pg, &recovered, frame, writes, err);
    if (!code) code = bulk_run(pg, &recovered_for_office, frame, writes, err);
    if (!code) code = bulk_run(pg, &unsaid_issue, frame, writes, err);
    if (!code) code = bulk_run(pg, &withdrawn, frame, writes, err);
    for (size_t from = 0; !code && from < writes->notice_count; from += BULK_PART) {
        size_t left = writes->notice_count - from;
        code = write_part(pg, frame, writes, from, left < BULK_PART ? left : BULK_PART, err);
    }
    return code;
}
