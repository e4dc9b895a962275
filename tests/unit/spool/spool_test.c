#include <criterion/criterion.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/spool/spool_fixture.h"

Test(spool, a_new_one_is_empty_and_belongs_to_its_stream) {
    struct spool_fixture f = spool_fixture_open("qingchuan");
    const struct spool_state *state = spool_state(f.spool);
    cr_assert_eq(state->last_seq, 0);
    cr_assert_eq(state->acked_seq, 0);
    cr_assert_eq(state->first_retained, 1);
    cr_assert_eq(state->gen, 0);
    cr_assert_eq(state->halt, HALT_NONE);
    struct chain_hash start = chain_start(slice_of("qingchuan"), &state->epoch, NULL);
    cr_assert(chain_equal(&start, &state->head));
    struct epoch epoch = state->epoch;
    spool_fixture_reopen(&f);
    cr_assert(epoch_equal(&epoch, &spool_state(f.spool)->epoch), "the epoch is made once");
    spool_close(&f.spool);
    cr_assert_eq(spool_open(f.file, slice_of("jiange"), NULL, 0, &f.spool, &f.err), ERROR_CONFLICT);
    cr_assert(strstr(f.err.message, "qingchuan"));
    spool_fixture_close(&f);
}

Test(spool, only_one_may_hold_it) {
    struct spool_fixture f = spool_fixture_open("qingchuan");
    struct spool *second = NULL;
    cr_assert_eq(spool_open(f.file, slice_of("qingchuan"), NULL, 0, &second, &f.err), ERROR_CONFLICT);
    cr_assert_null(second);
    spool_fixture_close(&f);
}

Test(spool, a_stream_name_is_checked) {
    struct spool_fixture f = spool_fixture_open("a");
    struct spool *other = NULL;
    cr_assert_eq(spool_open(f.file, slice_of("Qing Chuan"), NULL, 0, &other, &f.err), ERROR_USAGE);
    cr_assert_eq(spool_open("/nowhere/at/all/s.sqlite", slice_of("a"), NULL, 0, &other, &f.err), ERROR_IO);
    spool_fixture_close(&f);
}

Test(spool, appended_events_are_numbered_chained_and_survive) {
    struct spool_fixture f = spool_fixture_open("qingchuan");
    struct chain_hash head = spool_state(f.spool)->head;
    uint8_t bytes[EVENT_BYTES_MAX];
    for (uint64_t seq = 1; seq <= 3; seq++) {
        size_t len = sample_event(seq, bytes);
        cr_assert_eq(spool_fixture_append(&f, seq), seq);
        head = chain_append(&head, bytes, len);
        cr_assert(chain_equal(&head, &spool_state(f.spool)->head));
    }
    spool_fixture_reopen(&f);
    cr_assert_eq(spool_state(f.spool)->last_seq, 3);
    cr_assert(chain_equal(&head, &spool_state(f.spool)->head));
    spool_fixture_close(&f);
}

Test(spool, a_rollback_leaves_nothing) {
    struct spool_fixture f = spool_fixture_open("qingchuan");
    struct chain_hash head = spool_state(f.spool)->head;
    uint8_t bytes[EVENT_BYTES_MAX];
    size_t len = sample_event(1, bytes);
    cr_assert_eq(spool_begin(f.spool, &f.err), ERROR_OK);
    cr_assert_eq(spool_append(f.spool, bytes, len, (struct instant){1}, NULL, &f.err), ERROR_OK);
    cr_assert_eq(spool_state(f.spool)->last_seq, 1);
    spool_rollback(f.spool);
    cr_assert_eq(spool_state(f.spool)->last_seq, 0);
    cr_assert_eq(spool_state(f.spool)->pending_bytes, 0);
    cr_assert(chain_equal(&head, &spool_state(f.spool)->head));
    cr_assert_neq(spool_commit(f.spool, &f.err), ERROR_OK, "nothing to commit");
    spool_fixture_close(&f);
}

Test(spool, bytes_that_are_no_event_roll_the_transaction_back) {
    struct spool_fixture f = spool_fixture_open("qingchuan");
    uint8_t bytes[EVENT_BYTES_MAX];
    size_t len = sample_event(1, bytes);
    cr_assert_eq(spool_begin(f.spool, &f.err), ERROR_OK);
    cr_assert_eq(spool_append(f.spool, bytes, len, (struct instant){1}, NULL, &f.err), ERROR_OK);
    cr_assert_neq(spool_append(f.spool, (const uint8_t *)"\xc1", 1, (struct instant){1}, NULL, &f.err), ERROR_OK);
    cr_assert_neq(spool_commit(f.spool, &f.err), ERROR_OK);
    cr_assert_eq(spool_state(f.spool)->last_seq, 0);
    spool_fixture_close(&f);
}

Test(spool, a_full_one_takes_no_more_and_says_why) {
    struct spool_fixture f = spool_fixture_open("qingchuan");
    spool_close(&f.spool);
    uint8_t bytes[EVENT_BYTES_MAX];
    size_t len = sample_event(1, bytes);
    struct spool_limits limits = {.max_bytes = (int64_t)(2 * len), .reserve_bytes = 1};
    cr_assert_eq(spool_open(f.file, slice_of("qingchuan"), &limits, 0, &f.spool, &f.err), ERROR_OK);
    spool_fixture_append(&f, 1);
    spool_fixture_append(&f, 2);
    const char *why = NULL;
    cr_assert(spool_full(f.spool, 1, &why));
    cr_assert(strstr(why, "待发数据"));
    cr_assert_eq(spool_begin(f.spool, &f.err), ERROR_OK);
    cr_assert_eq(spool_append(f.spool, bytes, len, (struct instant){1}, NULL, &f.err), ERROR_CONFLICT);
    struct chain_hash hash;
    bool found = false;
    cr_assert_eq(spool_hash(f.spool, 1, &hash, &found, &f.err), ERROR_OK);
    cr_assert(found);
    cr_assert_eq(spool_set_acked(f.spool, 1, &hash, &f.err), ERROR_OK);
    cr_assert_not(spool_full(f.spool, 1, &why), "what is acknowledged does not fill it");
    limits = (struct spool_limits){.reserve_bytes = INT64_MAX};
    spool_close(&f.spool);
    cr_assert_eq(spool_open(f.file, slice_of("qingchuan"), &limits, 0, &f.spool, &f.err), ERROR_OK);
    cr_assert(spool_full(f.spool, 0, &why));
    cr_assert(strstr(why, "磁盘"));
    spool_fixture_close(&f);
}

/* One byte of a stored event changed by another hand. */
Test(spool, a_changed_event_is_found_at_open) {
    struct spool_fixture f = spool_fixture_open("qingchuan");
    spool_fixture_append(&f, 1);
    spool_fixture_append(&f, 2);
    spool_close(&f.spool);
    sqlite3 *db = NULL;
    cr_assert_eq(sqlite3_open(f.file, &db), SQLITE_OK);
    cr_assert_eq(sqlite3_exec(db, "UPDATE event SET bytes = x'90' WHERE seq = 2", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    cr_assert_eq(spool_open(f.file, slice_of("qingchuan"), NULL, 0, &f.spool, &f.err), ERROR_INPUT);
    cr_assert(strstr(f.err.message, "event 2"));
    spool_fixture_close(&f);
}

Test(spool, another_programs_file_is_left_alone) {
    struct spool_fixture f = spool_fixture_open("qingchuan");
    spool_close(&f.spool);
    char other[300];
    snprintf(other, sizeof other, "%s/other.sqlite", f.folder);
    sqlite3 *db = NULL;
    cr_assert_eq(sqlite3_open(other, &db), SQLITE_OK);
    cr_assert_eq(sqlite3_exec(db, "PRAGMA application_id = 7; CREATE TABLE t (x)", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    cr_assert_eq(spool_open(other, slice_of("qingchuan"), NULL, 0, &f.spool, &f.err), ERROR_INPUT);
    FILE *text = fopen(other, "w");
    fputs("this is no database at all, but long enough to be looked at as one", text);
    fclose(text);
    cr_assert_eq(spool_open(other, slice_of("qingchuan"), NULL, 0, &f.spool, &f.err), ERROR_INPUT);
    spool_fixture_close(&f);
}

/* kill -9 before the commit: nothing; after it: all. */
Test(spool, a_kill_leaves_all_or_nothing) {
    for (int after = 0; after < 2; after++) {
        struct spool_fixture f = spool_fixture_open("qingchuan");
        spool_close(&f.spool);
        pid_t child = fork();
        if (child == 0) {
            if (spool_open(f.file, slice_of("qingchuan"), NULL, 0, &f.spool, &f.err)) _exit(1);
            uint8_t bytes[EVENT_BYTES_MAX];
            if (spool_begin(f.spool, &f.err)) _exit(2);
            for (uint64_t i = 1; i <= 50; i++)
                if (spool_append(f.spool, bytes, sample_event(i, bytes), (struct instant){1}, NULL, &f.err)) _exit(3);
            if (after && spool_commit(f.spool, &f.err)) _exit(4);
            raise(SIGKILL);
        }
        int status = 0;
        waitpid(child, &status, 0);
        cr_assert(WIFSIGNALED(status), "child ended by itself: %d", status);
        cr_assert_eq(spool_open(f.file, slice_of("qingchuan"), NULL, 0, &f.spool, &f.err), ERROR_OK, "%s",
                     f.err.message);
        cr_assert_eq(spool_state(f.spool)->last_seq, after ? 50 : 0);
        spool_fixture_close(&f);
    }
}
