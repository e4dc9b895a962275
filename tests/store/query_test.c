/* The reading statements of the commands, as known at an instant. */
#include <criterion/criterion.h>
#include <criterion/hooks.h>
#include <string.h>
#include <unistd.h>

#include "common/store/query_alert.h"
#include "common/store/query_doctor.h"
#include "common/store/query_feed.h"
#include "common/store/query_settle.h"
#include "tests/store/fixtures.h"

CLUSTER_START
CLUSTER_STOP

static struct error err;

static struct instant at(const char *text) {
    struct instant out;
    cr_assert(instant_parse(text, strlen(text), &out), "%s", text);
    return out;
}

/* Two streams; the first has had two logs, three files and one alert that opened in May, was told in a digest on the
 * 5th, and was over in June. All at 08:00 of its day. */
static const char rows_sql[] =
    "UPDATE cell_light SET next_check_at = NULL;"
    "INSERT INTO stream (name, programme, unit, role, made_at) VALUES ('a', 1, '剑阁县', 'county', '2021-01-01 "
    "00:00+08'),"
    " ('b', 1, '苍溪县', 'county', '2021-01-01 00:00+08');"
    "INSERT INTO log (stream, epoch, first_hash, gen, committed_seq, head_hash, current, opened_at)"
    " SELECT s, decode(repeat(e, 16), 'hex'), decode(repeat('00', 32), 'hex'), 1, c, decode(repeat('00', 32), 'hex'), "
    "cur, '2021-01-01 00:00+08'"
    " FROM (VALUES (1, '01', 9, false), (1, '02', 4, true), (2, '03', 7, true)) v(s, e, c, cur);"
    "INSERT INTO batch (log, first_seq, last_seq, layout, known_at, head) SELECT l, f, t, 1, k::timestamptz, "
    "decode(repeat('00', 32), 'hex')"
    " FROM (VALUES (1, 1, 9, '2021-02-01 08:00+08'), (2, 1, 4, '2021-06-01 08:00+08'), (3, 1, 3, '2021-02-01 "
    "08:00+08'),"
    " (3, 4, 7, '2021-03-01 08:00+08')) v(l, f, t, k);"
    "INSERT INTO file_receipt (log, seq, stream, known_at, reported_at, file, taken, unchanged, held, refused, "
    "refusals)"
    " SELECT l, q, s, k::timestamptz, k::timestamptz, n, 5, 1, 0, r, '[[\":3\", \"bad_unit\", \"单位不符\"]]'"
    " FROM (VALUES (1, 9, 1, '2021-02-01 08:00+08', '1月.csv', 0), (2, 4, 1, '2021-06-01 08:00+08', '5月.csv', 2),"
    " (3, 3, 2, '2021-02-01 08:00+08', '苍溪.csv', 0)) v(l, q, s, k, n, r);"
    "INSERT INTO alert (programme, key, rule, cell, state, cause, step, opened_at, changed_at, resolved_at, "
    "rung_at, rules_version, facts)"
    " VALUES (1, 'k', 'slipping', (SELECT min(id) FROM cell), 'resolved', 'progress', 'yellow', '2021-05-03 08:00+08',"
    " '2021-06-01 08:00+08', '2021-06-01 08:00+08', '2021-05-03 08:00+08', 'r', '{}');"
    "INSERT INTO alert_transition (alert, at, from_state, to_state, step, cause, rules_version, facts) VALUES"
    " (1, '2021-05-03 08:00+08', NULL, 'open', 'first', 'rule', 'r', '{}'), (1, '2021-06-01 08:00+08', 'open', "
    "'resolved', 'yellow', 'progress', 'r', '{}');"
    "INSERT INTO message (programme, number, recipient, window_at, rendered_at, key, first_line, body, facts) VALUES"
    " (1, 'D21-0505-01', 'office', '2021-05-05 08:30+08', '2021-05-05 08:30+08', 'm', '【督办】2项', '…',"
    " '[{\"item\": 1, \"line\": \"一\"}, {\"item\": 2, \"line\": \"二\"}]');"
    "INSERT INTO notice (programme, key, alert, step, recipient, not_before, state) VALUES"
    " (1, 'n1', 1, 'first', 'office', '2021-05-05 08:30+08', 'rendered'),"
    " (1, 'n2', 1, 'first', 'area:510823', '2021-07-01 08:30+08', 'waiting');"
    "UPDATE message SET notices = '{1}', items = '{2}'; UPDATE notice SET messages = '{1}' WHERE id = 1;"
    "INSERT INTO delivery (message, channel, address, state, attempts) VALUES (1, 'log', 'x', 'delivered', 1);";

static struct pg *filled_as(const char *name, struct pg **keep) {
    struct pg *owner = cluster_database(getppid(), name, INSTALLATION_REHEARSAL);
    struct plan_saved saved = cluster_load_plan(owner, at("2021-01-01T00:00:00+08:00"));
    cr_assert_eq(saved.programme, 1);
    cr_assert_eq(pg_script(owner, rows_sql, &err), ERROR_OK, "%s", err.message);
    if (keep)
        *keep = owner;
    else
        pg_close(&owner);
    return cluster_open(getppid(), name, "duban_reader");
}

static struct pg *filled(const char *name) {
    return filled_as(name, NULL);
}

Test(query, files_as_known_then) {
    struct pg *pg = filled("files");
    struct feed_files files;
    cr_assert_eq(query_files(pg, 1, at("2022-01-01T00:00:00+08:00"), FEED_ALL, &files, &err), ERROR_OK, "%s",
                 err.message);
    cr_assert_eq(files.count, 3);
    cr_expect_gt(files.items[0].id, files.items[1].id);
    feed_files_finish(&files);
    cr_assert_eq(query_files(pg, 1, at("2022-01-01T00:00:00+08:00"), FEED_LAST, &files, &err), ERROR_OK, "%s",
                 err.message);
    cr_assert_eq(files.count, 2);
    cr_expect_str_eq(feed_files_of(&files, 1)->file, "5月.csv");
    cr_expect_eq(feed_files_of(&files, 1)->refused, 2);
    cr_expect_str_eq(feed_files_of(&files, 2)->stream_name, "b");
    feed_files_finish(&files);
    cr_assert_eq(query_files(pg, 1, at("2021-05-31T08:00:00+08:00"), FEED_LAST, &files, &err), ERROR_OK, "%s",
                 err.message);
    cr_expect_str_eq(feed_files_of(&files, 1)->file, "1月.csv");
    feed_files_finish(&files);
    cr_assert_eq(query_files(pg, 9, at("2022-01-01T00:00:00+08:00"), FEED_ALL, &files, &err), ERROR_OK, "%s",
                 err.message);
    cr_expect_eq(files.count, 0);
    feed_files_finish(&files);
    pg_close(&pg);
}

Test(query, positions_are_those_of_the_log_then_in_use) {
    struct pg *pg = filled("positions");
    struct feed_positions positions;
    cr_assert_eq(query_positions(pg, at("2021-05-31T08:00:00+08:00"), &positions, &err), ERROR_OK, "%s", err.message);
    cr_expect_eq(feed_positions_of(&positions, 1)->last_seq, 9);
    cr_expect_eq(feed_positions_of(&positions, 2)->last_seq, 7);
    feed_positions_finish(&positions);
    cr_assert_eq(query_positions(pg, at("2021-06-01T08:00:00+08:00"), &positions, &err), ERROR_OK, "%s", err.message);
    cr_expect_eq(feed_positions_of(&positions, 1)->last_seq, 4);
    feed_positions_finish(&positions);
    cr_assert_eq(query_positions(pg, at("2021-01-15T08:00:00+08:00"), &positions, &err), ERROR_OK, "%s", err.message);
    cr_expect_null(feed_positions_of(&positions, 1));
    feed_positions_finish(&positions);
    pg_close(&pg);
}

Test(query, an_alert_is_what_it_was_then) {
    struct pg *pg = filled("alerts");
    static const struct {
        const char *known;
        bool all;
        size_t count;
        const char *state, *cause;
    } rows[] = {{"2021-05-01T08:00:00+08:00", true, 0, NULL, NULL},
                {"2021-05-20T08:00:00+08:00", false, 1, "open", "rule"},
                {"2021-06-02T08:00:00+08:00", false, 0, NULL, NULL},
                {"2021-06-02T08:00:00+08:00", true, 1, "resolved", "progress"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct alert_rows alerts;
        cr_assert_eq(query_alerts(pg, 1, at(rows[i].known), rows[i].all, &alerts, &err), ERROR_OK, "%s", err.message);
        cr_expect_eq(alerts.count, rows[i].count, "row %zu", i);
        for (size_t k = 0; k < alerts.count; k++) {
            cr_expect_str_eq(alerts.items[k].state, rows[i].state);
            cr_expect_str_eq(alerts.items[k].cause, rows[i].cause);
            cr_expect_eq(instant_is(alerts.items[k].resolved_at), strcmp(rows[i].state, "resolved") == 0);
            cr_expect_str_eq(alerts.items[k].target, "T01.1");
        }
        alert_rows_finish(&alerts);
    }
    pg_close(&pg);
}

Test(query, a_notice_has_its_own_line_of_the_message) {
    struct pg *pg = filled("notices");
    struct notice_rows notices;
    struct message_rows messages;
    struct delivery_rows deliveries;
    cr_assert_eq(query_notices(pg, 1, at("2022-01-01T00:00:00+08:00"), &notices, &err), ERROR_OK, "%s", err.message);
    cr_assert_eq(notices.count, 2);
    cr_expect_str_eq(notices.items[0].line, "二");
    cr_expect_str_eq(notices.items[0].message, "D21-0505-01");
    cr_expect_eq(notices.items[1].message_id, 0);
    cr_expect_str_eq(notices.items[1].line, "");
    notice_rows_finish(&notices);
    cr_assert_eq(query_messages(pg, 1, INSTANT_NONE, at("2021-05-04T00:00:00+08:00"), &messages, &err), ERROR_OK, "%s",
                 err.message);
    cr_expect_eq(messages.count, 0);
    message_rows_finish(&messages);
    cr_assert_eq(query_messages(pg, 1, INSTANT_NONE, at("2021-05-05T08:30:00+08:00"), &messages, &err), ERROR_OK, "%s",
                 err.message);
    cr_assert_eq(messages.count, 1);
    cr_expect_str_eq(messages.items[0].first_line, "【督办】2项");
    message_rows_finish(&messages);
    cr_assert_eq(query_deliveries(pg, 1, &deliveries, &err), ERROR_OK, "%s", err.message);
    cr_assert_eq(deliveries.count, 1);
    cr_expect_str_eq(deliveries.items[0].state, "delivered");
    delivery_rows_finish(&deliveries);
    pg_close(&pg);
}

Test(query, what_is_to_be_done_and_what_comes_next) {
    struct pg *owner, *pg = filled_as("settle", &owner);
    struct settle_database database;
    cr_assert_eq(query_settle(pg, at("2021-06-30T00:00:00+08:00"), &database, &err), ERROR_OK, "%s", err.message);
    cr_expect_eq(database.queues.cells + database.queues.wakes + database.queues.streams, 0);
    cr_expect_eq(database.queues.notices + database.queues.deliveries, 0);
    cr_expect_eq(database.queues.next_at.ms, at("2021-07-01T08:30:00+08:00").ms);
    cr_assert_eq(database.stream_count, 2); /* current logs only */
    cr_expect_str_eq(database.streams[0].stream, "a");
    cr_expect_eq(database.streams[0].seq, 4);
    cr_expect_eq(database.streams[1].seq, 7);
    settle_database_finish(&database);
    cr_assert_eq(
        pg_script(owner,
                  "INSERT INTO wake (cell, not_before) VALUES (1, '2021-07-01 08:30+08'), (2, '2021-07-01 08:31+08');"
                  "INSERT INTO stream_due VALUES (1, '2021-07-01 08:30+08');"
                  "UPDATE cell_light SET next_check_at = '2021-07-01 08:30+08' WHERE cell = 1;"
                  "INSERT INTO delivery (message, channel, address, state) VALUES (1, 'log', 'y', 'leased'), (1, "
                  "'log', 'z', 'failed');",
                  &err),
        ERROR_OK, "%s", err.message);
    cr_assert_eq(query_settle(pg, at("2021-07-01T08:30:00+08:00"), &database, &err), ERROR_OK, "%s", err.message);
    cr_expect_eq(database.queues.cells, 1);
    cr_expect_eq(database.queues.wakes, 1);
    cr_expect_eq(database.queues.streams, 1);
    cr_expect_eq(database.queues.notices, 1);
    cr_expect_eq(database.queues.deliveries, 1); /* spent retries are not waited for */
    cr_expect_eq(database.queues.next_at.ms, at("2021-07-01T08:31:00+08:00").ms);
    settle_database_finish(&database);
    pg_close(&owner);
    pg_close(&pg);
}

Test(query, an_empty_centre_has_nothing_next) {
    struct pg *owner = cluster_database(getppid(), "empty", INSTALLATION_REHEARSAL);
    struct settle_database database;
    struct doctor_counts counts;
    cr_assert_eq(query_settle(owner, at("2021-06-30T00:00:00+08:00"), &database, &err), ERROR_OK, "%s", err.message);
    cr_expect_not(instant_is(database.queues.next_at));
    cr_expect_eq(database.stream_count, 0);
    settle_database_finish(&database);
    cr_assert_eq(query_doctor(owner, at("2021-06-30T00:00:00+08:00"), &counts, &err), ERROR_OK, "%s", err.message);
    cr_expect_gt(counts.migrations, 0);
    cr_expect_eq(counts.streams + counts.quarantined + counts.deliveries_failed, 0);
    cr_expect_eq(counts.undeliverable + counts.offline + counts.promises + counts.stuck_minutes + counts.channels, 0);
    pg_close(&owner);
}

Test(query, the_doctor_counts_what_the_house_says_of_itself) {
    struct pg *owner = cluster_database(getppid(), "doctor", INSTALLATION_REHEARSAL);
    struct doctor_counts counts;
    cr_assert_eq(cluster_load_plan(owner, at("2021-01-01T00:00:00+08:00")).programme, 1);
    cr_assert_eq(pg_script(owner,
                           "INSERT INTO alert (programme, key, rule, state, cause, opened_at, changed_at, rung_at,"
                           " rules_version, facts) SELECT 1, r, r, 'open', 'rule', t, t, t, 'r', '{}' FROM"
                           " (VALUES ('undeliverable'), ('calendar'), ('stuck')) v(r), (SELECT '2021-06-01 08:30+08'::timestamptz t) w;"
                           "INSERT INTO channel (name, kind, interval_ms, burst, abreast, quiet_seconds, held_until) VALUES"
                           " ('a', 'wecom', 0, 1, 1, 0, now() + interval '1 hour' /* real */), ('b', 'feishu', 0, 1, 1, 0, now() /* real */)",
                           &err),
                 ERROR_OK, "%s", err.message);
    cr_assert_eq(query_doctor(owner, at("2021-06-30T00:00:00+08:00"), &counts, &err), ERROR_OK, "%s", err.message);
    cr_expect(counts.undeliverable == 1 && counts.calendar == 1 && counts.stuck == 1 && counts.offline == 0);
    cr_expect(counts.channels == 2 && counts.channels_held == 1);
    pg_close(&owner);
}
