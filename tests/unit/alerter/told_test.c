/* A list is compared with what its recipient was told before. */
#include "tests/unit/alerter/bureau.h"

CLUSTER_START
CLUSTER_STOP

static const char contacts[] = "单位,县区,角色,称呼,渠道,地址,备注\n"
                               ",,办公室,值班,log,office,\n"
                               ",剑阁县,联络员,剑阁,log,jiange,\n"
                               ",苍溪县,联络员,苍溪,log,cangxi,\n"
                               "市教育局,,牵头,教育局,log,jyj,\n";

static bool says(struct bureau *b, const char *day, const char *words) {
    char sql[512];
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM message WHERE recipient = 'unit:市教育局'"
             " AND window_at::date = '%s' AND body LIKE '%%%s%%'",
             day, words);
    return count(b, sql) == 1;
}

/* 20,000 messages to two recipients in turn, each about an alert that is over. */
static const char years_sql[] =
    "INSERT INTO alert (id, programme, key, rule, cell, state, cause, opened_at, changed_at, rung_at, resolved_at, rules_version, facts)"
    " OVERRIDING SYSTEM VALUE SELECT 100000 + n, (SELECT min(id) FROM programme), 'old-' || n, 'overdue', (SELECT min(id) FROM cell),"
    " 'resolved', 'done', t, t, t, t, 'v1', '{}'"
    " FROM generate_series(1, 20000) AS n, LATERAL (SELECT '2011-07-01T08:30+08'::timestamptz + n / 2 * interval '4 hours' AS t) x;"
    "INSERT INTO message (id, programme, number, recipient, window_at, rendered_at, key, first_line, body, facts, notices, items)"
    " OVERRIDING SYSTEM VALUE SELECT id, programme, 'OLD-' || id, CASE WHEN id % 2 = 0 THEN 'office' ELSE 'unit:市教育局' END,"
    " opened_at, opened_at, 'old-' || id, 'L', 'L', '[]', ARRAY[id], '{1}' FROM alert WHERE id > 100000;"
    "INSERT INTO notice (id, programme, key, alert, step, recipient, not_before, state, messages)"
    " OVERRIDING SYSTEM VALUE SELECT id, programme, key, id, 'first', recipient, window_at, 'rendered', ARRAY[id]"
    " FROM message WHERE id > 100000;"
    "INSERT INTO delivery (message, channel, address, state) SELECT id, 'log', 'x', 'delivered' FROM message WHERE id > 100000";

/* An alert, and what was said of it to whom by which old message: an item more of that message. */
static void told_of(struct bureau *b, int alert, const char *resolved, const char *step, int message, const char *recipient) {
    char text[2048];
    snprintf(text, sizeof text,
             "INSERT INTO alert (id, programme, key, rule, cell, state, cause, opened_at, changed_at, rung_at, resolved_at, rules_version, facts)"
             " OVERRIDING SYSTEM VALUE SELECT %d, programme, 'a%d', 'overdue', cell + %d, CASE WHEN '%s' = '' THEN 'open' ELSE 'resolved' END,"
             " 'called', opened_at, opened_at, opened_at, NULLIF('%s', '')::timestamptz, 'v1', '{}' FROM alert WHERE id = %d"
             " ON CONFLICT DO NOTHING;"
             "INSERT INTO notice (programme, key, alert, step, recipient, not_before, state, messages)"
             " SELECT programme, '%s %s %d', %d, '%s', '%s', window_at, 'rendered', ARRAY[id] FROM message WHERE id = %d",
             alert, alert, alert, resolved, resolved, message, step, recipient, message, alert, step, recipient, message);
    sql(b, text);
}
static int64_t rows_read(struct bureau *b, const char *table) {
    char text[160];
    snprintf(text, sizeof text, "SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_user_tables WHERE relname = '%s'", table);
    return count(b, text);
}

Test(told, years_of_messages_are_not_read_again, .timeout = 120) {
    static const char *const recipients[] = {"unit:市教育局", "office", "area:510823"};
    static const char *const tables[] = {"message", "notice", "alert", "delivery"};
    struct bureau b;
    struct outbox_told told;
    struct digest_past past;
    bureau_open_with(&b, "years", "2021-07-01T00:00:00+08:00", false, contacts);
    sql(&b, years_sql);
    /* The newest of 教育局 is 119999, that of the office which left the house 119998: 9,999 times four hours after the
     * start, that is 1,666 days and a half, 2016-01-22 20:30. */
    told_of(&b, 1, "", "first", 100001, "unit:市教育局"); /* stands since the first of all */
    told_of(&b, 1, "", "urged", 119999, "unit:市教育局");
    told_of(&b, 2, "2016-01-23T09:00+08", "first", 100003, "unit:市教育局"); /* over since the newest */
    told_of(&b, 3, "2016-01-20T09:00+08", "first", 100005, "unit:市教育局"); /* over before it */
    told_of(&b, 4, "", "first", 100002, "office");
    told_of(&b, 4, "", "recovered", 110000, "office");
    sql(&b, "INSERT INTO delivery (message, channel, address, state) SELECT min(id) + 1, 'log', 'x', 'trial' FROM message;"
            "UPDATE delivery SET state = 'trial' WHERE message = 120000; ANALYZE");
    sql(&b, "SELECT pg_stat_force_next_flush()");
    sql(&b, "SELECT 1");
    int64_t before[4];
    for (int i = 0; i < 4; i++) before[i] = rows_read(&b, tables[i]);
    OK(outbox_told(b.owner, b.programme.id, recipients, 3, &told, err));
    sql(&b, "SELECT pg_stat_force_next_flush()");
    sql(&b, "SELECT 1");
    for (int i = 0; i < 4; i++) {
        int64_t read = rows_read(&b, tables[i]) - before[i];
        cr_expect_lt(read, 40, "%s: %lld of 20,000 rows", tables[i], (long long)read);
    }
    cr_assert(outbox_told_past(&told, "unit:市教育局", &past));
    cr_assert_eq(past.count, 2);
    cr_expect_eq(past.items[0].alert, 1);
    cr_expect_str_eq(past.items[0].step, "urged");
    cr_expect_not(past.items[0].over);
    cr_expect_eq(past.items[1].alert, 2);
    cr_expect(past.items[1].over);
    cr_assert(outbox_told_past(&told, "office", &past), "its newest is one of trial: the one before counts");
    cr_assert_eq(past.count, 1);
    cr_expect_eq(past.items[0].alert, 4);
    cr_expect_str_eq(past.items[0].step, "first");
    cr_expect_not(outbox_told_past(&told, "area:510823", &past));
    outbox_told_finish(&told);
    bureau_close(&b);
}

Test(told, what_got_worse_and_what_stands_since_the_message_before) {
    static const char *const areas[] = {"510823", "510824"}, *const streams[] = {"jiange", "cangxi"};
    static const char *const metres[] = {"1000", "1500"}, *const houses[] = {"14", "17"}, *const late[] = {"1020", "1530"};
    struct bureau b;
    bureau_open_with(&b, "told", "2021-07-01T00:00:00+08:00", false, contacts);
    for (int i = 0; i < 2; i++) {
        bureau_figure(&b, streams[i], "T01.1", areas[i], "2021-06-30", metres[i], "2021-07-01T09:00:00+08:00", NULL);
        bureau_figure(&b, streams[i], "T01.2", areas[i], "2021-06-30", houses[i], "2021-07-01T09:00:00+08:00", NULL);
    }
    sql(&b, "DELETE FROM alert_transition; DELETE FROM notice; DELETE FROM alert");
    for (int i = 0; i < 2; i++)
        bureau_figure(&b, streams[i], "T01.1", areas[i], "2021-08-31", late[i], "2021-09-02T10:00:00+08:00", NULL);
    bureau_play(&b, "2021-09-09T16:30:00+08:00", "jiange cangxi");
    cr_assert_not(says(&b, "2021-07-06", "比上次"), "the first has nothing before it");
    cr_assert(says(&b, "2021-09-02", "比上次（8月31日）：新增2（第1、2项），其余4项无变化，不再列"));
    cr_assert(says(&b, "2021-09-09", "催办（2）"));
    cr_assert(says(&b, "2021-09-09", "比上次（9月2日）：变差2（第1、2项），其余4项无变化，不再列"));
    bureau_close(&b);
}
