/* What people said and decided, and what of it is found again by number. */
#include <criterion/criterion.h>
#include <criterion/hooks.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/store/desk.h"
#include "common/store/query_answer.h"
#include "common/store/query_message.h"
#include "tests/store/fixtures.h"

CLUSTER_START
CLUSTER_STOP

static struct error err;

static struct instant at(const char *text) {
    struct instant out;
    cr_assert(instant_parse(text, strlen(text), &out), "%s", text);
    return out;
}

/* One county's stream; an alert of the first cell, said to the county in item 2 of a message and to the lead in
 * another; a promise that was kept in June; an answer to a number nobody gave. */
static const char rows_sql[] =
    "INSERT INTO stream (name, programme, unit, role, made_at) VALUES ('a', 1, '剑阁县', 'county', '2021-01-01 "
    "00:00+08');"
    "INSERT INTO log (stream, epoch, first_hash, gen, committed_seq, head_hash, current, opened_at)"
    " VALUES (1, decode(repeat('01', 16), 'hex'), decode(repeat('00', 32), 'hex'), 1, 9, decode(repeat('00', 32), "
    "'hex'), true,"
    " '2021-01-01 00:00+08');"
    "INSERT INTO alert (programme, key, rule, cell, state, cause, opened_at, changed_at, rung_at, rules_version, facts)"
    " VALUES (1, 'k', 'slipping', (SELECT min(id) FROM cell), 'open', 'rule', '2021-05-03 08:00+08', '2021-05-03 "
    "08:00+08',"
    " '2021-05-03 08:00+08', 'r', '{}');"
    "INSERT INTO message (programme, number, recipient, window_at, rendered_at, key, first_line, body, facts) VALUES"
    " (1, 'D21-0505-01', 'area:510823', '2021-05-05 08:30+08', '2021-05-05 08:30+08', 'm1', 'x', 'x', '[]'),"
    " (1, 'D21-0505-02', 'unit:u', '2021-05-05 08:30+08', '2021-05-05 08:30+08', 'm2', 'x', 'x', '[]'),"
    " (1, 'D21-0506-01', 'office', '2021-05-06 08:30+08', '2021-05-06 08:30+08', 'm3', 'x', 'x', '[]');"
    "UPDATE message SET kind = 'brief' WHERE number = 'D21-0506-01';"
    "INSERT INTO notice (programme, key, alert, step, recipient, not_before, state) VALUES"
    " (1, 'n1', 1, 'first', 'area:510823', '2021-05-05 08:30+08', 'rendered'),"
    " (1, 'n2', 1, 'first', 'unit:u', '2021-05-05 08:30+08', 'rendered'),"
    " (1, 'n3', 1, 'urged', 'area:510823', '2021-07-01 08:30+08', 'waiting');"
    "UPDATE message SET notices = ARRAY[id], items = ARRAY[CASE id WHEN 1 THEN 2 ELSE 1 END] WHERE id IN (1, 2);"
    "UPDATE notice SET messages = ARRAY[id] WHERE id IN (1, 2);"
    "INSERT INTO delivery (message, channel, address, state) VALUES (1, 'log', 'x', 'delivered'), (2, 'log', 'x', "
    "'trial'),"
    " (2, 'webhook', 'x', 'waiting');"
    "INSERT INTO reply (programme, log, seq, uid, known_at, number, message, item, who, by_day, reason_code, words, "
    "reporter, on_behalf,"
    " refused) VALUES"
    " (1, 1, 1, '00000000-0000-0000-0000-000000000001', '2021-05-10 09:00+08', 'D21-0505-01/2', 1, 2, '王五', "
    "'2021-06-30', 'land',"
    " '六月底完成', '剑阁县', false, NULL),"
    " (1, 1, 2, '00000000-0000-0000-0000-000000000002', '2021-05-11 09:00+08', 'D21-0505-77', NULL, NULL, '赵六', "
    "NULL, NULL, NULL,"
    " '剑阁县', true, 'no_such_number');"
    "INSERT INTO reply_alert VALUES (1, 1, 'kept', '2021-06-20 10:00+08');";

static struct pg *filled(const char *name, struct pg **owner) {
    *owner = cluster_database(getppid(), name, INSTALLATION_REHEARSAL);
    struct plan_saved saved = cluster_load_plan(*owner, at("2021-01-01T00:00:00+08:00"));
    cr_assert_eq(saved.programme, 1);
    cr_assert_eq(pg_script(*owner, rows_sql, &err), ERROR_OK, "%s", err.message);
    return cluster_open(getppid(), name, "duban_reader");
}

static void add_event(struct pg *owner, int seq, uint32_t kind, const char *known, bool cell, const struct more *more) {
    uint8_t bytes[512];
    char hex[1025] = "", sql[2048];
    size_t len = 0;
    cr_assert_eq(more_encode(kind, more, bytes, sizeof bytes, &len), PROTO_OK);
    for (size_t i = 0; i < len; i++)
        snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
    snprintf(sql, sizeof sql,
             "INSERT INTO event (log, seq, known_at, kind, uid, target, area, reported_at, reporter, reason, more) "
             "SELECT 1, %d, "
             "'%s', %u, '00000000-0000-0000-0000-0000000000%02d', %s, %s, '%s', '剑阁县', '征地', decode('%s', 'hex') "
             "FROM cell "
             "ORDER BY id LIMIT 1",
             seq, known, kind, seq, cell ? "target" : "NULL", cell ? "area" : "NULL", known, hex);
    cr_assert_eq(pg_script(owner, sql, &err), ERROR_OK, "%s", err.message);
}

Test(desk, what_was_asked_is_read_in_commit_order_as_known_then) {
    struct pg *owner, *pg = filled("asked", &owner);
    struct stored_plan stored;
    struct desk desk;
    struct more asked = {.extension = {.due = {19082}}}; /* 2022-03-31 */
    struct more reply = {.reply = {.number = slice_of("D21-0505-01"), .who = slice_of("王五"), .by_when = DAY_NONE}};
    add_event(owner, 5, EVENT_EXTENSION_ASKED, "2021-05-12 09:00+08", true, &asked);
    add_event(owner, 4, EVENT_REPLY, "2021-05-11 09:00+08", false, &reply);
    add_event(owner, 6, EVENT_EXTENSION_ASKED, "2021-06-12 09:00+08", true, &asked);
    cr_assert_eq(stored_plan_read(pg, 1, INSTANT_NONE, &stored, &err), ERROR_OK, "%s", err.message);
    cr_assert_eq(desk_read(pg, 1, stored.plan, at("2021-06-01T00:00:00+08:00"), &desk, &err), ERROR_OK, "%s",
                 err.message);
    cr_assert_eq(desk.count, 2);
    cr_expect_eq(desk.events[0].event.kind, EVENT_REPLY);
    cr_expect(desk.events[0].cell == NO_INDEX && !desk.events[0].target.ptr);
    cr_expect_eq(desk.events[1].event.seq, 5);
    cr_assert_neq(desk.events[1].cell, NO_INDEX);
    cr_expect(slice_is(desk.events[1].event.reason, "征地") && desk.events[1].event.stream_county);
    struct requests requests;
    requests_build(stored.plan, desk.events, desk.count, &requests);
    cr_assert_eq(requests.extension_count, 1);
    cr_expect_eq(requests.extensions[0].due_asked.n, 19082);
    requests_finish(&requests);
    desk_finish(&desk);
    stored_plan_finish(&stored);
    pg_close(&pg);
    pg_close(&owner);
}

Test(desk, a_number_leads_to_its_alerts_and_a_wrong_one_to_those_near) {
    struct pg *owner, *pg = filled("numbers", &owner);
    struct said_items said;
    char near[160];
    cr_assert_eq(query_said(pg, 1, slice_of("d21-0505-01"), &said, &err), ERROR_OK, "%s", err.message);
    cr_assert_eq(said.count, 1);
    cr_expect(said.items[0].item == 2 && said.items[0].alert == 1);
    cr_expect_str_eq(said.items[0].number, "D21-0505-01");
    cr_expect_str_eq(said.items[0].rule, "slipping");
    cr_expect_str_eq(said.items[0].state, "open");
    cr_expect(*said.items[0].target && *said.items[0].area);
    said_items_finish(&said);
    cr_assert_eq(query_said(pg, 1, slice_of("D21-0505-03"), &said, &err), ERROR_OK, "%s", err.message);
    cr_expect_eq(said.count, 0);
    said_items_finish(&said);
    cr_assert_eq(query_numbers_near(pg, 1, slice_of("D21-0505-03"), near, sizeof near, &err), ERROR_OK, "%s",
                 err.message);
    cr_expect_str_eq(near, "D21-0505-01、D21-0505-02、D21-0506-01");
    pg_close(&pg);
    pg_close(&owner);
}

Test(desk, a_promise_is_what_it_was_then) {
    struct pg *owner, *pg = filled("promises", &owner);
    struct answer_rows rows;
    cr_assert_eq(query_answers(pg, 1, at("2021-06-01T00:00:00+08:00"), &rows, &err), ERROR_OK, "%s", err.message);
    cr_assert_eq(rows.count, 2);
    cr_expect_str_eq(rows.items[0].outcome, "standing");
    cr_expect_not(instant_is(rows.items[0].ended_at));
    cr_expect_str_eq(rows.items[0].who, "王五");
    cr_expect_str_eq(rows.items[1].refused, "no_such_number");
    cr_expect(rows.items[1].alert == 0 && rows.items[1].on_behalf && !day_is(rows.items[1].by_day));
    answer_rows_finish(&rows);
    cr_assert_eq(query_answers(pg, 1, at("2021-07-01T00:00:00+08:00"), &rows, &err), ERROR_OK, "%s", err.message);
    cr_expect_str_eq(rows.items[0].outcome, "kept");
    cr_expect(instant_is(rows.items[0].ended_at));
    answer_rows_finish(&rows);
    pg_close(&pg);
    pg_close(&owner);
}

Test(desk, how_much_each_was_sent_and_asked) {
    struct pg *owner, *pg = filled("counts", &owner);
    struct asked_rows rows;
    cr_assert_eq(query_asked(pg, 1, INSTANT_NONE, at("2021-07-01T00:00:00+08:00"), &rows, &err), ERROR_OK, "%s",
                 err.message);
    cr_assert_eq(rows.count, 3);
    cr_expect_str_eq(rows.items[0].recipient, "area:510823");
    cr_expect(rows.items[0].messages == 1 && rows.items[0].items == 1 && rows.items[0].asks == 1);
    cr_expect(rows.items[0].answered == 1 && rows.items[0].trial == 0);
    cr_expect_str_eq(rows.items[1].recipient, "office");
    cr_expect(rows.items[1].messages == 1 && rows.items[1].items == 0, "the brief asks nothing");
    cr_expect_str_eq(rows.items[2].recipient, "unit:u");
    cr_expect_eq(rows.items[2].trial, 1);
    asked_rows_finish(&rows);
    cr_assert_eq(query_asked(pg, 1, at("2021-05-06T00:00:00+08:00"), at("2021-07-01T00:00:00+08:00"), &rows, &err),
                 ERROR_OK, "%s", err.message);
    cr_assert_eq(rows.count, 1);
    cr_expect_str_eq(rows.items[0].recipient, "office");
    asked_rows_finish(&rows);
    pg_close(&pg);
    pg_close(&owner);
}

Test(desk, what_waits_is_held_and_let_go) {
    struct pg *owner, *pg = filled("hold", &owner), *admin = cluster_open(getppid(), "hold", "duban_admin");
    int64_t changed = 0;
    cr_assert_eq(outbox_hold_notice(admin, 1, 3, true, &changed, &err), ERROR_OK, "%s", err.message);
    cr_expect_eq(changed, 1);
    cr_assert_eq(outbox_hold_notice(admin, 1, 3, true, &changed, &err), ERROR_OK, "%s", err.message);
    cr_expect_eq(changed, 0, "held already");
    cr_assert_eq(outbox_hold_notice(admin, 1, 3, false, &changed, &err), ERROR_OK, "%s", err.message);
    cr_expect_eq(changed, 1);
    cr_assert_eq(outbox_hold_notice(admin, 1, 1, true, &changed, &err), ERROR_OK, "%s", err.message);
    cr_expect_eq(changed, 0, "said already");
    cr_assert_eq(outbox_hold_message(admin, 1, slice_of("d21-0505-02"), true, &changed, &err), ERROR_OK, "%s",
                 err.message);
    cr_expect_eq(changed, 1, "only what still waits");
    cr_assert_eq(outbox_hold_message(admin, 1, slice_of("D21-0505-02"), false, &changed, &err), ERROR_OK, "%s",
                 err.message);
    cr_expect_eq(changed, 1);
    pg_close(&admin);
    pg_close(&pg);
    pg_close(&owner);
}

static const char tries_sql[] =
    "UPDATE message SET long_body = 'long', attachment_name = 'a.csv' WHERE number = 'D21-0505-02';"
    "INSERT INTO delivery (message, channel, address, state, mention, fallback_of) VALUES"
    " (2, 'email', 'a@b', 'failed', 'zhang', 3);"
    "INSERT INTO delivery_attempt (delivery, at, outcome, answer) VALUES"
    " (3, '2021-05-05 08:32+08', 'failed', 'HTTP 404'), (3, '2021-05-05 08:31+08', 'retry', 'HTTP 503'),"
    " (4, '2021-05-05 08:33+08', 'failed', '550 no such box');";

Test(desk, a_message_is_read_whole_with_its_ways_and_their_answers) {
    struct pg *owner, *pg = filled("whole", &owner);
    struct whole_message message;
    struct instant then = at("2021-06-01T00:00:00+08:00");
    cr_assert_eq(pg_script(owner, tries_sql, &err), ERROR_OK, "%s", err.message);
    cr_assert_eq(query_message(pg, 1, slice_of("d21-0505-02"), then, &message, &err), ERROR_OK, "%s", err.message);
    cr_assert_eq(message.id, 2);
    cr_expect_str_eq(message.number, "D21-0505-02");
    cr_expect_str_eq(message.recipient, "unit:u");
    cr_expect_str_eq(message.long_body, "long");
    cr_expect_str_eq(message.attachment_name, "a.csv");
    cr_assert_eq(message.way_count, 3);
    cr_expect_str_eq(message.ways[0].state, "trial");
    cr_expect(message.ways[2].fallback_of == 3 && strcmp(message.ways[2].mention, "zhang") == 0);
    cr_assert_eq(message.try_count, 3);
    cr_expect_str_eq(message.tries[0].answer, "HTTP 503", "by time");
    cr_expect(message.tries[2].way == 4 && strcmp(message.tries[2].answer, "550 no such box") == 0);
    whole_message_finish(&message);
    cr_assert_eq(query_message(pg, 1, slice_of("D21-0505-09"), then, &message, &err), ERROR_OK, "%s", err.message);
    cr_expect_eq(message.id, 0, "nobody gave that number");
    whole_message_finish(&message);
    cr_assert_eq(query_message(pg, 1, slice_of("D21-0505-02"), at("2021-05-05T08:00:00+08:00"), &message, &err),
                 ERROR_OK, "%s", err.message);
    cr_expect_eq(message.id, 0, "it was not rendered by then");
    whole_message_finish(&message);
    pg_close(&pg);
    pg_close(&owner);
}
