/* A county's documents made over a session that the database itself shows nothing else, against those made from all the
 * facts and filtered by the board: the two locks on the door let the same through. */
#include <criterion/criterion.h>
#include <criterion/hooks.h>
#include <string.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "services/board/document.h"
#include "services/board/scope_rows.h"
#include "tests/store/fixtures.h"

CLUSTER_START
CLUSTER_STOP

static struct error err;

static struct instant at(const char *text) {
    struct instant out;
    cr_assert(instant_parse(text, strlen(text), &out), "%s", text);
    return out;
}

/* Each county reported its three targets in spring; 苍溪 twice. An alert of each county's first cell, said to it; one
 * of each was answered. */
static const char rows_sql[] =
    "INSERT INTO stream (name, programme, unit, role, areas, made_at) VALUES"
    " ('jiange', 1, '剑阁县', 'county', '{510823}', '2021-01-01Z'), ('cangxi', 1, '苍溪县', 'county', '{510824}', "
    "'2021-01-01Z');"
    "INSERT INTO stream_status (stream, status_at) SELECT id, '2021-05-10Z' FROM stream ON CONFLICT DO NOTHING;"
    "INSERT INTO log (stream, epoch, first_hash, gen, committed_seq, head_hash, opened_at) SELECT id,"
    " decode(repeat('01', 16), 'hex'), decode(repeat('00', 32), 'hex'), 1, 9, decode(repeat('00', 32), 'hex'),"
    " '2021-01-01Z' FROM stream ORDER BY id;"
    "INSERT INTO event (log, seq, known_at, kind, uid, target, area, as_of, value, reported_at, reporter) SELECT l.id,"
    " row_number() OVER (PARTITION BY l.id ORDER BY t.code, m), make_timestamptz(2021, m + 1, 3, 9, 0, 0, "
    "'Asia/Shanghai'), 1,"
    " gen_random_uuid(), t.id, a.id, make_date(2021, m, 28), m * 5, make_timestamptz(2021, m + 1, 3, 9, 0, 0, "
    "'Asia/Shanghai'),"
    " s.unit FROM log l JOIN stream s ON s.id = l.stream JOIN area a ON a.code = s.areas[1], target t, "
    "generate_series(1, 4) m"
    " WHERE t.code IN ('T01.1', 'T01.2') AND (s.name = 'cangxi' OR m <> 3);"
    "INSERT INTO alert (programme, key, rule, cell, state, cause, opened_at, changed_at, rung_at, rules_version, facts)"
    " SELECT 1, 'k' || c.id, 'slipping', c.id, 'open', 'rule', '2021-05-04Z', '2021-05-04Z', '2021-05-04Z', 'r', '{}'"
    " FROM cell c JOIN target t ON t.id = c.target WHERE t.code = 'T01.1';"
    "INSERT INTO alert_transition (alert, at, to_state, step, cause, rules_version, facts)"
    " SELECT id, opened_at, 'open', 'first', 'rule', 'r', '{}' FROM alert;"
    "INSERT INTO message (programme, number, recipient, window_at, rendered_at, key, first_line, body, facts)"
    " SELECT 1, 'D21-0505-0' || a.id, 'area:' || r.code, '2021-05-05Z', '2021-05-05Z', 'm' || a.id, 'x', 'x', '[]'"
    " FROM alert a JOIN cell c ON c.id = a.cell JOIN area r ON r.id = c.area;"
    "INSERT INTO notice (programme, key, alert, step, recipient, not_before, state) SELECT 1, 'n' || m.id, a.id, "
    "'first',"
    " m.recipient, '2021-05-05Z', 'rendered' FROM message m JOIN alert a ON m.key = 'm' || a.id;"
    "UPDATE message m SET notices = ARRAY[n.id], items = '{1}' FROM notice n WHERE n.key = 'n' || m.id;"
    "UPDATE notice n SET messages = ARRAY[m.id] FROM message m WHERE n.key = 'n' || m.id;";

static void load(struct pg *pg, const struct scope *scope, const struct plan *plan, struct facts *facts) {
    const struct facts_ask ask = {.now = at("2021-05-10T10:00:00+08:00"), .change = 7};
    cr_assert_eq(pg_begin(pg, &err), ERROR_OK, "%s", err.message);
    if (scope) cr_assert_eq(scope_read_rows(pg, scope, plan, &err), ERROR_OK, "%s", err.message);
    cr_assert_eq(facts_load(pg, &ask, facts, &err), ERROR_OK, "%s", err.message);
}

static char *made(document_maker *maker, struct facts *facts, const struct scope *scope,
                  const struct document_request *request) {
    cr_assert_eq(document_gather(facts, maker, request, &err), ERROR_OK, "%s", err.message);
    json_t *body = maker(facts, scope, request, &err);
    cr_assert_not_null(body, "%s", err.message);
    char *text = json_dumps(body, JSON_INDENT(1) | JSON_SORT_KEYS);
    json_decref(body);
    return text;
}

Test(scope_rows, a_countys_documents_are_the_same_over_its_own_rows) {
    static const struct {
        const char *name, *code;
        document_maker *maker;
    } documents[] = {{"area", "510823", document_area},
                     {"alerts", NULL, document_alerts},
                     {"feeds", NULL, document_feeds},
                     {"overview", NULL, document_overview},
                     {"task", "T01", document_task}};
    const struct scope county = {.role = ROLE_COUNTY, .area = "510823"};
    CLEAN(pg_close) struct pg *owner = cluster_database(getppid(), "documents", INSTALLATION_REHEARSAL);
    (void)cluster_load_plan(owner, at("2021-01-01T00:00:00+08:00"));
    cr_assert_eq(pg_script(owner, rows_sql, &err), ERROR_OK, "%s", err.message);
    CLEAN(pg_close) struct pg *board = cluster_open(getppid(), "documents", "duban_board");
    cr_assert_eq(pg_script(board, SCOPE_ROWS_OFFICE, &err), ERROR_OK, "%s", err.message);
    CLEAN(facts_finish) struct facts whole, own;
    load(board, NULL, NULL, &whole);
    CLEAN(pg_close) struct pg *second = cluster_open(getppid(), "documents", "duban_board");
    load(second, &county, whole.view.plan, &own);
    size_t figures = 0;
    for (size_t i = 0; i < own.view.plan->cell_count; i++) {
        figures += own.view.cells[i].has_value;
        cr_expect(scope_sees_cell(&county, &own.view, i) || !own.view.events[i].count, "cell %zu: another's events", i);
    }
    cr_expect_eq(figures, 2, "two of its targets were reported");
    cr_expect_eq(own.view.streams.count, 1);
    cr_expect_eq(own.view.alerts.count, 1);
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
        struct document_request request = {.code = documents[i].code, .pg = board};
        AUTO_FREE char *filtered = made(documents[i].maker, &whole, &county, &request);
        request.pg = second;
        AUTO_FREE char *shown = made(documents[i].maker, &own, &county, &request);
        cr_expect_str_eq(shown, filtered, "%s", documents[i].name);
    }
}
