/* What stands, read from the alerter's rows: the same as what the events are judged to, of which the next look takes
 * only what changed. */
#include <criterion/criterion.h>
#include <criterion/hooks.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/report/morning.h"
#include "common/report/present.h"
#include "common/store/cell_json.h"
#include "tests/store/fixtures.h"

CLUSTER_START
CLUSTER_STOP

static struct error err;

static struct instant at(const char *text) {
    struct instant out;
    cr_assert(instant_parse(text, strlen(text), &out), "%s", text);
    return out;
}

#define SUCCEEDS(call) cr_assert_eq((call), ERROR_OK, "%s", err.message)

/* 剑阁 repaired 800 of 2000 square metres by the end of September (1500 planned), checked 12 of 20 buildings by the due
 * day, and holds a fall; 苍溪 has said nothing. */
static const char events_sql[] =
    "INSERT INTO stream (name, programme, unit, role, areas, made_at)"
    " VALUES ('jiange', 1, '剑阁县', 'county', '{510823}', '2021-01-04 09:00+08');"
    "INSERT INTO log (stream, epoch, first_hash, gen, committed_seq, head_hash, opened_at)"
    " VALUES (1, decode(repeat('ab', 16), 'hex'), decode(repeat('00', 32), 'hex'), 1, 4, decode(repeat('00', 32), 'hex'),"
    " '2021-01-04 09:00+08');"
    "INSERT INTO event (log, seq, known_at, kind, uid, target, area, as_of, value, reported_at, reporter, source_file,"
    " source_hash)"
    " SELECT 1, n, k::timestamptz, 1, gen_random_uuid(), t.id, a.id, d::date, v, k::timestamptz, '剑阁县', 'a.csv',"
    " decode(repeat('00', 32), 'hex')"
    " FROM (VALUES (1, '2021-09-03 09:00+08', 'T01.1', '2021-08-31', 700), (2, '2021-10-08 09:00+08', 'T01.1',"
    " '2021-09-30', 800), (3, '2021-10-08 09:00+08', 'T01.2', '2021-09-30', 12), (4, '2021-10-08 17:00+08', 'T01.1',"
    " '2021-10-07', 100)) v(n, k, code, d, v) JOIN target t ON t.code = v.code, area a WHERE a.code = '510823';";

static void judge(struct pg *pg, const char *now, struct view *out) {
    struct programme programme;
    struct moment moment = {.as_of = instant_day(at(now)), .known_at = at(now)};
    SUCCEEDS(programme_find(pg, NULL, &programme, &err));
    SUCCEEDS(view_load(pg, &programme, &moment, out, &err));
}

static void look(struct present *present, struct pg *pg, const char *now, struct view *out) {
    struct programme programme;
    SUCCEEDS(programme_find(pg, NULL, &programme, &err));
    SUCCEEDS(pg_begin(pg, &err));
    SUCCEEDS(present_look(present, pg, &programme, at(now), out, &err));
    SUCCEEDS(pg_commit(pg, &err));
}

static char *compact(json_t *json) {
    char *text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
    cr_assert(text);
    json_decref(json);
    return text;
}

/* As the alerter stores it: a cell's own JSON. */
static void say(struct pg *owner, const struct view *judged, size_t cell) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    char *text = compact(cell_json(judged->plan, &judged->plan->cells[cell], &judged->cells[cell],
                                   judged->events[cell].events, judged->events[cell].count, &judged->history));
    pg_put_text(&params, judged->plan->targets[judged->plan->cells[cell].target].code);
    pg_put_text(&params, judged->plan->areas[judged->plan->cells[cell].area].code);
    pg_put_text(&params, text);
    SUCCEEDS(pg_run(owner,
                    "INSERT INTO cell_assessment (cell, assessment) SELECT c.id, $3::json FROM cell c JOIN target t"
                    " ON t.id = c.target JOIN area a ON a.id = c.area WHERE t.code = $1 AND a.code = $2"
                    " ON CONFLICT (cell) DO UPDATE SET assessment = excluded.assessment",
                    &params, NULL, &err));
    free(text);
}

Test(present, is_what_the_events_are_judged_to) {
    CLEAN(pg_close) struct pg *owner = cluster_database(getppid(), "present_same", INSTALLATION_REHEARSAL);
    CLEAN(pg_close) struct pg *pg = cluster_open(getppid(), "present_same", "duban_reader");
    CLEAN(view_finish) struct view judged = {0};
    CLEAN(present_finish) struct present present = {0};
    CLEAN(view_finish) struct view shown = {0};
    cluster_load_plan(owner, at("2021-01-04T09:00:00+08:00"));
    SUCCEEDS(pg_script(owner, events_sql, &err));
    judge(pg, "2021-10-08T18:00:00+08:00", &judged);
    cr_assert_eq(judged.events[0].count, 3, "the figures of 校舍面积 are there");
    cr_assert(judged.cells[0].held, "700, 800, then 100: the fall is held");
    for (size_t i = 0; i < judged.plan->cell_count; i++) say(owner, &judged, i);

    look(&present, pg, "2021-10-11T08:30:00+08:00", &shown);
    CLEAN(view_finish) struct view today = {0};
    judge(pg, "2021-10-11T08:30:00+08:00", &today);
    for (size_t i = 0; i < today.plan->cell_count; i++) {
        char *expected = compact(view_cell_json(&today, i)), *actual = compact(view_cell_json(&shown, i));
        cr_expect_str_eq(actual, expected);
        free(expected);
        free(actual);
    }
    /* 12 of 20 were checked when it was due, eleven days ago; the row was written on the eighth */
    cr_expect_eq(shown.cells[2].days_overdue, 11);

    /* and what the morning says of them: changes, held figures, decisions */
    CLEAN(morning_finish) struct morning from_events = {0}, from_rows = {0};
    SUCCEEDS(morning_make(&today, pg, at("2021-10-11T08:30:00+08:00"), &from_events, &err));
    SUCCEEDS(morning_make(&shown, pg, at("2021-10-11T08:30:00+08:00"), &from_rows, &err));
    cr_expect_eq(from_rows.held_count, 1);
    char *expected = compact(morning_json(&from_events, NULL)), *actual = compact(morning_json(&from_rows, NULL));
    cr_expect_str_eq(actual, expected);
    free(expected);
    free(actual);
}

Test(present, the_next_look_takes_only_what_changed) {
    CLEAN(pg_close) struct pg *owner = cluster_database(getppid(), "present_next", INSTALLATION_REHEARSAL);
    CLEAN(pg_close) struct pg *pg = cluster_open(getppid(), "present_next", "duban_reader");
    CLEAN(view_finish) struct view judged = {0};
    struct present_horizon horizon = {""};
    struct present_rows rows;
    cluster_load_plan(owner, at("2021-01-04T09:00:00+08:00"));
    SUCCEEDS(pg_script(owner, events_sql, &err));
    judge(pg, "2021-10-08T18:00:00+08:00", &judged);
    SUCCEEDS(query_present(pg, 1, &horizon, &rows, &err));
    cr_expect_eq(rows.count, 6, "three targets, two counties");
    present_rows_finish(&rows);
    SUCCEEDS(query_present(pg, 1, &horizon, &rows, &err));
    cr_expect_eq(rows.count, 0);
    present_rows_finish(&rows);

    /* one that was under way during the look is taken by the next */
    SUCCEEDS(pg_begin(owner, &err));
    say(owner, &judged, 1);
    SUCCEEDS(query_present(pg, 1, &horizon, &rows, &err));
    cr_expect_eq(rows.count, 0, "not committed yet");
    present_rows_finish(&rows);
    SUCCEEDS(pg_commit(owner, &err));
    SUCCEEDS(query_present(pg, 1, &horizon, &rows, &err));
    cr_expect_eq(rows.count, 1);
    cr_expect(*rows.items[0].json);
    present_rows_finish(&rows);
}

Test(present, a_cell_nobody_judged_yet_is_no_data) {
    CLEAN(pg_close) struct pg *owner = cluster_database(getppid(), "present_grey", INSTALLATION_REHEARSAL);
    CLEAN(pg_close) struct pg *pg = cluster_open(getppid(), "present_grey", "duban_reader");
    CLEAN(present_finish) struct present present = {0};
    CLEAN(view_finish) struct view shown = {0};
    cluster_load_plan(owner, at("2021-01-04T09:00:00+08:00"));
    look(&present, pg, "2021-01-04T10:00:00+08:00", &shown);
    for (size_t i = 0; i < shown.plan->cell_count; i++) {
        cr_expect_eq(shown.cells[i].light, LIGHT_GREY);
        json_t *json = view_cell_json(&shown, i);
        cr_expect_str_eq(json_string_value(json_object_get(json, "light")), "grey");
        json_decref(json);
    }
}
