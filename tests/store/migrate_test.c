/* Migrations, the kind of an installation, and who may write what. */
#include <criterion/criterion.h>
#include <criterion/hooks.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/file.h"
#include "tests/store/cluster.h"

CLUSTER_START
CLUSTER_STOP

static struct error err;

Test(migrate, a_second_run_changes_nothing) {
    struct pg *owner = cluster_database(getppid(), "second", INSTALLATION_REHEARSAL);
    struct migration_report report;
    cr_assert_eq(migrate(owner, DUBAN_SOURCE_DIR "/deploy/sql", INSTALLATION_REHEARSAL, NULL, NULL, &report, &err), ERROR_OK,
                 "%s", err.message);
    cr_expect_eq(report.applied, 0);
    cr_expect_eq(report.version, MIGRATION_NEWEST);
    cr_expect_eq(migrate(owner, DUBAN_SOURCE_DIR "/deploy/sql", INSTALLATION_REAL, NULL, NULL, &report, &err), ERROR_CONFLICT);
    cr_expect(strstr(err.message, "rehearsal"), "%s", err.message);
    pg_close(&owner);
}

/* Makes or removes, in folder, a name for each migration but the first. */
static void later_migrations(const char *folder, bool make) {
    glob_t found;
    cr_assert_eq(glob(DUBAN_SOURCE_DIR "/deploy/sql/*.sql", 0, NULL, &found), 0);
    for (size_t i = 1; i < found.gl_pathc; i++) {
        char name[256];
        (void)snprintf(name, sizeof name, "%s/%s", folder, strrchr(found.gl_pathv[i], '/') + 1);
        cr_assert_eq(make ? symlink(found.gl_pathv[i], name) : unlink(name), 0);
    }
    globfree(&found);
}

Test(migrate, a_changed_file_is_refused) {
    struct pg *owner = cluster_database(getppid(), "changed", INSTALLATION_REAL);
    char folder[] = "/tmp/duban-sql-XXXXXX", file[64];
    struct migration_report report;
    cr_assert(mkdtemp(folder));
    (void)snprintf(file, sizeof file, "%s/0001_walls.sql", folder);
    cr_assert_eq(file_write(file, "SELECT 1", 8, 0644, &err), ERROR_OK);
    later_migrations(folder, true);
    cr_expect_eq(migrate(owner, folder, INSTALLATION_REAL, NULL, NULL, &report, &err), ERROR_CONFLICT);
    cr_expect(strstr(err.message, "0001_walls.sql"), "%s", err.message);
    (void)unlink(file);
    later_migrations(folder, false);
    (void)rmdir(folder);
    pg_close(&owner);
}

/* --- a database of 0001 with what was said in it --- */

static struct pg *older_database(void) {
    char folder[] = "/tmp/duban-sql-XXXXXX", file[64];
    struct migration_report report;
    struct pg *postgres = cluster_open(getppid(), "postgres", "postgres");
    cr_assert_eq(pg_run(postgres, "CREATE DATABASE older", NULL, NULL, &err), ERROR_OK, "%s", err.message);
    pg_close(&postgres);
    cr_assert(mkdtemp(folder));
    (void)snprintf(file, sizeof file, "%s/0001_walls.sql", folder);
    cr_assert_eq(symlink(DUBAN_SOURCE_DIR "/deploy/sql/0001_walls.sql", file), 0);
    struct pg *owner = cluster_open(getppid(), "older", "postgres");
    cr_assert_eq(migrate(owner, folder, INSTALLATION_REAL, NULL, NULL, &report, &err), ERROR_OK, "%s", err.message);
    cr_expect_eq(report.version, 1);
    (void)unlink(file);
    (void)rmdir(folder);
    return owner;
}

/* Alerts 1 to 6: said to the county; said in trial; said to the office in another's place; a review told to the office;
 * over; not said. */
static const char said_before[] =
    "SET search_path = duban;"
    "INSERT INTO programme (code, title, trial) VALUES ('p', 'P', false);"
    "INSERT INTO area (code) VALUES ('510823');"
    "INSERT INTO target (programme, code) SELECT 1, 'T0' || g FROM generate_series(1, 6) g;"
    "INSERT INTO cell (programme, target, area, rollup) SELECT 1, id, 1, false FROM target ORDER BY id;"
    "INSERT INTO alert (programme, key, rule, cell, state, cause, opened_at, changed_at, rules_version, facts)"
    " SELECT 1, 'k' || id, CASE id WHEN 4 THEN 'review' ELSE 'slipping' END, id, CASE id WHEN 5 THEN 'resolved'"
    "        ELSE 'open' END, 'called', '2021-11-01 00:00Z', '2021-11-01 00:00Z', '1', '{}' FROM cell;"
    "INSERT INTO message (programme, number, recipient, window_at, rendered_at, key, first_line, body, facts)"
    " SELECT 1, 'D21-1102-0' || g, '', '2021-11-02 00:30Z', '2021-11-02 00:30Z', 'm' || g, '', '', '[]'"
    "   FROM generate_series(1, 5) g;"
    "INSERT INTO notice (programme, key, alert, step, recipient, unroutable, not_before, state, message, item)"
    " SELECT 1, 'n' || g, g, 'first', CASE WHEN g IN (3, 4) THEN 'office' ELSE 'area:510823' END, g = 3,"
    "        '2021-11-02 00:30Z', 'rendered', g, 1 FROM generate_series(1, 5) g;"
    "INSERT INTO notice (programme, key, alert, step, recipient, not_before)"
    " VALUES (1, 'n6', 6, 'first', 'area:510823', '2021-11-02 00:30Z');"
    "INSERT INTO delivery (message, channel, address, state)"
    " SELECT g, 'log', 'x', CASE g WHEN 2 THEN 'trial' ELSE 'delivered' END FROM generate_series(1, 5) g";

static void expect_ids(struct pg *pg, const char *sql, const char *wanted) {
    struct pg_rows rows = {0};
    cr_assert_eq(pg_run(pg, sql, NULL, &rows, &err), ERROR_OK, "%s: %s", sql, err.message);
    cr_expect_str_eq(pg_text(&rows, 0, 0), wanted, "%s: %s", sql, pg_text(&rows, 0, 0));
    pg_rows_finish(&rows);
}

Test(migrate, what_was_said_before_there_were_rungs_counts_from_its_message) {
    struct pg *owner = older_database();
    struct migration_report report;
    cr_assert_eq(pg_script(owner, said_before, &err), ERROR_OK, "%s", err.message);
    cr_assert_eq(migrate(owner, DUBAN_SOURCE_DIR "/deploy/sql", INSTALLATION_REAL, NULL, NULL, &report, &err), ERROR_OK,
                 "%s", err.message);
    cr_expect_eq(report.applied, MIGRATION_NEWEST - 1);
    expect_ids(owner, "SELECT string_agg(id::text, ' ' ORDER BY id) FROM alert WHERE rung_said_at = '2021-11-02 00:30Z'",
               "1 4");
    expect_ids(owner, "SELECT count(*)::text FROM alert WHERE rung_said_at IS NULL AND rung_at = opened_at", "4");
    expect_ids(owner, "SELECT string_agg(cell::text, ' ' ORDER BY cell) FROM wake", "1 4");
    expect_ids(owner, "SELECT string_agg(message || '/' || item || ':' || notice, ' ' ORDER BY message) FROM"
                      " message_notice", "1/1:1 2/1:2 3/1:3 4/1:4 5/1:5");
    expect_ids(owner, "SELECT string_agg(id || ':' || array_to_string(messages, ','), ' ' ORDER BY id) FROM notice",
               "1:1 2:2 3:3 4:4 5:5");
    pg_close(&owner);
}

Test(session, the_other_clock_is_refused) {
    struct pg *owner = cluster_database(getppid(), "kinds", INSTALLATION_REAL);
    char file[] = "/tmp/duban-clock-XXXXXX";
    struct clock real, stepped;
    cr_assert_geq(mkstemp(file), 0);
    cr_assert_eq(clock_file_write(file, 1, (struct instant){1609459200000}, &err), ERROR_OK, "%s", err.message);
    cr_assert_eq(clock_open(&real, NULL, 0, &err), ERROR_OK);
    cr_assert_eq(clock_open(&stepped, file, 0, &err), ERROR_OK, "%s", err.message);
    cr_expect_eq(session_check(owner, &real, &err), ERROR_OK, "%s", err.message);
    cr_expect_eq(session_check(owner, &stepped, &err), ERROR_CONFLICT);
    cr_expect_eq(session_check(owner, NULL, &err), ERROR_OK);
    clock_finish(&real);
    clock_finish(&stepped);
    (void)unlink(file);
    pg_close(&owner);
}

Test(session, an_unmigrated_database_says_what_to_do) {
    struct pg *postgres = cluster_open(getppid(), "postgres", "postgres");
    cr_expect_eq(session_check(postgres, NULL, &err), ERROR_CONFLICT);
    cr_expect(strstr(err.message, "duban migrate"), "%s", err.message);
    pg_close(&postgres);
}

Test(rights, nobody_updates_or_deletes_events) {
    static const char *const roles[] = {"duban_aggregator", "duban_alerter", "duban_reader", "duban_admin"};
    static const char *const refused[] = {"UPDATE event SET value = 1", "DELETE FROM event", "TRUNCATE event",
                                          "DELETE FROM batch", "UPDATE batch SET head = head", "DELETE FROM quarantine",
                                          "UPDATE quarantine SET code = 'x'", "DELETE FROM log"};
    struct pg *owner = cluster_database(getppid(), "rights", INSTALLATION_REHEARSAL);
    for (size_t r = 0; r < sizeof roles / sizeof *roles; r++) {
        struct pg *pg = cluster_open(getppid(), "rights", roles[r]);
        for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
            cr_expect_eq(pg_run(pg, refused[i], NULL, NULL, &err), ERROR_REFUSED, "%s: %s: %s", roles[r], refused[i],
                         err.message);
        pg_close(&pg);
    }
    pg_close(&owner);
}

Test(rights, the_aggregator_makes_the_month_and_writes_into_it) {
    struct pg *owner = cluster_database(getppid(), "months", INSTALLATION_REHEARSAL);
    struct pg *aggregator = cluster_open(getppid(), "months", "duban_aggregator");
    struct pg_rows rows = {0};
    cr_assert_eq(pg_run(aggregator, "SELECT ensure_event_partition('2021-10-31 23:59:59+08')", NULL, &rows, &err), ERROR_OK,
                 "%s", err.message);
    cr_expect_str_eq(pg_text(&rows, 0, 0), "event_202110");
    pg_rows_finish(&rows);
    cr_expect_eq(pg_run(aggregator, "INSERT INTO event_202110 (log, seq, known_at, kind, uid, reported_at) VALUES (1, 1, "
                        "'2021-10-02Z', 1, gen_random_uuid(), '2021-10-02Z')", NULL, NULL, &err), ERROR_OK, "%s", err.message);
    cr_expect_eq(pg_run(aggregator, "DELETE FROM event_202110", NULL, NULL, &err), ERROR_REFUSED);
    cr_expect_eq(pg_run(aggregator, "UPDATE event_202110 SET value = 2", NULL, NULL, &err), ERROR_REFUSED);
    pg_close(&aggregator);
    pg_close(&owner);
}
