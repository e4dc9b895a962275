/* Accounts, their sessions, the record that only grows, and answers that are given once. */
#include <criterion/criterion.h>
#include <criterion/hooks.h>
#include <string.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/store/account.h"
#include "common/store/account_audit.h"
#include "tests/store/fixtures.h"

CLUSTER_START
CLUSTER_STOP

static struct error err;

static struct instant at(const char *text) {
    struct instant out;
    cr_assert(instant_parse(text, strlen(text), &out), "%s", text);
    return out;
}

static const struct account_words county = {
    .name = "剑阁王五", .role = "county", .area = "510823", .password = "$argon2id$x"};

struct house {
    struct pg *owner, *admin, *board;
};

static struct house open_house(const char *name) {
    struct house house = {.owner = cluster_database(getppid(), name, INSTALLATION_REHEARSAL)};
    house.admin = cluster_open(getppid(), name, "duban_admin");
    house.board = cluster_open(getppid(), name, "duban_board");
    return house;
}

static void close_house(struct house *house) {
    pg_close(&house->board);
    pg_close(&house->admin);
    pg_close(&house->owner);
}

static void add(struct house *house, const struct account_words *words) {
    cr_assert_eq(account_add(house->admin, words, at("2021-11-08T10:00:00+08:00"), "李四", &err), ERROR_OK, "%s",
                 err.message);
}

Test(account, is_made_once_and_read_by_the_board) {
    CLEAN(close_house) struct house house = open_house("made");
    CLEAN(account_rows_finish) struct account_rows rows = {0};
    add(&house, &county);
    cr_expect_eq(account_add(house.admin, &county, at("2021-11-08T10:00:00+08:00"), "李四", &err), ERROR_CONFLICT);
    cr_expect(strstr(err.message, "剑阁王五"), "%s", err.message);
    cr_assert_eq(accounts_read(house.board, &rows, &err), ERROR_OK, "%s", err.message);
    cr_assert_eq(rows.count, 1);
    cr_expect_str_eq(rows.items[0].name, "剑阁王五");
    cr_expect_str_eq(rows.items[0].area, "510823");
    cr_expect_str_eq(rows.items[0].unit, "");
    cr_expect_not(instant_is(rows.items[0].locked_at));
    cr_expect_str_eq(rows.items[0].made_by, "李四");
}

/* A county's account without an area would see nothing or, worse, everything. */
Test(account, a_role_has_the_place_it_needs_and_no_other) {
    static const struct account_words rows[] = {
        {.name = "a", .role = "county"},
        {.name = "b", .role = "lead"},
        {.name = "c", .role = "office", .area = "510823"},
        {.name = "d", .role = "county", .area = "510823", .unit = "市住建局"},
        {.name = "e", .role = "owner"},
        {.name = "", .role = "office"},
        {.name = "f\n", .role = "office"},
    };
    CLEAN(close_house) struct house house = open_house("roles");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(account_add(house.admin, &rows[i], at("2021-11-08T10:00:00+08:00"), "李四", &err), ERROR_CONFLICT,
                     "row %zu", i);
}

Test(account, a_lock_a_new_password_and_a_new_role_end_its_sessions) {
    CLEAN(close_house) struct house house = open_house("ends");
    struct instant real = at("2026-11-24T10:00:00+08:00");
    static const struct account_words other = {.name = "剑阁王五", .role = "viewer"};
    add(&house, &county);
    for (int i = 0; i < 3; i++) {
        struct session_rows rows;
        uint8_t hash[SESSION_HASH_BYTES] = {(uint8_t)i};
        int64_t id = 0, before = 0, after = 0;
        cr_assert_eq(session_begin(house.board, 1, hash, real, &id, &err), ERROR_OK, "%s", err.message);
        cr_assert_eq(sessions_read(house.board, &rows, &err), ERROR_OK, "%s", err.message);
        cr_expect_eq(rows.count, 1);
        cr_expect_eq(rows.items[0].id, id);
        cr_expect_arr_eq(rows.items[0].hash, hash, sizeof hash);
        session_rows_finish(&rows);
        cr_assert_eq(account_change(house.board, &before, &err), ERROR_OK);
        struct instant now = at("2021-11-08T11:00:00+08:00");
        enum error_code code = i == 0 ? account_lock(house.admin, "剑阁王五", true, now, real, "李四", &err)
                               : i == 1 ? account_set_password(house.admin, "剑阁王五", "$x", now, real, "李四", &err)
                                        : account_set_role(house.admin, &other, now, real, "李四", &err);
        cr_assert_eq(code, ERROR_OK, "%d: %s", i, err.message);
        cr_assert_eq(sessions_read(house.board, &rows, &err), ERROR_OK);
        cr_expect_eq(rows.count, 0, "step %d", i);
        session_rows_finish(&rows);
        cr_assert_eq(account_change(house.board, &after, &err), ERROR_OK);
        cr_expect_gt(after, before, "the board learns of it");
    }
    cr_expect_eq(account_lock(house.admin, "nobody", true, real, real, "李四", &err), ERROR_NOT_FOUND);
}

Test(account, being_seen_is_no_news_but_an_end_is) {
    CLEAN(close_house) struct house house = open_house("seen");
    struct instant real = at("2026-11-24T10:00:00+08:00"), later = at("2026-11-24T10:05:00+08:00");
    uint8_t hash[SESSION_HASH_BYTES] = {7};
    int64_t id = 0, before = 0, after = 0;
    struct session_rows rows;
    add(&house, &county);
    cr_assert_eq(session_begin(house.board, 1, hash, real, &id, &err), ERROR_OK);
    cr_assert_eq(account_change(house.board, &before, &err), ERROR_OK);
    cr_assert_eq(session_seen(house.board, id, later, &err), ERROR_OK, "%s", err.message);
    cr_assert_eq(account_change(house.board, &after, &err), ERROR_OK);
    cr_expect_eq(after, before);
    cr_assert_eq(sessions_read(house.board, &rows, &err), ERROR_OK);
    cr_expect_eq(rows.items[0].seen_at.ms, later.ms);
    session_rows_finish(&rows);
    cr_assert_eq(session_end(house.board, id, "logout", later, &err), ERROR_OK, "%s", err.message);
    cr_assert_eq(account_change(house.board, &after, &err), ERROR_OK);
    cr_expect_gt(after, before);
}

/* --- the record --- */

Test(audit, only_grows) {
    static const char *const touched[] = {"UPDATE audit SET account = 'x'", "DELETE FROM audit", "TRUNCATE audit"};
    CLEAN(close_house) struct house house = open_house("audit");
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    const uint8_t uid[EVENT_UID_BYTES] = {0x8b};
    struct audit_entry entry = {.what = "action",
                                .at = at("2021-11-08T10:00:00+08:00"),
                                .account = "李四",
                                .verb = "release",
                                .subject = "T06.1 510823",
                                .uid = uid};
    struct audit_entry nonsense = {.what = "gossip", .at = entry.at};
    add(&house, &county);
    cr_assert_eq(audit_add(house.board, &entry, &err), ERROR_OK, "%s", err.message);
    cr_expect_eq(audit_add(house.board, &nonsense, &err), ERROR_CONFLICT);
    for (size_t i = 0; i < sizeof touched / sizeof *touched; i++) {
        cr_expect_eq(pg_run(house.board, touched[i], NULL, NULL, &err), ERROR_REFUSED, "%s", touched[i]);
        cr_expect_eq(pg_run(house.admin, touched[i], NULL, NULL, &err), ERROR_REFUSED, "%s", touched[i]);
    }
    cr_expect_eq(pg_run(house.board, "SELECT 1 FROM audit", NULL, NULL, &err), ERROR_REFUSED);
    cr_assert_eq(pg_run(house.admin, "SELECT what, verb, account FROM audit ORDER BY id", NULL, &rows, &err), ERROR_OK);
    cr_assert_eq(pg_count(&rows), 2);
    cr_expect_str_eq(pg_text(&rows, 0, 0), "account");
    cr_expect_str_eq(pg_text(&rows, 0, 1), "add");
    cr_expect_str_eq(pg_text(&rows, 1, 2), "李四");
}

Test(account, the_board_makes_and_changes_no_accounts) {
    static const char *const wrong[] = {
        "INSERT INTO account (name, role, made_at, made_by) VALUES ('x', 'admin', '2021-01-01', 'x')",
        "UPDATE account SET role = 'admin'",
        "UPDATE account SET locked_at = NULL",
        "DELETE FROM session",
        "UPDATE session SET account = 1",
        "UPDATE action_answer SET answer = ''"};
    CLEAN(close_house) struct house house = open_house("rights");
    CLEAN(pg_close) struct pg *reader = cluster_open(getppid(), "rights", "duban_reader");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect_eq(pg_run(house.board, wrong[i], NULL, NULL, &err), ERROR_REFUSED, "%s", wrong[i]);
    cr_expect_eq(pg_run(reader, "SELECT 1 FROM account", NULL, NULL, &err), ERROR_REFUSED);
    cr_expect_eq(pg_run(reader, "SELECT 1 FROM session", NULL, NULL, &err), ERROR_REFUSED);
}

Test(answers, the_first_one_of_a_key_stays) {
    CLEAN(close_house) struct house house = open_house("answers");
    CLEAN(action_answer_finish) struct action_answer found = {0};
    struct action_answer first = {.account = 3, .key = "k-1", .digest = {1}, .status = 200, .answer = "{\"one\":1}"};
    struct action_answer second = {.account = 3, .key = "k-1", .digest = {2}, .status = 409, .answer = "{}"};
    cr_assert_eq(action_answer_find(house.board, 3, "k-1", &found, &err), ERROR_OK, "%s", err.message);
    cr_expect_null(found.answer);
    action_answer_finish(&found);
    cr_assert_eq(action_answer_keep(house.board, &first, &err), ERROR_OK, "%s", err.message);
    cr_assert_eq(action_answer_keep(house.board, &second, &err), ERROR_OK, "%s", err.message);
    cr_assert_eq(action_answer_find(house.board, 3, "k-1", &found, &err), ERROR_OK);
    cr_assert_not_null(found.answer);
    cr_expect_str_eq(found.answer, "{\"one\":1}");
    cr_expect_eq(found.status, 200);
    cr_expect_eq(found.digest[0], 1);
    action_answer_finish(&found);
    cr_assert_eq(action_answer_find(house.board, 4, "k-1", &found, &err), ERROR_OK);
    cr_expect_null(found.answer, "another account's key is another key");
}
