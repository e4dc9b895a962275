/* Row-level security of the board's role: what the database itself shows a session that reads for somebody. */
#include <criterion/criterion.h>
#include <criterion/hooks.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/store/account_scope.h"
#include "tests/store/fixtures.h"

CLUSTER_START
CLUSTER_STOP

static struct error err;

static struct instant at(const char *text) {
    struct instant out;
    cr_assert(instant_parse(text, strlen(text), &out), "%s", text);
    return out;
}

/* Two counties and the office, each with a stream, a file, a row in quarantine and a figure of its T01.1 (the office: a
 * decision about none); an alert of each county, said to it, its IT and the office, answered; a red of 剑阁 that waits.
 */
static const char rows_sql[] =
    "INSERT INTO stream (name, programme, unit, role, areas, made_at) VALUES"
    " ('jiange', 1, '剑阁县', 'county', '{510823}', '2021-01-01Z'), ('cangxi', 1, '苍溪县', 'county', '{510824}', "
    "'2021-01-01Z'),"
    " ('office', 1, '市两改办', 'office', NULL, '2021-01-01Z');"
    "INSERT INTO stream_status (stream, status_at) SELECT id, '2021-05-01Z' FROM stream;"
    "INSERT INTO stream_due (stream) SELECT id FROM stream ON CONFLICT DO NOTHING;"
    "INSERT INTO cell_assessment SELECT id, '{}' FROM cell;"
    "INSERT INTO log (stream, epoch, first_hash, gen, head_hash, opened_at) SELECT id, decode(repeat('01', 16), 'hex'),"
    " decode(repeat('00', 32), 'hex'), 1, decode(repeat('00', 32), 'hex'), '2021-01-01Z' FROM stream ORDER BY id;"
    "INSERT INTO event (log, seq, known_at, kind, uid, target, area, as_of, value, reported_at) SELECT l.id, 1, "
    "'2021-05-01Z',"
    " 1, gen_random_uuid(), t.id, a.id, '2021-04-30', 10, '2021-05-01Z' FROM log l JOIN stream s ON s.id = l.stream"
    " JOIN area a ON a.code = s.areas[1] JOIN target t ON t.code = 'T01.1';"
    "INSERT INTO event (log, seq, known_at, kind, uid, reported_at) SELECT l.id, 1, '2021-05-01Z', 33, "
    "gen_random_uuid(),"
    " '2021-05-01Z' FROM log l JOIN stream s ON s.id = l.stream WHERE s.name = 'office';"
    "INSERT INTO file_receipt (log, seq, stream, known_at, reported_at, file, taken, unchanged, held, refused, "
    "refusals)"
    " SELECT id, 1, stream, '2021-05-01Z', '2021-05-01Z', 'x.csv', 1, 0, 0, 0, '[]' FROM log;"
    "INSERT INTO quarantine (log, seq, known_at, code, raw) SELECT id, 2, '2021-05-01Z', 'SYNTAX', '\\x00' FROM log;"
    "INSERT INTO alert (programme, key, rule, cell, state, cause, opened_at, changed_at, rung_at, rules_version, facts)"
    " SELECT 1, 'k' || c.id, 'slipping', c.id, 'open', 'rule', '2021-05-01Z', '2021-05-01Z', '2021-05-01Z', 'r', '{}'"
    " FROM cell c JOIN target t ON t.id = c.target JOIN area a ON a.id = c.area WHERE t.code = 'T01.1' AND a.code LIKE "
    "'51082_';"
    "INSERT INTO alert (programme, key, rule, cell, state, cause, opened_at, changed_at, rung_at, rules_version, facts)"
    " SELECT 1, 'review', 'review', cell, 'open', 'rule', '2021-05-01Z', '2021-05-01Z', '2021-05-01Z', 'r', '{}' FROM "
    "alert"
    " ORDER BY id LIMIT 1;"
    "INSERT INTO alert_transition (alert, at, to_state, step, cause, rules_version, facts)"
    " SELECT id, '2021-05-01Z', 'open', 'first', 'rule', 'r', '{}' FROM alert;"
    "INSERT INTO message (programme, number, recipient, window_at, rendered_at, key, first_line, body, facts)"
    " SELECT 1, 'D21-0505-0' || n, r, '2021-05-05Z', '2021-05-05Z', 'm' || n, 'x', 'x', '[]'"
    " FROM (VALUES (1, 'area:510823'), (2, 'area:510824'), (3, 'it:510823'), (4, 'unit:市教育局'), (5, 'office')) v(n, "
    "r);"
    "INSERT INTO notice (programme, key, alert, step, recipient, not_before, state) SELECT 1, 'n' || m.id, a.id, "
    "'first',"
    " m.recipient, '2021-05-05Z', 'rendered' FROM message m, (SELECT min(id) AS id FROM alert) a;"
    "UPDATE message SET notices = ARRAY[id], items = '{1}'; UPDATE notice SET messages = ARRAY[id];"
    "INSERT INTO delivery (message, channel, address, state) SELECT id, 'log', 'x', 'delivered' FROM message;"
    "INSERT INTO delivery_attempt (delivery, outcome) SELECT id, 'delivered' FROM delivery;"
    "INSERT INTO reply (programme, log, seq, uid, known_at, number, who, on_behalf) SELECT 1, id, 3, gen_random_uuid(),"
    " '2021-05-06Z', 'D21-0505-0' || id, '王五', false FROM log WHERE id < 3;"
    "INSERT INTO reply_alert (reply, alert, outcome) SELECT r.id, a.id, 'answer' FROM reply r JOIN alert a ON a.id = "
    "r.id;";

static struct pg *open_rows(const char *name) {
    struct pg *owner = cluster_database(getppid(), name, INSTALLATION_REHEARSAL);
    (void)cluster_load_plan(owner, at("2021-01-01T00:00:00+08:00"));
    cr_assert_eq(pg_script(owner, rows_sql, &err), ERROR_OK, "%s", err.message);
    return owner;
}

static long long count(struct pg *pg, const char *table) {
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    char sql[160];
    (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", table);
    cr_assert_eq(pg_run(pg, sql, NULL, &rows, &err), ERROR_OK, "%s: %s", table, err.message);
    return pg_int(&rows, 0, 0);
}

static bool may_read(struct pg *pg, const char *table) {
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_text(&params, table);
    cr_assert_eq(pg_run(pg, "SELECT has_table_privilege($1, 'SELECT')", &params, &rows, &err), ERROR_OK, "%s",
                 err.message);
    return pg_bool(&rows, 0, 0);
}

/* Cells: three targets of two counties, and the roll-ups of the city are none here (no city in the plan). Of the alerts
 * the third is the red that waits: 剑阁's or 苍溪's, whoever's cell came first. */
static const struct {
    const char *table;
    long long office, viewer, jiange, cangxi, lead, nothing;
} expected[] = {
    {"stream", 3, 3, 1, 1, 0, 0},        {"log", 3, 3, 1, 1, 0, 0},
    {"stream_status", 3, 3, 1, 1, 0, 0}, {"stream_due", 3, 3, 1, 1, 0, 0},
    {"event", 3, 3, 1, 1, 2, 0},         {"cell", 6, 6, 3, 3, 6, 0},
    {"cell_current", 6, 6, 3, 3, 6, 0},  {"cell_light", 6, 6, 3, 3, 6, 0}, {"cell_assessment", 6, 6, 3, 3, 6, 0},
    {"alert", 3, 2, 1, 1, 2, 0},         {"alert_transition", 3, 3, 1, 1, 2, 0},
    {"message", 5, 5, 2, 1, 1, 0},       {"message_notice", 5, 5, 2, 1, 1, 0},
    {"delivery", 5, 5, 2, 1, 1, 0},      {"delivery_attempt", 5, 5, 2, 1, 1, 0},
    {"reply_alert", 2, 2, 1, 1, 2, 0},   {"reply", 2, 2, 1, 1, 2, 0},
    {"file_receipt", 3, 3, 1, 1, 0, 0},  {"quarantine", 3, 3, 1, 1, 0, 0},
};

Test(scope, each_is_shown_its_own_rows) {
    CLEAN(pg_close) struct pg *owner = open_rows("own_rows");
    CLEAN(pg_close) struct pg *board = cluster_open(getppid(), "own_rows", "duban_board");
    static const struct {
        const char *scope, *tasks;
    } scopes[] = {
        {"office", NULL}, {"viewer", NULL}, {"area:510823", NULL}, {"area:510824", NULL}, {"unit:市教育局", "T01,T09"},
        {"", NULL}};
    for (size_t s = 0; s < sizeof scopes / sizeof *scopes; s++) {
        cr_assert_eq(read_for(board, scopes[s].scope, scopes[s].tasks, &err), ERROR_OK, "%s", err.message);
        for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
            const long long *row = &expected[i].office;
            cr_expect_eq(count(board, expected[i].table), row[s], "%s of %s: %lld", expected[i].table, scopes[s].scope,
                         count(board, expected[i].table));
        }
    }
}

Test(scope, who_did_not_say_for_whom_it_reads_is_shown_nothing) {
    static const char *const scopes[] = {"area:", "unit:", "area:%", "OFFICE", "public", "area:510823,510824"};
    CLEAN(pg_close) struct pg *owner = open_rows("nobody");
    CLEAN(pg_close) struct pg *board = cluster_open(getppid(), "nobody", "duban_board");
    for (size_t i = 0; i < sizeof expected / sizeof *expected - 2; i++) /* the views are not in its path yet */
        cr_expect_eq(count(board, expected[i].table), 0, "%s", expected[i].table);
    cr_expect_eq(pg_run(board, "SELECT 1 FROM duban.file_receipt", NULL, NULL, &err), ERROR_REFUSED);
    cr_expect_eq(pg_run(board, "SELECT 1 FROM duban.quarantine", NULL, NULL, &err), ERROR_REFUSED);
    for (size_t s = 0; s < sizeof scopes / sizeof *scopes; s++) {
        cr_assert_eq(read_for(board, scopes[s], "", &err), ERROR_OK, "%s", err.message);
        for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
            cr_expect_eq(count(board, expected[i].table), 0, "%s of %s", expected[i].table, scopes[s]);
    }
}

Test(scope, the_rest_of_the_house_sees_all_of_it) {
    static const char *const roles[] = {"duban_aggregator", "duban_alerter", "duban_reader", "duban_admin"};
    CLEAN(pg_close) struct pg *owner = open_rows("house");
    for (size_t r = 0; r < sizeof roles / sizeof *roles; r++) {
        CLEAN(pg_close) struct pg *pg = cluster_open(getppid(), "house", roles[r]);
        for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
            if (may_read(pg, expected[i].table))
                cr_expect_eq(count(pg, expected[i].table), expected[i].office, "%s as %s", expected[i].table, roles[r]);
    }
}

/* In a transaction it ends with the transaction. */
Test(scope, of_a_transaction_ends_with_it) {
    CLEAN(pg_close) struct pg *owner = open_rows("transaction");
    CLEAN(pg_close) struct pg *board = cluster_open(getppid(), "transaction", "duban_board");
    cr_assert_eq(read_for(board, "office", NULL, &err), ERROR_OK);
    cr_assert_eq(pg_begin(board, &err), ERROR_OK);
    cr_assert_eq(read_for(board, "area:510823", NULL, &err), ERROR_OK);
    cr_expect_eq(count(board, "cell"), 3);
    pg_rollback(board);
    cr_expect_eq(count(board, "cell"), 6);
}

/* A table that is new and that the board may read needs a policy, or a word here why everybody may see it whole. A view that
 * reads as whoever asks goes through the policies of its tables. */
Test(scope, every_table_the_board_reads_has_a_policy_or_a_reason) {
    static const char open_sql[] =
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'duban'"
        "   AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition AND NOT c.relrowsecurity"
        "   AND NOT coalesce('security_invoker=true' = ANY (c.reloptions), false)"
        "   AND has_table_privilege('duban_board', c.oid, 'SELECT') ORDER BY 1";
    static const char *const the_same_for_all[] = {
        "account",                  /* names and roles, read by the board itself; no document shows them */
        "action_answer",            /* found by account and key alone */
        "area",          "target",  /* codes of the plan */
        "batch",                    /* positions and hashes */
        "brief_due",     "channel", /* no address, no secret */
        "installation",  "migration",     "key",     "key_stream", /* public keys */
        "plan_text",     "plan_version",                           /* the plan is everybody's */
        "programme",     "stream_reopen", "session",               /* hashes, read by the board itself */
    };
    CLEAN(pg_close) struct pg *owner = cluster_database(getppid(), "tables", INSTALLATION_REHEARSAL);
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    cr_assert_eq(pg_run(owner, open_sql, NULL, &rows, &err), ERROR_OK, "%s", err.message);
    for (size_t row = 0; row < pg_count(&rows); row++) {
        bool known = false;
        for (size_t i = 0; i < sizeof the_same_for_all / sizeof *the_same_for_all; i++)
            known = known || strcmp(pg_text(&rows, row, 0), the_same_for_all[i]) == 0;
        cr_expect(known, "%s has no policy", pg_text(&rows, row, 0));
    }
}

/* What is always true is gone from the plans of the others: no filter, no second look at the rows. */
Test(scope, costs_the_others_no_filter) {
    static const char *const queries[] = {
        "EXPLAIN (COSTS OFF) SELECT * FROM event WHERE area = 1 AND target = 1",
        "EXPLAIN (COSTS OFF) SELECT * FROM cell_light WHERE next_check_at < '2021-05-01Z'",
        "EXPLAIN (COSTS OFF) SELECT * FROM alert WHERE cell = 1 AND resolved_at IS NULL"};
    CLEAN(pg_close) struct pg *owner = open_rows("plans");
    CLEAN(pg_close) struct pg *alerter = cluster_open(getppid(), "plans", "duban_alerter");
    for (size_t q = 0; q < sizeof queries / sizeof *queries; q++) {
        CLEAN(pg_rows_finish) struct pg_rows as_owner = {0}, as_alerter = {0};
        cr_assert_eq(pg_run(owner, queries[q], NULL, &as_owner, &err), ERROR_OK, "%s", err.message);
        cr_assert_eq(pg_run(alerter, queries[q], NULL, &as_alerter, &err), ERROR_OK, "%s", err.message);
        cr_assert_eq(pg_count(&as_owner), pg_count(&as_alerter), "%s", queries[q]);
        for (size_t row = 0; row < pg_count(&as_owner); row++)
            cr_expect_str_eq(pg_text(&as_alerter, row, 0), pg_text(&as_owner, row, 0));
    }
}
