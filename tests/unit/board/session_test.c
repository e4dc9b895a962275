/* Sessions as the board remembers them: eight hours of rest, seven days at most, ended with their account. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "services/board/session.h"

static const struct instant begun = {1700000000000};

static struct instant later(int64_t ms) {
    return (struct instant){begun.ms + ms};
}

static struct account_row account(int64_t id, const char *name, const char *role) {
    return (struct account_row){
        .id = id, .name = name, .role = role, .area = "", .unit = "", .password = "", .locked_at = INSTANT_NONE};
}

static struct session_row row(int64_t id, int64_t of, uint8_t first) {
    return (struct session_row){.id = id, .account = of, .hash = {first}, .begun_at = begun, .seen_at = begun};
}

static void load(struct sessions *sessions, struct account_row *accounts, size_t account_count,
                 struct session_row *rows, size_t count) {
    const struct account_rows all = {.items = accounts, .count = account_count};
    const struct session_rows open = {.items = rows, .count = count};
    cr_assert(sessions_load(sessions, &all, &open));
}

static struct session *find(struct sessions *sessions, uint8_t first, struct instant real) {
    const uint8_t hash[TOKEN_HASH] = {first};
    return sessions_find(sessions, hash, real);
}

Test(session, rests_eight_hours_and_lives_seven_days) {
    CLEAN(sessions_finish) struct sessions sessions = {0};
    struct account_row accounts[] = {account(1, "李四", "office")};
    struct session_row rows[] = {row(7, 1, 9)};
    load(&sessions, accounts, 1, rows, 1);
    cr_expect_not_null(find(&sessions, 9, later(8 * MS_HOUR - 1)));
    cr_expect_null(find(&sessions, 9, later(8 * MS_HOUR)));
    for (int64_t hour = 0; hour < 7 * 24; hour += 7) {
        struct session *session = find(&sessions, 9, later(hour * MS_HOUR));
        cr_assert_not_null(session, "hour %lld", (long long)hour);
        session->seen_at = later(hour * MS_HOUR);
    }
    cr_expect_null(find(&sessions, 9, later(7 * MS_DAY)));
    cr_expect_str_eq(session_over(&sessions.items[0], later(7 * MS_DAY)), "age");
    sessions.items[0].seen_at = begun;
    cr_expect_str_eq(session_over(&sessions.items[0], later(8 * MS_HOUR)), "idle");
}

Test(session, is_found_by_its_own_secret_alone) {
    CLEAN(sessions_finish) struct sessions sessions = {0};
    struct account_row accounts[] = {account(1, "李四", "office"), account(2, "孙七", "viewer")};
    struct session_row rows[] = {row(1, 2, 200), row(2, 1, 3), row(3, 2, 90)};
    load(&sessions, accounts, 2, rows, 3);
    cr_expect_eq(find(&sessions, 3, begun)->id, 2);
    cr_expect_eq(find(&sessions, 90, begun)->id, 3);
    cr_expect_eq(find(&sessions, 200, begun)->id, 1);
    cr_expect_null(find(&sessions, 4, begun));
    struct session more = {.id = 4, .account = 1, .hash = {4}, .begun_at = begun, .seen_at = begun};
    cr_assert(sessions_add(&sessions, &more));
    cr_expect_eq(find(&sessions, 4, begun)->id, 4);
    cr_expect_eq(find(&sessions, 200, begun)->id, 1);
    sessions_drop(&sessions, 2);
    cr_expect_null(find(&sessions, 3, begun));
    cr_expect_eq(find(&sessions, 4, begun)->id, 4);
    cr_expect_null(sessions_by_id(&sessions, 2, begun));
    cr_expect_eq(sessions_by_id(&sessions, 3, begun)->id, 3);
}

Test(session, ends_with_its_account_a_lock_or_the_word_of_the_database) {
    CLEAN(sessions_finish) struct sessions sessions = {0};
    struct account_row accounts[] = {account(1, "李四", "office"), account(2, "孙七", "viewer")};
    struct session_row rows[] = {row(1, 1, 1), row(2, 2, 2), row(3, 5, 3)};
    load(&sessions, accounts, 2, rows, 3);
    cr_expect_null(find(&sessions, 3, begun), "of no account");
    accounts[0].locked_at = begun;
    load(&sessions, accounts, 2, rows, 2);
    cr_expect_null(find(&sessions, 1, begun), "locked");
    cr_expect_not_null(find(&sessions, 2, begun));
    load(&sessions, accounts, 2, rows, 1);
    cr_expect_null(find(&sessions, 2, begun), "ended in the database");
}

/* The database learns of a use a minute late: what was seen here meanwhile is not forgotten when it is read again. */
Test(session, keeps_the_later_use) {
    CLEAN(sessions_finish) struct sessions sessions = {0};
    struct account_row accounts[] = {account(1, "李四", "office")};
    struct session_row rows[] = {row(1, 1, 1)};
    load(&sessions, accounts, 1, rows, 1);
    find(&sessions, 1, begun)->seen_at = later(30000);
    load(&sessions, accounts, 1, rows, 1);
    cr_expect_eq(find(&sessions, 1, begun)->seen_at.ms, later(30000).ms);
    cr_expect_eq(find(&sessions, 1, begun)->saved_at.ms, begun.ms);
    rows[0].seen_at = later(60000);
    load(&sessions, accounts, 1, rows, 1);
    cr_expect_eq(find(&sessions, 1, begun)->seen_at.ms, later(60000).ms);
}

/* What cannot be understood is nobody: an account is never taken for more than it is. */
Test(session, accounts_that_do_not_fit_are_left_out) {
    CLEAN(sessions_finish) struct sessions sessions = {0};
    char long_name[200];
    memset(long_name, 'a', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    struct account_row accounts[] = {account(1, "x", "owner"), account(2, long_name, "office"),
                                     account(3, "y", "public"), account(4, "李四", "lead")};
    struct session_row rows[] = {row(1, 1, 1), row(2, 2, 2), row(3, 3, 3), row(4, 4, 4)};
    accounts[3].unit = "市交通运输局";
    load(&sessions, accounts, 4, rows, 4);
    for (uint8_t i = 1; i < 4; i++)
        cr_expect_null(find(&sessions, i, begun), "%d", i);
    cr_expect_not_null(find(&sessions, 4, begun));
    cr_expect_eq(sessions.account_count, 1);
    cr_expect_str_eq(sessions_named(&sessions, "李四")->unit, "市交通运输局");
    cr_expect_null(sessions_named(&sessions, "李"));
}
